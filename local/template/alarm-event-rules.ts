import type { AlarmEventRuleDefinition } from './service.ts';
import type { Fields } from './fields.ts';
import { functionNameOf } from './function-reference.ts';
import { readOrWarn } from './read-or-warn.ts';
import type { Resource, Resources } from './resources.ts';
import { isPlainObject } from './template.ts';

const ALARM_STATE_CHANGE = 'CloudWatch Alarm State Change';

/** Whether a rule of the default bus takes changes of alarms: the only events that there are locally. */
export const takesAlarmEvents = ({ fields }: Resource): boolean => {
  const pattern = patternOf(fields);
  if (!isPlainObject(pattern) || fields.names().includes('EventBusName')) return false;
  const { source, 'detail-type': detailType } = pattern;
  const names = (allowed: unknown, value: string): boolean =>
    allowed === undefined || (Array.isArray(allowed) && allowed.includes(value));
  return (
    (source !== undefined || detailType !== undefined) &&
    names(source, 'aws.cloudwatch') &&
    names(detailType, ALARM_STATE_CHANGE)
  );
};

/** Nothing where it cannot be resolved: such a rule is not run, as all others that are not on alarms. */
const patternOf = (fields: Fields): unknown => {
  try {
    return fields.value('EventPattern');
  } catch {
    return undefined;
  }
};

/** The rules that take changes of alarms to functions that run here. */
export const readAlarmEventRules = (
  resources: Resources,
  functionNames: ReadonlySet<string>,
): AlarmEventRuleDefinition[] =>
  readOrWarn(resources, 'AWS::Events::Rule', (rule) => {
    if (!takesAlarmEvents(rule) || rule.fields.optionalText('State') === 'DISABLED') return [];
    return [
      {
        name: rule.ref(),
        arn: rule.attribute('Arn'),
        pattern: rule.fields.value('EventPattern') as AlarmEventRuleDefinition['pattern'],
        functionNames: rule.fields
          .each('Targets')
          .map((target) => functionNameOf(target.text('Arn')))
          .filter((name) => functionNames.has(name)),
      },
    ];
  });
