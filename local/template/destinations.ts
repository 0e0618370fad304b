/**
 * Where goes what something did not take, or has done: destinations, dead-letter queues, and the targets of schedules. Queues name their
 * dead-letter queues when they are made, and rules their targets when they are read.
 */
import { asObject, asText, parseObject } from '../json.ts';
import { functionNameOf } from './arns.ts';
import type { ServiceDefinition } from './service.ts';

interface Destination {
  /** What sends there, for example `the rule nightly`. */
  readonly from: string;
  readonly to: string | undefined;
}

/** Names each destination that is nothing of the template that can be delivered to: what goes there is counted and told, and lost. */
export function warnAboutDestinations(service: ServiceDefinition, warn: (message: string) => void): void {
  const known = new Set([
    ...[...service.functions, ...service.queues, ...service.topics].map(({ arn }) => arn),
    ...service.eventBuses.map(({ arn }) => arn),
  ]);
  const functionNames = new Set(service.functions.map(({ name }) => name));
  for (const { from, to } of destinationsOf(service)) {
    if (to === undefined || known.has(to) || functionNames.has(functionNameOf(to))) continue;
    warn(
      `${from} has ${to} for a destination, which is no function, queue, topic or bus of this template: nothing arrives there unless ` +
        'a service that runs beside this one has it, or an emulator of yours',
    );
  }
}

function destinationsOf(service: ServiceDefinition): Destination[] {
  return [
    ...service.functions.flatMap(({ name, asynchronous = {} }) =>
      [asynchronous.onSuccess, asynchronous.onFailure, asynchronous.deadLetterArn].map((to) => ({
        from: `The function ${name}`,
        to,
      })),
    ),
    ...service.streamMappings.map(({ functionName, onFailure }) => ({
      from: `The stream of the function ${functionName}`,
      to: onFailure,
    })),
    ...service.rules.flatMap(({ name, targets }) =>
      targets.map(({ deadLetterArn }) => ({ from: `The rule ${name}`, to: deadLetterArn })),
    ),
    ...service.schedules.flatMap(({ name, properties }) => {
      const target = asObject(properties['Target']);
      const arns = [target['Arn'], asObject(target['DeadLetterConfig'])['Arn']];
      return arns.map((arn) => ({ from: `The schedule ${name}`, to: asText(arn) }));
    }),
    ...service.subscriptions.map(({ endpoint, attributes: { RedrivePolicy: policy = '' } }) => ({
      from: `The subscription of ${endpoint}`,
      to: asText(parseObject(policy)?.['deadLetterTargetArn']),
    })),
  ];
}
