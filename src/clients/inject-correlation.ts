import type { MessageAttributes } from '../propagation/message-attributes.ts';
import { withCorrelationAttribute } from '../propagation/message-attributes.ts';

/** What {@link injectCorrelation} made of an input. */
export interface Injected {
  /** A copy with the id in it, or the caller's own input where there is nothing to add. */
  readonly input: object;
  /** How many messages had no room for the id. They are sent without it. */
  readonly withoutRoom: number;
}

interface Message {
  readonly MessageAttributes?: MessageAttributes;
}

/** The inputs that hold messages: one message, or entries of a batch under this name. */
const MESSAGE_INPUTS: Readonly<Record<string, 'message' | 'Entries' | 'PublishBatchRequestEntries'>> = {
  SendMessageCommand: 'message',
  SendMessageBatchCommand: 'Entries',
  PublishCommand: 'message',
  PublishBatchCommand: 'PublishBatchRequestEntries',
};

/**
 * Adds the correlation id to the input of an AWS SDK command that sends messages.
 *
 * @param commandName as the SDK names it, for example `PublishCommand`.
 */
export function injectCorrelation(commandName: string, input: object, correlationId: string): Injected {
  const kind = MESSAGE_INPUTS[commandName];
  if (kind === undefined) return { input, withoutRoom: 0 };
  if (kind === 'message') {
    const attributes = withCorrelationAttribute((input as Message).MessageAttributes, correlationId);
    if (attributes === undefined) return { input, withoutRoom: 1 };
    return { input: { ...input, MessageAttributes: attributes }, withoutRoom: 0 };
  }
  const entries = (input as Record<string, unknown>)[kind];
  if (!Array.isArray(entries)) return { input, withoutRoom: 0 };
  let withoutRoom = 0;
  const carrying = (entries as Message[]).map((entry) => {
    const attributes = withCorrelationAttribute(entry.MessageAttributes, correlationId);
    if (attributes !== undefined) return { ...entry, MessageAttributes: attributes };
    withoutRoom += 1;
    return entry;
  });
  return { input: { ...input, [kind]: carrying }, withoutRoom };
}
