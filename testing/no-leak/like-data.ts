import { KeyBook } from '../../src/redaction/key-book.ts';
import { resolvePolicy } from '../../src/redaction/policy.ts';
import { TextMasker } from '../../src/redaction/text-masker.ts';

const policy = resolvePolicy({}, {});
const keys = new KeyBook(policy, new TextMasker(policy));

/** Whether a key is no name that a programmer chose: an identifier, an address, a customer's own words. */
export function looksLikeData(key: string): boolean {
  return keys.facts(key).likeData;
}
