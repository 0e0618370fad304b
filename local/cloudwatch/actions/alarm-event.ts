/**
 * What functions are told of a transition: the payload of a Lambda action, and the event of EventBridge. Both in the forms
 * that were recorded from AWS. Pure.
 */
import { randomUUID } from 'node:crypto';
import type { AlarmDefinition, MetricQueryDefinition } from '../../template/service.ts';
import type { StateSnapshot } from '../alarms/alarm-record.ts';
import { timestamp } from '../alarms/timestamps.ts';
import type { Account, Transition } from './transition.ts';

const ALARM_STATE_CHANGE = 'CloudWatch Alarm State Change';

/** The event of a Lambda action ("Invoke a Lambda function from an alarm"). */
export function lambdaActionEvent(transition: Transition, { region, accountId }: Account): object {
  return {
    source: 'aws.cloudwatch',
    alarmArn: transition.alarm.arn,
    accountId,
    time: timestamp(transition.state.at),
    region,
    alarmData: detailOf(transition),
  };
}

/** The event that EventBridge gets of every transition ("Alarm events and EventBridge"). */
export function eventBridgeEvent(
  transition: Transition,
  { region, accountId }: Account,
): Record<string, unknown> {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': ALARM_STATE_CHANGE,
    source: 'aws.cloudwatch',
    account: accountId,
    time: new Date(transition.state.at).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [transition.alarm.arn],
    detail: detailOf(transition),
  };
}

function detailOf({ alarm, state, previous, suppressedBy }: Transition): object {
  return {
    alarmName: alarm.name,
    configuration: configurationOf(alarm),
    previousState: stateOf(previous),
    state: {
      ...stateOf(state),
      ...(suppressedBy !== undefined && {
        actionsSuppressedBy: suppressedBy,
        actionsSuppressedReason: `Actions suppressed by ${suppressedBy}`,
      }),
    },
  };
}

function stateOf({ value, reason, reasonData, at }: StateSnapshot): object {
  return {
    value,
    reason,
    ...(reasonData !== undefined && { reasonData }),
    timestamp: timestamp(at),
  };
}

function configurationOf(alarm: AlarmDefinition): object {
  const described = alarm.description === undefined ? {} : { description: alarm.description };
  if (alarm.kind === 'metric') return { ...described, metrics: alarm.queries.map(metricOf) };
  if (alarm.kind === 'log') return described;
  return {
    ...described,
    alarmRule: alarm.rule,
    ...(alarm.actionsSuppressor !== undefined && {
      actionsSuppressor: alarm.actionsSuppressor,
      actionsSuppressorWaitPeriod: alarm.suppressorWaitPeriod,
      actionsSuppressorExtensionPeriod: alarm.suppressorExtensionPeriod,
    }),
  };
}

function metricOf(query: MetricQueryDefinition): object {
  const { id, label, returnData } = query;
  const common = { id, ...(label !== undefined && { label }) };
  if ('expression' in query) return { ...common, expression: query.expression, returnData };
  const { namespace, metricName, dimensions, period, statistic, unit } = query.stat;
  return {
    ...common,
    metricStat: {
      metric: {
        namespace,
        name: metricName,
        dimensions: Object.fromEntries(dimensions.map(({ name, value }) => [name, value])),
      },
      period,
      stat: statistic,
      ...(unit !== undefined && { unit }),
    },
    returnData,
  };
}
