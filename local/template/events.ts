/** What runs by events and by the clock: rules of EventBridge, schedules, and the state machines that they start. */
import { EventPatternError, parseEventPattern } from '../events/event-pattern.ts';
import type { JsonObject } from '../json.ts';
import { asObject, isObject, parseObject } from '../json.ts';
import { arnOf, functionNameOf } from './arns.ts';
import type { Expression } from './expressions.ts';
import { attributeParts, ref } from './expressions.ts';
import type { ResolvedFields } from './fields.ts';
import type { RuleResource, ScheduleResource, StateMachineResource } from './inventory.ts';
import { watched } from './inventory.ts';
import type { ResolvedResource, ResolvedResources, WrittenResource, WrittenResources } from './resources.ts';
import { readOrWarn } from './resources.ts';
import type {
  EventBusDefinition,
  RuleDefinition,
  RuleTargetDefinition,
  ScheduleDefinition,
} from './service.ts';

/** The bus that every account has. */
const DEFAULT_BUS = 'default';

interface EventsToRun {
  readonly eventBuses: readonly EventBusDefinition[];
  readonly rules: readonly RuleDefinition[];
}

/** The rules of the template with the targets that are run here, and the buses that it makes or names. */
export function eventsToRun(
  resources: ResolvedResources,
  account: Account & { readonly functionNames: ReadonlySet<string> },
): EventsToRun {
  const reachable = reachableArns(resources, account.functionNames);
  const rules = readOrWarn(resources, 'AWS::Events::Rule', (rule) => [ruleToRun(rule, resources, reachable)]);
  const made = readOrWarn(resources, 'AWS::Events::EventBus', (bus) => [bus.name()]);
  const names = new Set([DEFAULT_BUS, ...made, ...rules.map(({ busName }) => busName)]);
  return {
    eventBuses: [...names].map((name) => ({ name, arn: arnOf(account, 'events', `event-bus/${name}`) })),
    rules,
  };
}

type Account = Parameters<typeof arnOf>[0];

