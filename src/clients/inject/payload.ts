import { copyWith } from '../../copy-with.ts';
import type { Fields, Messages } from './injector.ts';
import { LEFT_OUT } from './injector.ts';
import { withCorrelationMember } from './json-member.ts';
import type { SizeLimits } from './size-limits.ts';
import { byteLength } from './size-limits.ts';

/**
 * Messages that have no place for metadata: the id becomes a member of their payload, where that is a JSON object.
 *
 * @param field holds the payload.
 * @param size the bytes of a message that count; those of the payload unless told otherwise.
 */
export function payloadMessages(
  field: string,
  limits: SizeLimits,
  size = (message: Fields): number => byteLength(message[field]),
): Messages {
  return {
    limits,
    size,
    withId: (message, correlationId) => {
      const payload = withCorrelationMember(message[field], correlationId);
      if (payload === message[field]) return message;
      return copyWith(message, { [field]: payload }) ?? LEFT_OUT.copy;
    },
  };
}
