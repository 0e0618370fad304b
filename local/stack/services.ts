/** The services of a stack, and what is said to them and of them. */
import type { Transition } from '../cloudwatch/actions/transition.ts';
import type { ServiceInfo } from '../console-contract.ts';
import { localApiUrls } from '../template/apis/api-urls.ts';
import type { FunctionDefinition, ServiceDefinition } from '../template/service.ts';
import type { Terminal } from '../terminal.ts';

/** One of the services of a stack. */
export interface StackService {
  readonly definition: ServiceDefinition;
  /** Of each of its APIs, by its place in the service; function URLs come after APIs. */
  readonly apiPort: (index: number) => number;
  /** Shows what its functions write, and what happens to it. */
  readonly terminal: Terminal;
  /** Commands to show, with addresses filled in. */
  readonly tryThis: readonly string[];
  readonly lowerCaseHeaders?: boolean | undefined;
  /** Where its sources lie. */
  readonly directory?: string | undefined;
}

/** In the order in which they came; the first began the stack. */
export type StackServices = readonly [StackService, ...(readonly StackService[])];

/** Puts the addresses of its APIs here in the place of those that they have in AWS. */
export function localUrlsOf({ definition, apiPort }: StackService): (text: string) => string {
  return localApiUrls(definition.apis, (index) => `http://127.0.0.1:${apiPort(index)}`);
}

/** Each service hears of its own alarms. */
export function tellTransitions(transitions: readonly Transition[], services: readonly StackService[]): void {
  for (const { definition, terminal } of services) {
    const names = new Set(definition.alarms.map(({ name }) => name));
    const own = transitions.filter(({ alarm }) => names.has(alarm.name));
    if (own.length > 0) terminal.transitions(own);
  }
}

/** What the page says about the services, with their functions as they are configured now. */
export function serviceInfo(services: StackServices, configured: readonly FunctionDefinition[]): ServiceInfo {
  const [{ definition: first }] = services;
  const functions = services.flatMap(({ definition }) =>
    definition.functions.map(({ name, key, tracingMode }) => ({
      key,
      name,
      tracing: (configured.find((each) => each.name === name)?.tracingMode ?? tracingMode) === 'Active',
      service: definition.name,
    })),
  );
  return {
    name: first.name,
    stage: first.stage,
    region: first.region,
    services: services.map(({ definition: { name, stage } }) => ({ name, stage })),
    tracing: functions.some(({ tracing }) => tracing),
    isTracedHereOnly: services.every(({ definition }) => definition.isTracedUnasked === true),
    functions,
    tryThis: services.flatMap(({ tryThis }) => tryThis),
  };
}
