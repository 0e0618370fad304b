/** What one visit of a value counts as work, in characters read. */
const WORK_OF_A_VISIT = 8;
/** Characters that may be read for each byte that may be shown: what is read and not shown must end somewhere too. */
const WORK_PER_BYTE = 24;

/**
 * No result is longer, and no walk reads more: engines count fastest up to here, and no string of JavaScript is longer
 * (V8: 2^29 - 24 characters).
 */
const MOST = 2 ** 30;

/** In the place of what the budget has no room for. */
export const CUT = Symbol('cut');

/** What is left of a budget: bytes of the result, and work, which follows from the bytes and is never given back. */
export class Meter {
  bytes: number;
  #work: number;

  constructor(bytes: number) {
    this.bytes = Math.min(bytes, MOST);
    this.#work = Math.min(bytes * WORK_PER_BYTE, MOST);
  }

  /** Takes bytes, or takes none and says that there are not enough. */
  take(bytes: number): boolean {
    if (bytes > this.bytes) return false;
    this.bytes -= bytes;
    return true;
  }

  /** A label of ours, which has no character that JSON escapes. */
  label(label: string): string | typeof CUT {
    return this.take(label.length + 2) ? label : CUT;
  }

  scalar(value: number | boolean | null): number | boolean | null | typeof CUT {
    return this.take(String(value).length) ? value : CUT;
  }

  /** A whole number from 0 up to six digits. */
  takeInteger(value: number): number | typeof CUT {
    const digits =
      value < 1e3 ? (value < 10 ? 1 : value < 100 ? 2 : 3) : value < 1e4 ? 4 : value < 1e5 ? 5 : 6;
    return this.take(digits) ? value : CUT;
  }

  string(text: string): string | typeof CUT {
    return this.take(jsonBytes(text)) ? text : CUT;
  }

  /** Counts the visit of a value. */
  visit(): boolean {
    this.#work -= WORK_OF_A_VISIT;
    return this.#work > 0;
  }

  /** Counts characters that were read. */
  read(characters: number): void {
    this.#work -= characters;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** From here on writing a text is quicker than counting its characters one by one. */
const LONG_TEXT = 512;

/** Bytes of a string as JSON in UTF-8, as `JSON.stringify` writes it, quotes included. */
export function jsonBytes(text: string): number {
  if (text.length >= LONG_TEXT) return Buffer.byteLength(JSON.stringify(text));
  let bytes = text.length + 2;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x20 && code < 0x80) {
      if (code === QUOTE || code === BACKSLASH) bytes += 1;
    } else if (code < 0x20) {
      // \b \t \n \f \r have a short form; the others are written \u001f.
      bytes += code >= 8 && code <= 13 && code !== 11 ? 1 : 5;
    } else if (code < 0x800) bytes += 1;
    else if (code < 0xd800 || code > 0xdfff) bytes += 2;
    else if (code < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      // A pair is four bytes, a lone half is written \ud800.
      bytes += 2;
      at += 1;
    } else bytes += 5;
  }
  return bytes;
}

/** Bytes of a plain JSON value as `JSON.stringify` writes it, at least: a comma is counted for every member. */
export function jsonBytesOf(value: unknown): number {
  if (typeof value === 'string') return jsonBytes(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) bytes += jsonBytesOf(item) + 1;
    return bytes;
  }
  for (const [key, member] of Object.entries(value)) bytes += jsonBytes(key) + jsonBytesOf(member) + 2;
  return bytes;
}
