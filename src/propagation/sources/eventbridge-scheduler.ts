import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';

/** EventBridge Scheduler, a target without `Input`: the event is Scheduler's own, and holds nothing of the sender's. */
export const eventBridgeScheduler: EventSource = {
  name: 'eventbridge-scheduler',
  matches: (event) =>
    property(event, 'source') === 'aws.scheduler' && typeof property(event, 'detail-type') === 'string',
  read: () => ({}),
};
