/** What CloudWatch says when an alarm changes its state, in the three forms in which it can reach a function. */
import type { AlarmState } from 'lambda-lantern-local/template';
import type { Watched, WatchedMetric } from './watched-function.ts';
import { watchedFunction } from './watched-function.ts';

export interface AlarmNotification {
  readonly alarmName: string;
  readonly state: AlarmState;
  readonly previousState?: AlarmState;
  /** When the state changed, in epoch milliseconds. */
  readonly at: number;
  /** CloudWatch's words. */
  readonly reason: string;
  readonly watched: Watched;
  /** Where the alarm is, and what it looks at. */
  readonly region: string | undefined;
  readonly accounts: readonly string[];
}

/** A notification, or what is wrong with it. */
export type Reading = AlarmNotification | { readonly unreadable: string };

/** What stands around a notification. */
export interface Envelope {
  readonly account: unknown;
  readonly region: unknown;
  /** When it was sent: no change of state was later. */
  readonly sent: unknown;
}

/** The message of an SNS topic that is an action of the alarm. @param sent when the topic took it. */
export function readSnsMessage(message: string, sent: unknown): Reading {
  let body: unknown;
  try {
    body = JSON.parse(message);
  } catch {
    return { unreadable: 'the message of the topic is not JSON, so it is none of CloudWatch' };
  }
  const trigger = member(body, 'Trigger');
  const single = member(trigger, 'MetricName') === undefined ? [] : [trigger];
  const metrics = [
    ...single,
    ...list(member(trigger, 'Metrics')).map((each) => member(member(each, 'MetricStat'), 'Metric')),
  ];
  const [, , , region] = text(member(body, 'AlarmArn')).split(':');
  return notification({
    account: member(body, 'AWSAccountId'),
    region,
    sent,
    alarmName: member(body, 'AlarmName'),
    state: member(body, 'NewStateValue'),
    previousState: member(body, 'OldStateValue'),
    at: member(body, 'StateChangeTime'),
    reason: member(body, 'NewStateReason'),
    rule: member(body, 'AlarmRule'),
    metrics: metrics.filter((metric) => metric !== undefined),
    metricAccounts: list(member(trigger, 'Metrics')).map((each) => member(each, 'AccountId')),
  });
}

/** The `detail` of the EventBridge event "CloudWatch Alarm State Change", or `alarmData` of an alarm's Lambda action. */
export function readAlarmData(data: unknown, envelope: Envelope): Reading {
  const state = member(data, 'state');
  const configuration = member(data, 'configuration');
  const metrics = list(member(configuration, 'metrics'));
  return notification({
    ...envelope,
    alarmName: member(data, 'alarmName'),
    state: member(state, 'value'),
    previousState: member(member(data, 'previousState'), 'value'),
    at: member(state, 'timestamp'),
    reason: member(state, 'reason'),
    rule: member(configuration, 'alarmRule'),
    metrics: metrics
      .map((each) => member(member(each, 'metricStat'), 'metric'))
      .filter((metric) => metric !== undefined),
    metricAccounts: metrics.map((each) => member(each, 'accountId')),
  });
}

interface Parts extends Envelope {
  readonly alarmName: unknown;
  readonly state: unknown;
  readonly previousState: unknown;
  readonly at: unknown;
  readonly reason: unknown;
  /** Of a composite alarm. */
  readonly rule: unknown;
  readonly metrics: readonly unknown[];
  /** Of metrics that are in another account than the alarm. */
  readonly metricAccounts: readonly unknown[];
}

function notification(parts: Parts): Reading {
  const { alarmName, state, previousState, reason } = parts;
  const changed = timeOf(parts.at);
  const sent = timeOf(parts.sent);
  if (typeof alarmName !== 'string') return { unreadable: 'it has no name of an alarm' };
  if (!isState(state)) return { unreadable: `the alarm ${alarmName} has the state ${String(state)}` };
  if (Number.isNaN(changed))
    return { unreadable: `the alarm ${alarmName} does not say when its state changed` };
  return {
    alarmName,
    state,
    ...(isState(previousState) && { previousState }),
    // A date in the future would hide everything that happens until then; the same message is to mean the same date again.
    at: Math.min(changed, Number.isNaN(sent) ? Infinity : sent),
    region: typeof parts.region === 'string' ? parts.region : undefined,
    accounts: [parts.account, ...parts.metricAccounts].filter((each) => typeof each === 'string'),
    reason: typeof reason === 'string' ? reason : '',
    watched:
      parts.rule === undefined
        ? watchedFunction(parts.metrics.map(toMetric))
        : { notAFunction: 'it is composed of other alarms' },
  };
}

/** CloudWatch writes +0000, which is not ISO 8601, and which Date.parse() need not know. */
function timeOf(value: unknown): number {
  return Date.parse(String(value).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
}

function toMetric(metric: unknown): WatchedMetric {
  return {
    namespace: text(member(metric, 'Namespace') ?? member(metric, 'namespace')),
    name: text(member(metric, 'MetricName') ?? member(metric, 'name')),
    dimensions: dimensionsOf(member(metric, 'Dimensions') ?? member(metric, 'dimensions')),
  };
}

/** A list of names and values in SNS messages, an object everywhere else. */
function dimensionsOf(dimensions: unknown): Record<string, string> {
  const pairs: Array<readonly [string, unknown]> = Array.isArray(dimensions)
    ? dimensions.map((each: unknown) => [
        text(member(each, 'name') ?? member(each, 'Name')),
        member(each, 'value') ?? member(each, 'Value'),
      ])
    : Object.entries(dimensions ?? {});
  return Object.fromEntries(pairs.map(([name, value]) => [name, text(value)]));
}

function isState(value: unknown): value is AlarmState {
  return value === 'OK' || value === 'ALARM' || value === 'INSUFFICIENT_DATA';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
