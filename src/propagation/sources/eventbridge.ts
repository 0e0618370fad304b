import type { Carried } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { member, property } from '../property.ts';

/** EventBridge. Its trace header is not part of the event it delivers (EventBridge user guide, "AWS X-Ray"). */
export const eventBridge: EventSource = {
  name: 'eventbridge',
  matches: isEventBridgeEvent,
  read: readEventBridgeEvent,
};

export function isEventBridgeEvent(event: unknown): boolean {
  return typeof property(event, 'detail-type') === 'string' && typeof property(event, 'source') === 'string';
}

export function readEventBridgeEvent(event: unknown, key: string): Carried {
  return { correlationId: member(property(event, 'detail'), key) };
}
