import { defaultDetectors } from '../../src/redaction/detectors/default-detectors.ts';
import { CATEGORIES } from '../../src/redaction/detectors/detector.ts';

/** What redaction puts in the place of values. A label is made of these words only, so a value cannot pass as one. */
const COUNT = String.raw`\d{1,3}(?:,\d{3})*`;
const LENGTH = String.raw`(?:empty|below (?:16|256) (?:character|byte)s|256 (?:character|byte)s or more)`;
const PLATFORM =
  'Buffer|ArrayBuffer|SharedArrayBuffer|DataView|(?:Uint8|Int8|Uint8Clamped|Int16|Uint16|Int32|Uint32|Float32|Float64|BigInt64|BigUint64)Array|Readable|Writable|Duplex|Transform|PassThrough|ReadableStream|WritableStream|TransformStream|IncomingMessage|ServerResponse|Response|Request|Headers|FormData|Blob|File|URL|URLSearchParams|Promise|RegExp|Map|Set|WeakMap|WeakSet|Date|Error|TypeError|RangeError|SyntaxError|ReferenceError|EvalError|URIError|AggregateError|DOMException|Object|Number|String|Boolean';
const KIND = [
  `string, ${LENGTH}`,
  'number|boolean|bigint|date|invalid date|null|undefined|function|symbol|array|object|circular|unreadable|string',
  `${COUNT}(?: to ${COUNT})? (?:item|key)s?(?:, first ${COUNT} looked at)?`,
  `cookie, ${LENGTH}(?:; [A-Za-z-]{1,12}(?:=(?:…|[\\w/-]{1,12}))?){0,8}`,
  `(?:part|multipart|binary|[a-z]+/[a-z\\d.+-]{1,80}), (?:${COUNT} (?:byte|character)s?|${LENGTH})`,
  `(?:unread )?JSON, ${LENGTH}`,
  `key of \\d{1,9} characters`,
  `threw(?: (?:${PLATFORM}))?`,
  'generator|text|map|or|name|no room left in the document',
  `(?:${PLATFORM})(?:, (?:${COUNT} bytes?|${LENGTH}))?`,
  'NaN|-?Infinity',
]
  .map((kind) => `(?:${kind})`)
  .join('|');

const NAMES = [...CATEGORIES, ...defaultDetectors.map(({ name }) => name)].join('|');

const LABELS = new RegExp(
  [
    `<(?:${KIND})(?: \\| (?:${KIND}))*>`,
    // With the pseudonym that a policy may ask for; the end of a value, which it may ask for too, is no structure.
    `\\[(?:${NAMES})(?: [\\da-f]{12})?\\]`,
    `… ?\\(${COUNT} more (?:character|item|key)s?\\)`,
    `^(?:${COUNT} )?(?:more )?(?:character|item|key)s?$`,
  ].join('|'),
  'g',
);

/** A text with nothing in the place of its labels. */
export function withoutLabels(text: string): string {
  return text.replaceAll(LABELS, '\0');
}
