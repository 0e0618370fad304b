import { FilterError } from './expression.ts';

interface Place {
  readonly position: number;
  readonly length: number;
}

/** A piece of a filter expression. */
export type Token = Place &
  (
    | { readonly type: 'word'; readonly text: string }
    /** `annotation.key`, `annotation[key]` or `annotation["key"]`, or of `source` or `destination`. */
    | { readonly type: 'annotation'; readonly keyword: string; readonly key: string }
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'number'; readonly value: number }
    | { readonly type: 'json'; readonly value: unknown }
    | { readonly type: 'symbol'; readonly text: string }
    | { readonly type: 'end' }
  );

const SPACE = /\s*/y;
const WORD = /[\p{L}_][\p{L}\p{N}_.-]*/uy;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const NUMBER_AND_MORE = /[+-]?[\p{L}\p{N}_.+-]+/uy;
const SYMBOL = /!=|<=|>=|[=<>!(){},:]/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-f]{4})/iy;
const ANNOTATION = /^(?:source\.|destination\.)?annotation(?=$|\.)/i;
/** Lambda and OpenTelemetry write dots, API Gateway colons. */
const ANNOTATION_KEY = /[\p{L}\p{N}_.:/$-]+/uy;

/** Written by habit, with what X-Ray has for it. */
const NOT_IN_THE_LANGUAGE: ReadonlyMap<string, string> = new Map([
  ['==', 'Equality is written =.'],
  ['<>', 'Inequality is written !=.'],
  ['&&', 'Conditions are joined by AND.'],
  ['||', 'Alternatives are joined by OR.'],
  ["'", 'Texts stand in double quotes: "like this".'],
  ['“', 'Texts stand in straight quotes: "like this".'],
  ['”', 'Texts stand in straight quotes: "like this".'],
  ['=~', 'Parts of texts are found by CONTAINS, BEGINSWITH and ENDSWITH.'],
]);

/** Deeper than root causes are. */
const MAX_JSON_DEPTH = 16;

/**
 * The token that begins at `offset`, or behind the space there.
 *
 * @throws FilterError when nothing of the language begins there.
 */
export function tokenAt(text: string, offset: number): Token {
  const position = offset + (match(SPACE, text, offset)?.length ?? 0);
  const sign = text[position];
  if (sign === undefined) return { type: 'end', position: text.length, length: 0 };
  refuseForeign(text, position);
  if (sign === '"') return stringAt(text, position);
  if (sign === '#') return jsonAt(text, position);
  const word = match(WORD, text, position);
  if (word !== undefined) {
    const keyword = ANNOTATION.exec(word)?.[0];
    if (keyword !== undefined) return annotationAt(text, position, keyword);
    return { type: 'word', text: word, position, length: word.length };
  }
  if (match(NUMBER, text, position) !== undefined) return numberAt(text, position);
  const symbol = match(SYMBOL, text, position);
  if (symbol !== undefined) return { type: 'symbol', text: symbol, position, length: symbol.length };
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  throw refuse(`${JSON.stringify(character)} means nothing in a filter expression.`, {
    position,
    length: character.length,
  });
}

function match(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function refuseForeign(text: string, position: number): void {
  for (const length of [2, 1]) {
    const hint = NOT_IN_THE_LANGUAGE.get(text.slice(position, position + length));
    if (hint !== undefined) throw refuse(hint, { position, length });
  }
}

function stringAt(text: string, position: number): Token & { type: 'string' } {
  const end = endOfText(text, position);
  if (end === undefined) {
    const place = { position, length: text.length - position };
    throw refuse('The text that begins here has no closing quote (").', place, ['"']);
  }
  const pieces: string[] = [];
  let from = position + 1;
  for (let at = text.indexOf('\\', from); at !== -1 && at < end; at = text.indexOf('\\', from)) {
    const escape = match(ESCAPE, text, at);
    if (escape === undefined) {
      const message =
        'A backslash escapes a quote (\\") or itself (\\\\), or is one of \\n, \\t, \\r and \\u with four digits.';
      throw refuse(message, { position: at, length: 2 }, ['\\"', '\\\\']);
    }
    pieces.push(text.slice(from, at), JSON.parse(`"${escape}"`) as string);
    from = at + escape.length;
  }
  const value = pieces.join('') + text.slice(from, end - 1);
  return { type: 'string', value, position, length: end - position };
}

/** Where a text in quotes ends that begins at `position`: behind its closing quote. Undefined when it is not closed. */
export function endOfText(text: string, position: number): number | undefined {
  // No regular expression: of long texts its stack ends before they do.
  for (let at = position + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at += 1;
  }
  return undefined;
}

/** The text without what stands in quotes: that many spaces instead. A quote that is not closed stays. */
export function withoutTexts(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let open = text.indexOf('"'); open !== -1; open = text.indexOf('"', from)) {
    const end = endOfText(text, open);
    if (end === undefined) break;
    pieces.push(text.slice(from, open), ' '.repeat(end - open));
    from = end;
  }
  return pieces.join('') + text.slice(from);
}

