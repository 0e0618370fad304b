import { CORRELATION_ID_KEY } from '../correlation-id.ts';
import type { EventSource } from '../event-source.ts';
import { member, property } from '../property.ts';

/**
 * An event of the sender's own making: Lambda's Invoke, or a service that passes on what it was configured with, which
 * nothing in the event tells apart. Lambda delivers a client context with synchronous invocations only.
 */
export const directInvoke: EventSource = {
  name: 'direct-invoke',
  matches: (event, context) =>
    property(context, 'clientContext') !== undefined || member(event, CORRELATION_ID_KEY) !== undefined,
  read: (event, context) => {
    const custom = property(property(context, 'clientContext'), 'custom');
    return { correlationId: member(custom, CORRELATION_ID_KEY) ?? member(event, CORRELATION_ID_KEY) };
  },
};
