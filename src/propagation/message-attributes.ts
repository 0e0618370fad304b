import { CORRELATION_ID_KEY } from './correlation-id.ts';

/** Attributes of an SNS or SQS message, as the AWS SDK takes them. */
export type MessageAttributes = Readonly<Record<string, unknown>>;

/** SQS takes no more than this on a message, and SNS discards messages with more on raw delivery (SQS quotas page). */
export const MAX_MESSAGE_ATTRIBUTES = 10;

/**
 * Attributes with the correlation id added, as a copy; undefined when there is no room for it, because the
 * message matters more than its id. An id that the caller set is kept.
 */
export function withCorrelationAttribute(
  attributes: MessageAttributes | undefined,
  correlationId: string,
): MessageAttributes | undefined {
  const names = Object.keys(attributes ?? {});
  if (names.some((name) => name.toLowerCase() === CORRELATION_ID_KEY)) return attributes ?? {};
  if (names.length >= MAX_MESSAGE_ATTRIBUTES) return undefined;
  return { ...attributes, [CORRELATION_ID_KEY]: { DataType: 'String', StringValue: correlationId } };
}