/** For messages: as much of what was written as a person looks at. */
export function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function numberAt(text: string, position: number): Token {
  const number = match(NUMBER, text, position) ?? '';
  const whole = match(NUMBER_AND_MORE, text, position) ?? number;
  const place = { position, length: whole.length };
  if (whole !== number) {
    const message = `${shortened(whole)} is no number. Numbers have no unit: times are in seconds, as in 0.25 or 2.5e-1.`;
    throw refuse(message, place, ['a number']);
  }
  // -0 is written 0.
  const value = Number(number) + 0;
  if (!Number.isFinite(value))
    throw refuse(`${shortened(whole)} is too large for a number.`, place, ['a smaller number']);
  return { type: 'number', value, ...place };
}

function annotationAt(text: string, position: number, keyword: string): Token {
  const end = position + keyword.length;
  const token = (key: string, to: number): Token => ({
    type: 'annotation',
    keyword: keyword.toLowerCase(),
    key,
    position,
    length: to - position,
  });
  if (text[end] === '.') {
    if (text[end + 1] === '"') {
      const quoted = stringAt(text, end + 1);
      if (quoted.value !== '') return token(quoted.value, end + 1 + quoted.length);
    }
    const key = match(ANNOTATION_KEY, text, end + 1);
    if (key !== undefined) return token(key, end + 1 + key.length);
  }
  const open = end + (match(SPACE, text, end)?.length ?? 0);
  if (text[open] === '[') {
    const from = open + 1 + (match(SPACE, text, open + 1)?.length ?? 0);
    const quoted = text[from] === '"' ? stringAt(text, from) : undefined;
    const close = text.indexOf(']', from + (quoted?.length ?? 0));
    const rest = close === -1 ? '' : text.slice(from + (quoted?.length ?? 0), close).trim();
    const key = quoted?.value ?? rest;
    if (close !== -1 && key !== '' && (quoted === undefined || rest === '')) return token(key, close + 1);
  }
  const message = `An annotation is written ${keyword}.key or ${keyword}[key]; here the key is missing or not closed.`;
  throw refuse(message, { position, length: text[open] === '[' ? open + 1 - position : keyword.length }, [
    `${keyword}.key`,
    `${keyword}[key]`,
  ]);
}

/** `#[…]`: JSON, up to the bracket that closes it. */
function jsonAt(text: string, position: number): Token {
  const from = position + 1 + (match(SPACE, text, position + 1)?.length ?? 0);
  const expected = ['#[{ "Services": […] }]'];
  if (text[from] !== '[') {
    throw refuse(
      'Root causes are given as #[ and JSON, as in #[{"Services":[{"Name":"orders"}]}].',
      {
        position,
        length: 1,
      },
      expected,
    );
  }
  const json = /["[\]{}]/g;
  json.lastIndex = from;
  let depth = 0;
  for (let sign = json.exec(text); sign !== null; sign = json.exec(text)) {
    if (sign[0] === '"') {
      const end = endOfText(text, sign.index);
      if (end === undefined) break;
      json.lastIndex = end;
    } else if (sign[0] === '[' || sign[0] === '{') {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) {
        throw refuse(`The JSON is nested more than ${MAX_JSON_DEPTH} deep.`, {
          position: sign.index,
          length: 1,
        });
      }
    } else {
      depth -= 1;
      if (depth === 0) {
        const place = { position, length: json.lastIndex - position };
        return { type: 'json', value: parseJson(text.slice(from, json.lastIndex), place), ...place };
      }
    }
  }
  throw refuse(
    'The JSON that begins here is not closed by ].',
    { position, length: text.length - position },
    [']'],
  );
}

function parseJson(text: string, place: Place): unknown {
  try {
    // -0 is written 0.
    return JSON.parse(text, (_key, value: unknown) => (value === 0 ? 0 : value));
  } catch (error) {
    throw refuse(`What follows # is no JSON: ${(error as Error).message}.`, place, ['JSON']);
  }
}

function refuse(message: string, place: Place, expected: readonly string[] = []): FilterError {
  return new FilterError(`Character ${place.position + 1}: ${message}`, place, expected);
}
