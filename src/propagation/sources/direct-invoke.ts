import type { EventSource } from '../event-source.ts';
import { member, property } from '../property.ts';

/**
 * An event of the sender's own making: Lambda's Invoke, or a service that passes on what it was configured with, which
 * nothing in the event tells apart. Lambda delivers a client context with synchronous invocations only.
 */
export const directInvoke: EventSource = {
  name: 'direct-invoke',
  matches: (event, key, context) =>
    property(context, 'clientContext') !== undefined || member(event, key) !== undefined,
  read: (event, key, context) => {
    const custom = property(property(context, 'clientContext'), 'custom');
    return { correlationId: member(custom, key) ?? member(event, key) };
  },
};
