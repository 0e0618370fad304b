/** What runs by events and by the clock: rules of EventBridge, schedules, and the state machines that they start. */
import { functionNameOf } from './arns.ts';
import type { Expression } from './expressions.ts';
import { attributeParts, ref } from './expressions.ts';
import type { RuleResource, ScheduleResource, StateMachineResource } from './inventory.ts';
import { watched } from './inventory.ts';
import type { ResolvedResource, ResolvedResources, WrittenResource, WrittenResources } from './resources.ts';
import { readOrWarn } from './resources.ts';
import type { AlarmEventRuleDefinition } from './service.ts';
import { asObject } from './template.ts';
import { parseEventPattern } from '../events/event-pattern.ts';
import { isObject } from '../json.ts';

const ALARM_STATE_CHANGE = 'CloudWatch Alarm State Change';

/** Whether a rule of the default bus takes changes of alarms: the only events that there are locally. */
export function takesAlarmEvents({ fields }: ResolvedResource): boolean {
  const pattern = patternOf(fields);
  if (!isObject(pattern) || fields.names().includes('EventBusName')) return false;
  const { source, 'detail-type': detailType } = pattern;
  const names = (allowed: unknown, value: string): boolean =>
    allowed === undefined || (Array.isArray(allowed) && allowed.includes(value));
  return (
    (source !== undefined || detailType !== undefined) &&
    names(source, 'aws.cloudwatch') &&
    names(detailType, ALARM_STATE_CHANGE)
  );
}

/** Nothing where it cannot be resolved: such a rule is not run, as all others that are not on alarms. */
function patternOf(fields: ResolvedResource['fields']): unknown {
  try {
    return fields.value('EventPattern');
  } catch {
    return undefined;
  }
}

/** The rules that take changes of alarms to functions that run here. */
export function alarmEventRulesToRun(
  resources: ResolvedResources,
  functionNames: ReadonlySet<string>,
): AlarmEventRuleDefinition[] {
  return readOrWarn(resources, 'AWS::Events::Rule', (rule) => {
    if (!takesAlarmEvents(rule) || rule.fields.optionalText('State') === 'DISABLED') return [];
    parseEventPattern(rule.fields.value('EventPattern'));
    return [
      {
        name: rule.name(),
        arn: rule.attribute('Arn'),
        pattern: rule.fields.value('EventPattern') as AlarmEventRuleDefinition['pattern'],
        functionNames: rule.fields
          .each('Targets')
          .map((target) => functionNameOf(target.text('Arn')))
          .filter((name) => functionNames.has(name)),
      },
    ];
  });
}

/** Names of the groups that schedules can be made in; the schedules of the template call nothing here. */
export function scheduleGroupsToRun(resources: ResolvedResources): string[] {
  return resources.ofType('AWS::Scheduler::ScheduleGroup').map((group) => group.name());
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
