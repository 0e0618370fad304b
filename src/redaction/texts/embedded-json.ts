import { looksLikeJson } from './structure-decoder.ts';

/** Where an object or an array with something in it may begin; `[0]`, `{}` and `a["b"]` are words of a message. */
const START = /(?:\{|(?<![\w)\]])\[)\s{0,16}["{[]/g;
/** Begins so surely like JSON that it is JSON, also where its end was cut off. */
const SURELY_JSON = /^(?:\{\s{0,16}"[^"\n]{0,128}"\s{0,4}:|\[\s{0,16}\{\s{0,16}")/;
/** Beginnings in one text that are tried: each costs a pass over what follows. */
const MOST_TRIES = 20;

/** What V8 says of a text that it could not parse, after quoting some of it; programs add more. */
const NOT_JSON = ' is not valid JSON';

/** A text in parts: what stands between, and the JSON in it; `value` is absent where the JSON is cut off. */
export type TextPart =
  { readonly text: string } | { readonly json: string; readonly value?: { readonly of: unknown } };

/**
 * Takes a text apart into words and JSON: `Invalid order: {"lastName":"Doe"}`. Programs put what they were given into
 * messages in this form.
 */
export function splitEmbeddedJson(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  let tries = 0;
  START.lastIndex = 0;
  for (let match = START.exec(text); match !== null && tries < MOST_TRIES; match = START.exec(text)) {
    tries += 1;
    const start = match.index;
    const end = endOfBrackets(text, start);
    const json = text.slice(start, end);
    const value = end === undefined ? undefined : parse(json);
    // What is not JSON may still hold some further in.
    START.lastIndex = start + 1;
    if (value === undefined && (end !== undefined || !SURELY_JSON.test(json))) continue;
    if (start > at) parts.push({ text: text.slice(at, start) });
    parts.push(value === undefined ? { json } : { json, value });
    at = end ?? text.length;
    START.lastIndex = at;
  }
  // After so many tries, JSON that was not reached must not pass as words.
  const rest = text.slice(at);
  if (rest !== '') parts.push(tries < MOST_TRIES || !hasJson(rest) ? { text: rest } : { json: rest });
  return parts;
}

/** `Unexpected token 'J', "Jane Doe" is not valid JSON`, without what it quotes. */
export function withoutQuoted(text: string): string {
  const end = text.lastIndexOf(NOT_JSON);
  if (end < 0 || text.slice(0, end).endsWith('<text>')) return text;
  const start = text.indexOf('"', Math.max(0, text.search(/Unexpected |Expected |Unterminated |Bad /)));
  if (start < 0 || start >= end) return text;
  return `${text.slice(0, start).replace(/\.{3}$/, '')}<text>${text.slice(end)}`;
}

function hasJson(text: string): boolean {
  return text.split(/(?=[{[])/).some((part) => looksLikeJson(part));
}

/** Behind the bracket that closes the one at `start`; undefined when none does. */
function endOfBrackets(text: string, start: number): number | undefined {
  let open = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') open += 1;
    else if (character === '}' || character === ']') {
      open -= 1;
      if (open === 0) return at + 1;
    }
  }
  return undefined;
}

function parse(json: string): { readonly of: unknown } | undefined {
  try {
    return { of: JSON.parse(json) as unknown };
  } catch {
    return undefined;
  }
}

/** A string of JSON, or white space between its parts. */
const STRING_OR_SPACE = /("(?:[^"\\]|\\.)*")|[ \t\n\r]+/g;

/**
 * Whether JSON says no more than what was read of it: of a name that stands twice only the last is read. What is written in
 * another way than JavaScript writes it counts as saying more.
 */
export function saysNoMoreThan(json: string, value: unknown): boolean {
  return json.replace(STRING_OR_SPACE, '$1') === JSON.stringify(value);
}
