import { EVENT_FIELD_NAMES } from '../../src/redaction/walk/decode-event.ts';
import { KeyBook } from '../../src/redaction/walk/key-book.ts';
import { resolvePolicy } from '../../src/redaction/policy/resolve-policy.ts';
import { TextMasker } from '../../src/redaction/texts/text-masker.ts';

/**
 * Tells keys that are no names which a programmer chose: identifiers, addresses, a customer's own words.
 *
 * @param fieldNames names that are known besides those that redaction knows, and those of Lambda's events.
 */
export function createDataKeyTest(fieldNames: readonly string[]): (key: string) => boolean {
  const policy = resolvePolicy({ fieldNames: [...EVENT_FIELD_NAMES, ...fieldNames] }, {});
  const keys = new KeyBook(policy, new TextMasker(policy));
  return (key) => keys.facts(key).kind === 'data';
}
