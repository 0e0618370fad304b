import { secretsOf } from './no-leak/secrets.ts';
import type { Secret } from './no-leak/secrets.ts';
import { shownTexts } from './no-leak/shown-texts.ts';
import type { ShownText } from './no-leak/shown-texts.ts';

/** Options of {@link expectNoLeak}. */
export interface ExpectNoLeakOptions {
  /**
   * What may be shown: names of keys (`status`) and paths (`body.order.id`, `items[].sku`), as in the redaction policy.
   *
   * @default []
   */
  readonly allow?: readonly string[];
  /**
   * Names of fields of your trade or language, as in the redaction policy: a capture may repeat them.
   *
   * @default []
   */
  readonly fieldNames?: readonly string[];
  /**
   * So many characters in a row of a value count as shown. Raise it for captures that hold much besides the response, such
   * as log lines with messages in words.
   *
   * @default 4
   */
  readonly characters?: number;
}

const DEFAULT_CHARACTERS = 4;
/** Fewer characters in a row are found in any text. */
const FEWEST_CHARACTERS = 3;
/** Leaks that the message names; the others are counted. */
const MOST_NAMED = 5;
/** Of a value that leaked, so much is repeated: a test report is kept and read like a log. */
const SHOWN_CHARACTERS = 2;

/**
 * Throws when a capture shows something of a response (or event): when four characters in a row of any of its strings, of
 * a number of four digits or more, or of a key that is data stand anywhere in the capture. The response is opened as
 * redaction opens it: JSON, base64 and form bodies, and JSON within them. Names of fields, and labels such as
 * `<string, below 16 characters>` or `[email]`, are structure and do not count; ids and times of a trace document or log
 * line do not either.
 *
 * @param response what must not be seen: an API Gateway response, an event, any value.
 * @param capture where it must not be seen: the result of `redact`, a trace document, log lines as objects or text.
 * @throws Error that names each value and how much of it is shown where, without repeating it; and when there is no
 * capture, because that would prove nothing.
 * @throws TypeError for an unknown or wrong option.
 *
 * @example
 * const response = await getOrder(event);
 * expectNoLeak(response, redact(response, { allow: ['status'] }), { allow: ['status'] });
 */
export function expectNoLeak(response: unknown, capture: unknown, options: ExpectNoLeakOptions = {}): void {
  const { allow, fieldNames, characters } = checked(options);
  if (capture === undefined) {
    throw new Error(
      'expectNoLeak() got no capture: it is undefined, so nothing could leak and nothing is shown',
    );
  }
  const { secrets, names, allowed } = secretsOf(response, allow, fieldNames);
  const texts = shownTexts(capture, names, allowed);
  const { named, count } = findLeaks(secrets, texts, characters);
  if (count === 0) return;
  throw new Error(
    [
      `The capture shows ${count === 1 ? 'a value' : `${count} values`} of the response:`,
      ...named.map((leak) => `- ${leak}`),
      ...(count > named.length ? [`- and ${count - named.length} more`] : []),
      'What may be shown is named in "allow".',
    ].join('\n'),
  );
}

function checked(options: ExpectNoLeakOptions): Required<ExpectNoLeakOptions> {
  const { allow = [], fieldNames = [], characters = DEFAULT_CHARACTERS, ...unknown } = options;
  const [name] = Object.keys(unknown);
  if (name !== undefined) {
    throw new TypeError(`expectNoLeak() has no option "${name}"; it has allow, fieldNames, characters`);
  }
  for (const [option, names] of Object.entries({ allow, fieldNames })) {
    if (!Array.isArray(names) || !names.every((each) => typeof each === 'string')) {
      throw new TypeError(`The option "${option}" of expectNoLeak() takes an array of strings`);
    }
  }
  if (!Number.isInteger(characters) || characters < FEWEST_CHARACTERS) {
    throw new TypeError(
      `The option "characters" of expectNoLeak() takes a whole number of ${FEWEST_CHARACTERS} or more, but got ${String(characters)}`,
    );
  }
  return { allow, fieldNames, characters };
}

/** What leaked, in words for the first few, and how many values did. */
function findLeaks(
  secrets: readonly Secret[],
  texts: readonly ShownText[],
  characters: number,
): { readonly named: readonly string[]; readonly count: number } {
  // Nothing of a value spans two texts: no value holds the character between them.
  const all = texts.map(({ text }) => text).join('\0');
  const runs = new Set<string>();
  for (let at = 0; at + characters <= all.length; at += 1) runs.add(all.slice(at, at + characters));
  const named: string[] = [];
  let count = 0;
  for (const { path, text, least = 0 } of secrets) {
    if (!isShown(text, runs, characters)) continue;
    if (named.length >= MOST_NAMED && least <= characters) {
      count += 1;
      continue;
    }
    const run = longestRun(text, runs, all, characters);
    if (run.length < least) continue;
    count += 1;
    if (named.length >= MOST_NAMED) continue;
    const where = texts.find((each) => each.text.includes(run))?.path ?? 'the capture';
    named.push(
      `${run.length} of ${text.length} characters of ${path} at ${where}: ${JSON.stringify(`${run.slice(0, SHOWN_CHARACTERS)}…`)}`,
    );
  }
  return { named, count };
}

function isShown(text: string, runs: ReadonlySet<string>, characters: number): boolean {
  for (let at = 0; at + characters <= text.length; at += 1) {
    if (runs.has(text.slice(at, at + characters))) return true;
  }
  return false;
}

/** The longest part of a text that is shown; empty when none of so many characters is. */
function longestRun(text: string, runs: ReadonlySet<string>, all: string, characters: number): string {
  let longest = '';
  const shortest = (): number => Math.max(characters, longest.length + 1);
  for (let at = 0; at + shortest() <= text.length; at += 1) {
    if (!runs.has(text.slice(at, at + characters))) continue;
    if (!all.includes(text.slice(at, at + shortest()))) continue;
    longest = text.slice(at, endOfRun(text, at, at + shortest(), all));
  }
  return longest;
}

/** Where the run that begins at `at` ends, known to reach `end`: what is not shown in part is not shown whole. */
function endOfRun(text: string, at: number, end: number, all: string): number {
  let [shown, hidden] = [end, text.length + 1];
  while (hidden - shown > 1) {
    const middle = Math.floor((shown + hidden) / 2);
    if (all.includes(text.slice(at, middle))) shown = middle;
    else hidden = middle;
  }
  return shown;
}
