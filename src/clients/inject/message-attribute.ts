import type { MessageAttributes } from '../../propagation/message-attributes.ts';
import { withCorrelationAttribute } from '../../propagation/message-attributes.ts';
import type { Fields, Messages } from './injector.ts';
import { LEFT_OUT } from './injector.ts';
import type { SizeLimits } from './size-limits.ts';
import { byteLength } from './size-limits.ts';

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
      const before = attributesOf(message);
      const after = withCorrelationAttribute(before, correlationId);
      if (after === undefined) return LEFT_OUT.attributes;
      return after === before ? message : { ...message, MessageAttributes: after };
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
