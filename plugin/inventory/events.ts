import type { Expression, RuleResource, ScheduleResource, StateMachineResource } from './inventory.ts';
import type { TemplateResource } from './template.ts';
import { getAttribute, ref, textOr } from './template.ts';

export function readRules(resources: readonly TemplateResource[]): readonly RuleResource[] {
  return resources
    .filter(({ type }) => type === 'AWS::Events::Rule')
    .map(({ logicalId, properties }) => {
      const bus = busOf(properties.EventBusName);
      return {
        logicalId,
        key: logicalId,
        name: textOr(properties.Name, bus === undefined ? ref(logicalId) : nameOnCustomBus(logicalId)),
        ...(bus !== undefined && { eventBusName: bus }),
        scheduled: properties.ScheduleExpression !== undefined,
      };
    });
}

/** `Ref` of a rule on a custom bus is no name: its ARN ends in `rule/<bus>/<name>`. */
const nameOnCustomBus = (logicalId: string): Expression => ({
  'Fn::Select': [2, { 'Fn::Split': ['/', getAttribute(logicalId, 'Arn')] }],
});

/** The name of a custom bus; `EventBusName` takes an ARN as well, which ends in `event-bus/<name>`. */
function busOf(value: unknown): Expression | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    const name = value.replace(/^.*:event-bus\//, '');
    return name === 'default' ? undefined : name;
  }
  const attribute = (value as Readonly<Record<string, unknown>>)['Fn::GetAtt'];
  const [logicalId, name] = Array.isArray(attribute)
    ? (attribute as unknown[])
    : String(attribute).split('.');
  if (name === 'Arn' && typeof logicalId === 'string') return ref(logicalId);
  return value as Expression;
}

export function readSchedules(resources: readonly TemplateResource[]): readonly ScheduleResource[] {
  return resources
    .filter(({ type }) => type === 'AWS::Scheduler::Schedule')
    .map(({ logicalId, properties }) => ({
      logicalId,
      key: logicalId,
      name: textOr(properties.Name, ref(logicalId)),
      group: (properties.GroupName ?? 'default') as Expression,
    }));
}

export function readStateMachines(resources: readonly TemplateResource[]): readonly StateMachineResource[] {
  return resources
    .filter(({ type }) => type === 'AWS::StepFunctions::StateMachine')
    .map(({ logicalId }) => ({ logicalId, key: logicalId, name: ref(logicalId) }));
}
