import { decodeBase64 } from '../detectors/base64.ts';
import { count } from './labels.ts';

/** What a string holds when it carries structure, and what of it was left out. */
export interface DecodedText {
  readonly value: unknown;
  readonly cut?: string;
}

/** Failures to read what looks like JSON. Each costs an exception, and data that has so many holds no JSON. */
const MOST_FAILURES = 200;
const FORM = /^[^\s=&?/{}<>]{1,64}=[^\s&]*(?:&[^\s=&]{1,64}=[^\s&]*)+$/;
const LOOKS_LIKE_JSON = /^[\uFEFF\s]{0,64}[{[]\s{0,64}["{[]/;

/** Decodes the strings of one value that carry structure, as long as the work and the failures are bearable. */
export class StructureDecoder {
  readonly #length: number;
  readonly #decodesBase64: boolean;
  readonly #spend: (characters: number) => void;
  #failures = 0;

  /**
   * @param length characters that are read of a long text.
   * @param spend told of the characters that are read.
   */
  constructor(length: number, decodesBase64: boolean, spend: (characters: number) => void) {
    this.#length = length;
    this.#decodesBase64 = decodesBase64;
    this.#spend = spend;
  }

  /** What the text holds when it carries structure. */
  decode(text: string): DecodedText | undefined {
    if (text.length < 2) return undefined;
    const length = this.#length;
    const json = this.#decodeJson(text);
    if (json !== undefined) return json;
    if (text.length > 2 * length) return undefined;
    if (looksLikeForm(text)) return { value: decodeForm(text) };
    const decoded = this.#decodesBase64 ? decodeBase64(text) : undefined;
    return decoded === undefined ? undefined : this.#decodeJson(decoded);
  }

  #decodeJson(text: string): DecodedText | undefined {
    if (startsWithWord(text)) return undefined;
    const length = this.#length;
    // Counted as a failure before it is read, and taken back when it was none.
    const decoded = decodeJson(text, length, () => {
      this.#spend(Math.min(text.length, 2 * length));
      this.#failures += 1;
      return this.#failures <= MOST_FAILURES;
    });
    if (decoded !== undefined) this.#failures -= 1;
    return decoded;
  }
}

/**
 * Decodes JSON. A text longer than twice `length` is read up to `length`, and what was open there is closed.
 *
 * @param mayFail asked before text is read that may turn out not to be JSON: each failure costs an exception.
 */
function decodeJson(text: string, length: number, mayFail: () => boolean): DecodedText | undefined {
  const trimmed = trimmedEnds(text);
  if (trimmed === undefined) return undefined;
  if (text.length > 2 * length) {
    const start = startOfJson(text.slice(0, length));
    const value = start === undefined || !mayFail() ? undefined : parse(start);
    if (value === undefined) return undefined;
    return { value, cut: count(text.length - length, 'more character') };
  }
  if (!trimmed.closed || !mayFail()) return undefined;
  const value = parse(text);
  return value === undefined ? undefined : { value };
}

/** Whether a text starts as JSON with something inside does, and whether it ends so. */
function trimmedEnds(text: string): { closed: boolean } | undefined {
  const first = /^[\uFEFF\s]{0,64}([{["])/.exec(text.length > 65 ? text.slice(0, 65) : text)?.[1];
  if (first === undefined) return undefined;
  const last = text.slice(-64).trimEnd().at(-1);
  return { closed: last === (first === '{' ? '}' : first === '[' ? ']' : '"') };
}

function parse(text: string): unknown {
  try {
    // A byte order mark is no part of JSON (RFC 8259, section 8.1).
    const value: unknown = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
    return value;
  } catch {
    return undefined;
  }
}

/** The longest start of cut JSON that is whole after its brackets are closed. */
function startOfJson(text: string): string | undefined {
  const closing: string[] = [];
  let end = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
      continue;
    }
    if (character === '"') quoted = true;
    else if (character === ',') end = at;
    else if (character === '{' || character === '[') {
      closing.push(character === '{' ? '}' : ']');
      end = at + 1;
    } else if (character === '}' || character === ']') {
      closing.pop();
      end = at + 1;
    }
  }
  return end === 0 ? undefined : text.slice(0, end) + closing.reverse().join('');
}

/** Whether a text looks like `application/x-www-form-urlencoded` with two fields or more. */
export function looksLikeForm(text: string): boolean {
  return text.includes('&') && text.includes('=') && FORM.test(text);
}

/** The fields of a form; a field that comes twice has an array of values. */
export function decodeForm(text: string): object {
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields[name];
    if (Array.isArray(before)) before.push(value);
    else fields[name] = before === undefined ? value : [before, value];
  }
  return fields;
}

/** Whether a text starts like an object or an array in JSON, whole or not. */
export function looksLikeJson(text: string): boolean {
  // Most strings start with a letter or a digit.
  return !startsWithWord(text) && LOOKS_LIKE_JSON.test(text);
}

/** Whether a text starts with an ASCII letter or digit, as no JSON with something inside does. */
function startsWithWord(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first >= 0x61 && first <= 0x7a) || (first >= 0x30 && first <= 0x5a);
}
