import type { GeneratedResponse } from './generate-responses.ts';
import type { Share } from './measure-generated.ts';
import { shownKeys, shownStrings } from './response-tree.ts';

/** What `shape` mode shows that it must not, and what it does not show that it could. */
export interface LeaksResult {
  /** Strings of which a part can be seen. */
  readonly strings: Share;
  /** Keys that are data of which a part can be seen. */
  readonly dataKeys: Share;
  /** Names of fields that are shown. */
  readonly fields: Share;
  /** Some of what leaked, with what is shown of it. */
  readonly examples: readonly string[];
}

/** A leak is this many characters in a row. */
const LEAK_LENGTH = 4;
const MOST_EXAMPLES = 20;

/**
 * Strings and keys of the responses that can be seen in what is shown of them, by four characters in a row. Labels such
 * as `<string>`, names of fields and the texts in `known`, which every response holds, do not count.
 */
export function measureLeaks(
  responses: readonly GeneratedResponse[],
  show: (value: unknown) => unknown,
  known: readonly string[],
): LeaksResult {
  const strings = { part: 0, of: 0 };
  const dataKeys = { part: 0, of: 0 };
  const fields = { part: 0, of: 0 };
  const examples: string[] = [];
  const look = (share: Share, text: string, shown: string): void => {
    share.of += 1;
    if (!holdsPartOf(shown, text)) return;
    share.part += 1;
    if (examples.length < MOST_EXAMPLES) examples.push(text);
  };
  for (const { value, leaves, keys } of responses) {
    const output = show(value);
    const names = new Set(shownKeys(output));
    const shown = [
      ...shownStrings(output).filter((text) => !known.includes(text)),
      ...[...names].filter((name) => !keys.fields.has(name) && !ENVELOPE.has(name)),
    ]
      .map((text) => text.replaceAll(/<[^<>]*>/g, ' '))
      .join('\n');
    for (const { leaf } of leaves) look(strings, leaf.text.text, shown);
    for (const key of keys.data) look(dataKeys, key, shown);
    for (const field of keys.fields) {
      fields.of += 1;
      if (names.has(field)) fields.part += 1;
    }
  }
  return { strings, dataKeys, fields, examples };
}

/** Names that the envelope of a response adds. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'statusCode',
  'headers',
  'content-type',
  'cache-control',
  'isBase64Encoded',
  'body',
]);

function holdsPartOf(shown: string, text: string): boolean {
  for (let at = 0; at + LEAK_LENGTH <= text.length; at += 1) {
    if (shown.includes(text.slice(at, at + LEAK_LENGTH))) return true;
  }
  return false;
}
