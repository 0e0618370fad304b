import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';

/** A CloudWatch Logs subscription: compressed lines of many requests, so none of their ids is the event's. */
export const cloudWatchLogs: EventSource = {
  name: 'cloudwatch-logs',
  matches: (event) => typeof property(property(event, 'awslogs'), 'data') === 'string',
  read: () => ({}),
};
