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
}

/** A notification, or what is wrong with it. */
export type Reading = AlarmNotification | { readonly unreadable: string };

/** The message of an SNS topic that is an action of the alarm. */
export function readSnsMessage(message: string): Reading {
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
  return notification({
    alarmName: member(body, 'AlarmName'),
    state: member(body, 'NewStateValue'),
    previousState: member(body, 'OldStateValue'),
    at: member(body, 'StateChangeTime'),
    reason: member(body, 'NewStateReason'),
    rule: member(body, 'AlarmRule'),
    metrics: metrics.filter((metric) => metric !== undefined),
  });
}

/** The `detail` of the EventBridge event "CloudWatch Alarm State Change", or `alarmData` of an alarm's Lambda action. */
export function readAlarmData(data: unknown): Reading {
  const state = member(data, 'state');
  const configuration = member(data, 'configuration');
  return notification({
    alarmName: member(data, 'alarmName'),
    state: member(state, 'value'),
    previousState: member(member(data, 'previousState'), 'value'),
    at: member(state, 'timestamp'),
    reason: member(state, 'reason'),
    rule: member(configuration, 'alarmRule'),
    metrics: list(member(configuration, 'metrics'))
      .map((each) => member(member(each, 'metricStat'), 'metric'))
      .filter((metric) => metric !== undefined),
  });
}

interface Parts {
  readonly alarmName: unknown;
  readonly state: unknown;
  readonly previousState: unknown;
  readonly at: unknown;
  readonly reason: unknown;
  /** Of a composite alarm. */
  readonly rule: unknown;
  readonly metrics: readonly unknown[];
}

function notification(parts: Parts): Reading {
  const { alarmName, state, previousState, reason } = parts;
  // CloudWatch writes +0000, which is not ISO 8601, and which Date.parse() need not know.
  const at = Date.parse(String(parts.at).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (typeof alarmName !== 'string') return { unreadable: 'it has no name of an alarm' };
  if (!isState(state)) return { unreadable: `the alarm ${alarmName} has the state ${String(state)}` };
  if (Number.isNaN(at)) return { unreadable: `the alarm ${alarmName} does not say when its state changed` };
  return {
    alarmName,
    state,
    ...(isState(previousState) && { previousState }),
    at,
    reason: typeof reason === 'string' ? reason : '',
    watched:
      parts.rule === undefined
        ? watchedFunction(parts.metrics.map(toMetric))
        : { notAFunction: 'it is composed of other alarms' },
  };
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
