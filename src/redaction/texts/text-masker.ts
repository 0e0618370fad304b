import { decodeBase64, SHORTEST_BASE64 } from '../detectors/base64.ts';
import { defaultDetectors } from '../detectors/default-detectors.ts';
import type { Category } from '../detectors/detector.ts';
import { CATEGORIES } from '../detectors/detector.ts';
import { fold } from '../detectors/fold.ts';
import type { Folded } from '../detectors/fold.ts';
import { isPlain, replaceFound, whereFound } from '../detectors/replace-found.ts';
import type { Found } from '../detectors/replace-found.ts';
import { digitsOf, ESCAPED, FOREIGN, longestTokenOf, PERCENT, scan } from '../detectors/traits.ts';
import { urlCredentials } from '../detectors/url-credentials.ts';
import { createDenyList } from '../names/deny-list.ts';
import type { DenyList } from '../names/deny-list.ts';
import type { ResolvedPolicy } from '../policy/resolve-policy.ts';
import { withoutQuoted } from './embedded-json.ts';
import { count } from './labels.ts';
import { maskParameters, maskSegments } from './mask-urls.ts';
import type { NamedValue } from './values-beside-names.ts';
import { mayBeNamed, namedValues, replaceNamed } from './values-beside-names.ts';

/** What is read past the cut of a long string, so that a secret that lies across the cut is still recognised. */
const READ_PAST_CUT = 1024;
/** An encoding in an encoding in an encoding: deeper ones are not written by programs that mean well. */
const MOST_ENCODINGS = 3;
/** Names of keys that a detector may take for what announces a number. What is denied by name has no need of it. */
const CONTEXT =
  /phone|tel|mobil|handy|cell|fax|desk|office|landline|hotline|whatsapp|sms|contact|gsm|card|visa|amex|payment|charge|pan|ssn|itin|tin|social|tax|nino|ni|nhs|steuer|idnr|bsn|burger|sofi|pesel|pps|cpr|cnp|egn|oib|jmbg|emso|amka|afm|nif|nipc|taj|svnr|sozial|isiku|asmens|cpf|aadhaar|sin|tfn|tckn|curp|passport|reisepass|licen[cs]e|national|identity|id|personal|f.dselsn|personn|henkil|rijks|avs|ahv|ph|call/i;
