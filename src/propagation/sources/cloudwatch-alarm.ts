import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';

/** A CloudWatch alarm whose action is the function: it speaks of a metric, not of one request. */
export const cloudWatchAlarm: EventSource = {
  name: 'cloudwatch-alarm',
  matches: (event) =>
    typeof property(event, 'alarmArn') === 'string' && property(event, 'alarmData') !== undefined,
  read: () => ({}),
};
