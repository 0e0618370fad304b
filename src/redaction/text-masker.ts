import { deniedCategory } from './deny-list.ts';
import { count } from './described.ts';
import type { Category } from './detectors/detector.ts';
import { defaultDetectors } from './detectors/default-detectors.ts';
import { isPlain, maskText } from './detectors/mask-text.ts';
import type { MaskOptions } from './detectors/mask-text.ts';
import { ESCAPED } from './detectors/traits.ts';
import type { ResolvedPolicy } from './policy.ts';

/** What is read past the cut of a long string, so that a secret that lies across the cut is still recognised. */
const READ_PAST_CUT = 1024;
/** An encoding in an encoding in an encoding: deeper ones are not written by programs that mean well. */
const MOST_ENCODINGS = 3;
/** What of a longer name is looked at. */
const LONGEST_CONTEXT = 64;
/** Digits that are no date: only such values need the name of their key to be understood. */
const NUMBER = /^(?!\d{4}-\d\d-\d\d$)[+(]?\d[\d\s().+/-]{5,40}$/;
/** The shortest base64 that can hold a value that a detector knows. */
const BASE64 = /^[A-Za-z\d+/_-]{12,}={0,2}$/;
const ESCAPE = /\\u00([2-7][\da-f])/gi;
const PERCENT_ENCODED = /(?:%[\da-f]{2}){1,64}/gi;
const URL_START = /^(?:[a-z][a-z\d+.-]{1,20}:\/\/|\/)[^\s?#]{0,2048}[?#]/i;

/** Takes personal and secret values out of strings. */
export class TextMasker {
  readonly #policy: ResolvedPolicy;
  readonly #options: MaskOptions;
  readonly #onlyOurs: boolean;

  constructor(policy: ResolvedPolicy) {
    this.#policy = policy;
    this.#onlyOurs = policy.detectors === defaultDetectors;
    this.#options = {
      detectors: policy.detectors,
      replace: ({ detector, category, text }) => policy.replace(detector, category, text),
    };
  }

  /** The category that denies values under this name, if one does. */
  denied(name: string): Category | undefined {
    return deniedCategory(name, this.#policy.deny);
  }

  /**
   * Whether a text is shown as it is, whatever its key, by what `scan` tells of it. Nothing in it is encoded either, but
   * for what JSON escapes.
   */
  isPlain(text: string, scanned: number): boolean {
    return this.#onlyOurs && (scanned & ESCAPED) === 0 && isPlain(text, scanned);
  }

  /** Whether UUIDs and times are shown as they are. */
  get knowsMachineData(): boolean {
    return this.#onlyOurs;
  }

  /** How many characters of a text {@link show} reads. */
  reads(text: string): number {
    return Math.min(text.length, this.#policy.budget.stringLength + READ_PAST_CUT);
  }

  /** The text as it may be shown: masked, and cut when it is long. `key` is the name that it has. */
  show(text: string, key?: string): string {
    const { stringLength } = this.#policy.budget;
    const read = text.length > stringLength + READ_PAST_CUT ? text.slice(0, this.reads(text)) : text;
    const masked = this.#mask(read, key, 0);
    if (masked.length <= stringLength && read === text) return masked;
    const end = endOfWholeWords(masked, stringLength);
    return `${masked.slice(0, end)}… (${count(masked.length - end + text.length - read.length, 'more character')})`;
  }

  #mask(text: string, key: string | undefined, encodings: number): string {
    if (text.length < 4) return text;
    if (encodings < MOST_ENCODINGS) {
      const decoded = decode(text);
      if (decoded !== undefined) {
        const masked = this.#mask(decoded, key, encodings + 1);
        if (masked !== decoded) return masked;
      }
    }
    const url = text.includes('=') && URL_START.test(text) ? this.#maskQuery(text) : text;
    const masked = maskText(url, this.#options).text;
    return masked === text && key !== undefined ? this.#maskInContext(text, key) : masked;
  }

  /** `phone: 0612345678` says more than the digits alone. */
  #maskInContext(text: string, key: string): string {
    if (!NUMBER.test(text)) return text;
    const words = key.slice(0, LONGEST_CONTEXT).replaceAll(/([a-z])([A-Z])|[_-]/g, '$1 $2');
    const before = `${words}: `;
    const masked = maskText(before + text, this.#options).text;
    if (masked === before + text) return text;
    return masked.startsWith(before) ? masked.slice(before.length) : masked;
  }

  /** The parameters of a URL have names, like the keys of an object. */
  #maskQuery(url: string): string {
    const start = url.search(/[?#]/);
    const pairs = url
      .slice(start)
      .replaceAll(/([?&#;])([^=&#;]{1,64})=([^&#;]+)/g, (pair, mark: string, name: string, value: string) => {
        const category = this.denied(decodePercent(name));
        if (category === undefined) return pair;
        return `${mark}${name}=${this.#policy.replace(category, category, decodePercent(value))}`;
      });
    return url.slice(0, start) + pairs;
  }
}

/**
 * A cut never goes through a word: half a secret is one that no detector knows any more. Ideographs and other letters
 * that secrets are not written in may be cut anywhere.
 */
function endOfWholeWords(text: string, length: number): number {
  if (text.length <= length) return text.length;
  let end = length;
  while (end > 0 && /[\w+/=.@%:~-]/.test(text.charAt(end - 1)) && /[\w+/=.@%:~-]/.test(text.charAt(end)))
    end -= 1;
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end;
}

/** The text behind an encoding, when there is one. */
function decode(text: string): string | undefined {
  if (text.includes('%')) {
    const decoded = decodePercent(text);
    if (decoded !== text) return decoded;
  }
  if (text.includes('\\u00')) {
    return text.replaceAll(ESCAPE, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  }
  return decodeBase64(text);
}

function decodePercent(text: string): string {
  return text.replaceAll(PERCENT_ENCODED, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}

/** The text behind base64, when it is text: an identifier or a hash in the same alphabet is not. */
export function decodeBase64(text: string): string | undefined {
  if (text.length < 12 || !BASE64.test(text)) return undefined;
  if (!isReadable(Buffer.from(text.slice(0, 12), 'base64').toString('latin1'), 1)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return isReadable(decoded.slice(0, -1), 0.95) ? decoded : undefined;
}

function isReadable(text: string, share: number): boolean {
  let strange = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && (code < 9 || code > 13)) || code === 0x7f || code === 0xfffd) strange += 1;
  }
  return strange <= text.length * (1 - share);
}
