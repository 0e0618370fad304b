/** Reads whatever calls the function that turns tracing on and off. */
import type { AlarmNotification, Reading } from './alarm-notification.ts';
import { readAlarmData, readSnsMessage } from './alarm-notification.ts';

/** The event of our own schedule: the longest time of a function's tracing is over. */
export interface TimeOver {
  readonly functionName: string;
  /** The end that the schedule was made for, in epoch milliseconds. */
  readonly until: number;
}

export type SwitchEvent =
  | { readonly kind: 'alarm'; readonly notification: AlarmNotification }
  | { readonly kind: 'time-over'; readonly timeOver: TimeOver }
  | { readonly kind: 'unreadable'; readonly why: string };

const OWN_SOURCE = 'lambda-lantern';

/** What a schedule hands to the function, as JSON. */
export function timeOverInput({ functionName, until }: TimeOver): string {
  return JSON.stringify({
    source: OWN_SOURCE,
    'detail-type': 'Tracing Time Over',
    detail: { functionName, until: new Date(until).toISOString() },
  });
}

/**
 * The alarms that an event speaks of: those of an SNS topic, of EventBridge, of an alarm's Lambda action, or our own event.
 *
 * @throws TypeError that says what was expected, for an event of any other kind: it cannot have been meant for us.
 */
export function readSwitchEvent(event: unknown): SwitchEvent[] {
  const fields = (typeof event === 'object' && event !== null ? event : {}) as {
    readonly Records?: unknown;
    readonly source?: unknown;
    readonly 'detail-type'?: unknown;
    readonly detail?: unknown;
    readonly alarmData?: unknown;
    readonly account?: unknown;
    readonly accountId?: unknown;
    readonly region?: unknown;
    readonly time?: unknown;
  };
  if (Array.isArray(fields.Records)) return fields.Records.map(readRecord);
  if (fields.source === OWN_SOURCE) return [readTimeOver(fields.detail)];
  const { region, time: sent } = fields;
  if (fields.alarmData !== undefined)
    return [toEvent(readAlarmData(fields.alarmData, { account: fields.accountId, region, sent }))];
  if (fields['detail-type'] === 'CloudWatch Alarm State Change')
    return [toEvent(readAlarmData(fields.detail, { account: fields.account, region, sent }))];
  throw new TypeError(
    'Expected records of an SNS topic, the EventBridge event "CloudWatch Alarm State Change", or the event of an ' +
      `alarm's Lambda action, but got an event with ${Object.keys(fields).join(', ') || 'nothing in it'}.`,
  );
}

function readRecord(record: unknown): SwitchEvent {
  const { Sns: sns } = (record ?? {}) as {
    readonly Sns?: { readonly Message?: unknown; readonly Timestamp?: unknown };
  };
  const message = sns?.Message;
  return typeof message === 'string'
    ? toEvent(readSnsMessage(message, sns?.Timestamp))
    : { kind: 'unreadable', why: 'a record is expected to be a message of an SNS topic' };
}

function readTimeOver(detail: unknown): SwitchEvent {
  const { functionName, until } = (detail ?? {}) as {
    readonly functionName?: unknown;
    readonly until?: unknown;
  };
  const end = Date.parse(String(until));
  return typeof functionName === 'string' && !Number.isNaN(end)
    ? { kind: 'time-over', timeOver: { functionName, until: end } }
    : { kind: 'unreadable', why: 'the event of a schedule names no function and time' };
}

function toEvent(reading: Reading): SwitchEvent {
  return 'unreadable' in reading
    ? { kind: 'unreadable', why: reading.unreadable }
    : { kind: 'alarm', notification: reading };
}
