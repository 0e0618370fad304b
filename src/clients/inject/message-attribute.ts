import { copyWith } from '../../copy-with.ts';
import { nameForId } from './id-name.ts';
import type { Fields, Messages } from './injector.ts';
import { LEFT_OUT } from './injector.ts';
import type { SizeLimits } from './size-limits.ts';
import { byteLength } from './size-limits.ts';

/** Attributes of an SNS or SQS message, as the AWS SDK takes them. */
type MessageAttributes = Readonly<Record<string, unknown>>;

/** SQS takes no more than this on a message, and SNS discards messages with more on raw delivery (SQS quotas page). */
const MAX_MESSAGE_ATTRIBUTES = 10;

/** Messages of SQS and SNS: they carry the id as one of their attributes. `text` are the fields that hold the rest. */
export function attributeMessages(text: readonly string[], limits: SizeLimits): Messages {
  return {
    limits,
    size: (message) =>
      text.reduce((sum, field) => sum + byteLength(message[field]), 0) +
      Object.entries(attributesOf(message) ?? {}).reduce(
        (sum, [name, attribute]) => sum + byteLength(name) + attributeSize(attribute),
        0,
      ),
    withId: (message, correlationId) => {
      const attributes = attributesOf(message) ?? {};
      const names = Object.keys(attributes);
      const name = nameForId(names);
      if (name === undefined) return message;
      // The message matters more than its id.
      if (names.length >= MAX_MESSAGE_ATTRIBUTES) return LEFT_OUT.attributes;
      const added = { [name]: { DataType: 'String', StringValue: correlationId } };
      return copyWith(message, { MessageAttributes: { ...attributes, ...added } }) ?? LEFT_OUT.copy;
    },
  };
}

function attributesOf(message: Fields): MessageAttributes | undefined {
  return message.MessageAttributes as MessageAttributes | undefined;
}

/** "Amazon SQS message metadata": name, data type and value count. */
function attributeSize(attribute: unknown): number {
  const { DataType, StringValue, BinaryValue } = (attribute ?? {}) as Fields;
  return byteLength(DataType) + byteLength(StringValue) + byteLength(BinaryValue);
}