/** Names of parameters kept; programs have dozens, hostile data has any number. */
const MOST_PARAMETERS = 500;
/** What of a longer name is looked at. */
const LONGEST_CONTEXT = 64;
/** Digits that are no date: only such values need the name of their key to be understood. */
const NUMBER = /^(?!\d{4}-\d\d-\d\d$)[+(]?\d[\d\s().+/-]{5,40}$/;
/** The fewest digits of a number that needs its context. */
const FEWEST_DIGITS = 6;
const ESCAPE = /\\u00([2-7][\da-f])/gi;
const PERCENT_ENCODED = /(?:%[\da-f]{2}){1,64}/gi;

/** Takes personal and secret values out of strings. */
export class TextMasker {
  readonly #policy: ResolvedPolicy;
  readonly #replace: (found: Found) => string;
  readonly #denied: DenyList;
  readonly #parameters = new Map<string, Category | 'none'>();
  readonly #maskParameter: (name: string, value: string) => string;
  readonly #onlyOurs: boolean;
  /** A text that is nothing but what stands in the place of something. */
  readonly #onlyLabels: RegExp;

  constructor(policy: ResolvedPolicy) {
    this.#policy = policy;
    this.#denied = createDenyList(policy.deny);
    this.#maskParameter = (name, value) => {
      const category = this.#deniedParameter(name);
      return category === undefined || this.#onlyLabels.test(value)
        ? value
        : policy.replace(category, category, decodePercent(value));
    };
    const labels = [...CATEGORIES, ...policy.detectors.map(({ name }) => name.replaceAll(/\W/g, '\\$&'))];
    this.#onlyLabels = new RegExp(
      String.raw`^(?:\[(?:${labels.join('|')})(?: [^\]\s]{1,40})?\]|\uE000\d{1,5}\uE001)[.!?]?$`,
    );
    this.#onlyOurs = policy.detectors === defaultDetectors;
    this.#replace = ({ detector, category, text }) => policy.replace(detector, category, text);
  }

  /** The category that denies values under this name, if one does. */
  denied(name: string): Category | undefined {
    return this.#denied(name);
  }

  /** {@link denied} for the name of a parameter: the same few come with every URL. */
  #deniedParameter(name: string): Category | undefined {
    const known = this.#parameters.get(name);
    if (known !== undefined) return known === 'none' ? undefined : known;
    const category = this.#denied(decodePercent(name));
    if (this.#parameters.size < MOST_PARAMETERS) this.#parameters.set(name, category ?? 'none');
    return category;
  }

  /**
   * Whether a text is shown as it is, whatever its key, by what `scan` tells of it. Nothing in it is encoded either, but
   * for what JSON escapes.
   */
  isPlain(text: string, scanned: number): boolean {
    return this.#onlyOurs && (scanned & ESCAPED) === 0 && isPlain(text, scanned) && !mayBeNamed(text);
  }

  /** Whether the policy has no detector of its own: UUIDs and times are shown as they are, and so are names of fields. */
  get onlyOurs(): boolean {
    return this.#onlyOurs;
  }

  /** How many characters of a text {@link show} reads. */
  reads(text: string): number {
    return Math.min(text.length, this.#policy.budget.stringLength + READ_PAST_CUT);
  }

  /** The text as it may be shown: masked, and cut when it is long. `key` is the name that it has. */
  show(text: string, key?: string): string {
    return this.showParts(text, (read) => this.mask(read, key));
  }

  /**
   * The text as it may be shown, and cut when it is long.
   *
   * @param mask treats the start of the text, which is all that is read of a long one.
   */
  showParts(text: string, mask: (read: string) => string): string {
    const { stringLength } = this.#policy.budget;
    const read = text.length > stringLength + READ_PAST_CUT ? text.slice(0, this.reads(text)) : text;
    const masked = mask(read);
    if (masked.length <= stringLength && read === text) return masked;
    const end = endOfWholeWords(masked, stringLength);
    return `${masked.slice(0, end)}… (${count(masked.length - end + text.length - read.length, 'more character')})`;
  }

  /** The whole text with what is personal or secret in it replaced. `key` is the name that it has. */
  mask(text: string, key?: string): string {
    return this.#mask(withoutQuoted(text), key, 0);
  }

  #mask(text: string, key: string | undefined, encodings: number): string {
    if (text.length < 4) return text;
    const scanned = scan(text);
    if (encodings < MOST_ENCODINGS) {
      const decoded = decode(text, scanned);
      if (decoded !== undefined) {
        // A space or line break that was encoded would end the password of a URL.
        const found = replaceFound(text, scanned, [urlCredentials], this.#replace);
        const masked = this.#mask(found === text ? decoded : decodePercent(found), key, encodings + 1);
        if (masked !== decoded) return masked;
      }
    }
    const folded = (scanned & FOREIGN) === 0 ? undefined : fold(text);
    const named = this.#maskNamed(text, scanned, folded);
    const rest = named === text ? scanned : scan(named);
    const masked = isPlain(named, rest) ? this.#maskFound(named, rest) : this.#maskUrlsAndFound(named, rest);
    return masked === text && key !== undefined
      ? this.#maskInContext(text, folded?.text ?? text, scanned, key)
      : masked;
  }

  /** What stands beside a denied name. */
  #maskNamed(text: string, scanned: number, folded: Folded | undefined): string {
    const read = folded?.text ?? text;
    const found = namedValues(
      read,
      (name) => this.#deniedParameter(name),
      () => whereFound(read, folded?.scanned ?? scanned, this.#policy.detectors),
    );
    if (found.length === 0) return text;
    const values = folded === undefined ? found : found.map((value) => inOriginal(value, folded));
    return replaceNamed(text, values, (value, { category, before }) => {
      // `SSN: 219-09-9999` is shown as what it is.
      const shown = before === undefined ? value : this.#maskFound(`${before}: ${value}`);
      const label = shown.slice((before?.length ?? 0) + 2);
      return before !== undefined && this.#onlyLabels.test(label)
        ? label
        : this.#policy.replace(category, category, decodePercent(value));
    });
  }

  /** What lies across the segments of a path is found first: a key may hold a slash. */
  #maskUrlsAndFound(text: string, scanned: number): string {
    const named = maskParameters(text, this.#maskParameter);
    const masked = this.#maskFound(named, named === text ? scanned : scan(named));
    return maskSegments(masked, (segment) => {
      const decoded = decodePercent(segment);
      const shown = this.#maskFound(decoded, scan(decoded));
      return shown === decoded ? segment : shown;
    });
  }

  #maskFound(text: string, scanned = scan(text)): string {
    return replaceFound(text, scanned, this.#policy.detectors, this.#replace);
  }

  /** `phone: 0612345678` says more than the digits alone. `read` is the text as detectors read it. */
  #maskInContext(text: string, read: string, scanned: number, key: string): string {
    if (read === text && digitsOf(scanned) < FEWEST_DIGITS) return text;
    if (!CONTEXT.test(key.slice(0, LONGEST_CONTEXT)) || !NUMBER.test(read)) return text;
    const words = key.slice(0, LONGEST_CONTEXT).replaceAll(/([a-z])([A-Z])|[_-]/g, '$1 $2');
    const before = `${words}: `;
    const inContext = before + text;
    const masked = this.#maskFound(inContext, scan(inContext));
    if (masked === inContext) return text;
    return masked.startsWith(before) ? masked.slice(before.length) : masked;
  }
}

function inOriginal(value: NamedValue, folded: Folded): NamedValue {
  const [start, end] = folded.original(value.start, value.end);
  return { ...value, start, end };
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
function decode(text: string, scanned: number): string | undefined {
  if ((scanned & PERCENT) !== 0) {
    const decoded = decodePercent(text);
    if (decoded !== text) return decoded;
  }
  if ((scanned & ESCAPED) !== 0 && text.includes('\\u00')) {
    return text.replaceAll(ESCAPE, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  }
  const longest = longestTokenOf(scanned);
  if (longest < SHORTEST_BASE64) return undefined;
  // The longest token counts up to 255, and padding is no part of it.
  const whole = longest >= Math.min(text.length - 2, 255) ? decodeBase64(text) : undefined;
  if (whole !== undefined || !JSON_BEGINS.test(text)) return whole;
  const decoded = text.replaceAll(JSON_IN_BASE64, decodedOrSame);
  return decoded === text ? undefined : decoded;
}

/** How base64 of an object, or of a list of objects or texts, begins: `{"`, `{ "`, a line break behind the bracket, `[{"`, `["`. */
const JSON_BEGINS = /eyJ|eyAi|ewog|ewoJ|ewoi|W3si|WyJ/;
/** In a text, such as the parameter of a form or a `data:` URL; the pieces of a JSON Web Token are a detector's. */
const JSON_IN_BASE64 = /(?<![\w+/.-])(?:eyJ|eyAi|ewog|ewoJ|ewoi|W3si|WyJ)[\w+/-]{9,}={0,2}(?![\w+/.])/g;

function decodedOrSame(base64: string): string {
  return decodeBase64(base64) ?? base64;
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