/** @throws Error that says where the rule cannot be read. */
function ruleToRun(
  rule: ResolvedResource,
  resources: ResolvedResources,
  reachable: ReadonlySet<string>,
): RuleDefinition {
  const { fields } = rule;
  const busName = (fields.optionalText('EventBusName') ?? DEFAULT_BUS).replace(/^.*[:/]event-bus\//, '');
  // `Ref` of a rule on another bus names the bus, too.
  const name = rule.name().replace(`${busName}|`, '');
  const schedule = fields.optionalText('ScheduleExpression');
  const targets = fields.each('Targets').map(targetToRun);
  for (const { arn } of targets) {
    if (reachable.has(arn) || reachable.has(functionNameOf(arn))) continue;
    resources.warn(
      `The rule ${name} takes nothing to ${arn}: only functions, queues, topics and buses that run here are reached`,
    );
  }
  return {
    name,
    arn: rule.attribute('Arn'),
    busName,
    enabled: fields.optionalText('State') !== 'DISABLED',
    ...patternIn(fields),
    ...(schedule !== undefined && { schedule }),
    targets: targets.filter(({ arn }) => reachable.has(arn) || reachable.has(functionNameOf(arn))),
  };
}

function patternIn(fields: ResolvedFields): { readonly pattern?: JsonObject } {
  const value = fields.value('EventPattern');
  const pattern = typeof value === 'string' ? parseObject(value) : value;
  if (value === undefined) return {};
  try {
    parseEventPattern(pattern);
  } catch (cause) {
    if (!(cause instanceof EventPatternError)) throw cause;
    throw new Error(`${fields.pathOf('EventPattern')}: ${cause.message}`, { cause });
  }
  return isObject(pattern) ? { pattern } : {};
}

function targetToRun(target: ResolvedFields): RuleTargetDefinition {
  const transformer = target.within('InputTransformer');
  const paths = transformer.within('InputPathsMap');
  const groupId = target.within('SqsParameters').optionalText('MessageGroupId');
  const deadLetterArn = target.within('DeadLetterConfig').optionalText('Arn');
  const input = target.optionalText('Input');
  const inputPath = target.optionalText('InputPath');
  return {
    id: target.optionalText('Id') ?? '',
    arn: target.text('Arn'),
    ...(input !== undefined && { input }),
    ...(inputPath !== undefined && { inputPath }),
    ...(transformer.has('InputTemplate') && {
      inputTransformer: {
        paths: Object.fromEntries(paths.names().map((name) => [name, paths.text(name)])),
        template: transformer.text('InputTemplate'),
      },
    }),
    ...(groupId !== undefined && { groupId }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  };
}

/** ARNs of the queues, topics and buses of the template, and the names of its functions that run here. */
function reachableArns(
  resources: ResolvedResources,
  functionNames: ReadonlySet<string>,
): ReadonlySet<string> {
  return new Set([
    ...functionNames,
    ...resources.ofType('AWS::SQS::Queue').map((queue) => queue.attribute('Arn')),
    ...resources.ofType('AWS::SNS::Topic').map((topic) => topic.attribute('TopicArn')),
    ...resources.ofType('AWS::Events::EventBus').map((bus) => bus.attribute('Arn')),
  ]);
}

/** Names of the groups that schedules can be made in. */
export function scheduleGroupsToRun(resources: ResolvedResources): string[] {
  return resources.ofType('AWS::Scheduler::ScheduleGroup').map((group) => group.name());
}

export function schedulesToRun(resources: ResolvedResources): ScheduleDefinition[] {
  return readOrWarn(resources, 'AWS::Scheduler::Schedule', (schedule) => {
    const { fields } = schedule;
    const properties = Object.fromEntries(
      fields.names().flatMap((name) => (fields.has(name) ? [[name, fields.value(name)] as const] : [])),
    );
    return [{ name: schedule.name(), properties }];
  });
}

export function rulesToWatch(resources: WrittenResources): readonly RuleResource[] {
  return resources.ofType('AWS::Events::Rule').map((rule) => {
    const bus = customBusOf(rule);
    return {
      ...watched(rule),
      ...(bus !== undefined && { name: nameOnCustomBus(rule), eventBusName: bus }),
      scheduled: rule.fields.has('ScheduleExpression'),
    };
  });
}

/** `Ref` of a rule on a custom bus is no name: its ARN ends in `rule/<bus>/<name>`. */
function nameOnCustomBus(rule: WrittenResource): Expression {
  const name = rule.fields.value('Name');
  return typeof name === 'string'
    ? name
    : { 'Fn::Select': [2, { 'Fn::Split': ['/', rule.attribute('Arn')] }] };
}

/** The name of a custom bus; `EventBusName` takes an ARN as well, which ends in `event-bus/<name>`. */
function customBusOf({ fields }: WrittenResource): Expression | undefined {
  const bus = fields.optionalText('EventBusName');
  if (typeof bus === 'string') {
    const name = bus.replace(/^.*:event-bus\//, '');
    return name === 'default' ? undefined : name;
  }
  const [logicalId, attribute] = attributeParts(asObject(bus)['Fn::GetAtt']);
  return attribute === 'Arn' && typeof logicalId === 'string' ? ref(logicalId) : bus;
}

export function schedulesToWatch(resources: WrittenResources): readonly ScheduleResource[] {
  return resources.ofType('AWS::Scheduler::Schedule').map((schedule) => ({
    ...watched(schedule),
    group: schedule.fields.optionalText('GroupName') ?? 'default',
  }));
}

export function stateMachinesToWatch(resources: WrittenResources): readonly StateMachineResource[] {
  return resources
    .ofType('AWS::StepFunctions::StateMachine')
    .map((machine) => ({ ...watched(machine), name: machine.ref() }));
}
