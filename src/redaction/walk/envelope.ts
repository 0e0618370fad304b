import { textOfBase64 } from '../detectors/base64.ts';
import { count, lengthClass } from '../texts/labels.ts';
import { decodeForm } from '../texts/structure-decoder.ts';
import { Described, Members } from './described.ts';
import { define, firstItems, firstMembers, lengthOf } from './members.ts';

/**
 * Types of content that are shown (IANA, "Media Types", and those that frameworks made known): any other may name what it
 * holds, or whom.
 */
const TYPES: ReadonlySet<string> = new Set([
  ...typesOf(
    'application',
    `atom+xml cbor cloudevents+json csv geo+json graphql graphql-response+json grpc gzip hal+json javascript json
     json-patch+json json-seq jsonlines ld+json manifest+json merge-patch+json msgpack msword octet-stream openapi+json pdf
     problem+json problem+xml protobuf rss+xml rtf scim+json soap+xml sql vnd.amazon.eventstream vnd.api+json
     vnd.ms-excel vnd.ms-fontobject vnd.ms-powerpoint vnd.openxmlformats-officedocument.presentationml.presentation
     vnd.openxmlformats-officedocument.spreadsheetml.sheet vnd.openxmlformats-officedocument.wordprocessingml.document
     wasm x-7z-compressed x-amz-json-1.0 x-amz-json-1.1 x-bzip2 x-gzip x-javascript x-ndjson x-protobuf x-sh x-tar
     x-www-form-urlencoded x-yaml xhtml+xml xml yaml zip zstd`,
  ),
  ...typesOf('audio', 'aac flac midi mp4 mpeg ogg wav webm x-wav'),
  ...typesOf('font', 'collection otf ttf woff woff2'),
  ...typesOf('image', 'apng avif bmp gif heic heif jpeg jpg png svg+xml tiff vnd.microsoft.icon webp x-icon'),
  ...typesOf('message', 'http rfc822'),
  ...typesOf('model', 'gltf-binary gltf+json obj stl'),
  ...typesOf('multipart', 'alternative byteranges form-data mixed related'),
  ...typesOf(
    'text',
    'calendar css csv event-stream html javascript markdown plain tab-separated-values vcard xml yaml',
  ),
  ...typesOf('video', 'mp2t mp4 mpeg ogg quicktime webm x-msvideo'),
]);
const CHARSET = /^charset="?(utf-?8|utf-?16|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d)"?$/i;

/**
 * The values of headers that are the same for every customer, by name; any other value is treated by the policy. The
 * numbers in them are counts of what is in the answer, or times that may be a customer's.
 */
const SAFE_HEADERS: ReadonlyMap<string, RegExp> = new Map([
  ['content-length', /^\d{1,12}$/],
  ['content-encoding', /^(?:gzip|br|deflate|zstd|identity)$/i],
  [
    'cache-control',
    /^(?:(?:no-cache|no-store|no-transform|must-revalidate|private|public|immutable|(?:s-maxage|max-age|stale-while-revalidate|stale-if-error)=\d{1,10})(?:, ?|$)){1,8}$/i,
  ],
  ['retry-after', /^\d{1,8}$/],
  ['vary', /^(?:\*|(?:accept|accept-encoding|accept-language|authorization|cookie|origin)(?:, ?|$)){1,6}$/i],
  ['allow', /^(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)(?:, ?|$)){1,7}$/i],
  ['access-control-allow-methods', /^(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|\*)(?:, ?|$)){1,8}$/i],
  ['access-control-allow-origin', /^\*$/],
  ['access-control-allow-credentials', /^(?:true|false)$/],
  ['access-control-max-age', /^\d{1,8}$/],
  ['strict-transport-security', /^max-age=\d{1,10}(?:; ?includeSubDomains)?(?:; ?preload)?$/i],
  ['transfer-encoding', /^(?:chunked|identity)$/i],
  ['x-content-type-options', /^nosniff$/i],
  ['x-frame-options', /^(?:DENY|SAMEORIGIN)$/i],
]);

const MEMBERS = [
  'statusCode',
  'body',
  'headers',
  'multiValueHeaders',
  'isBase64Encoded',
  'batchItemFailures',
];
const JSON_TYPE = /^application\/(?:[a-z\d.-]{1,40}\+)?json$/;

/** More values of one header, or cookies, than any client takes; what has more is treated like any other array. */
const MOST_VALUES = 100;

/** More parts than this are counted only. */
const MOST_PARTS = 50;
/** Attributes of a cookie that are the same for every customer (RFC 6265, section 4.1). */
const COOKIE_ATTRIBUTE =
  /^(?:HttpOnly|Secure|Partitioned|Path=\/|Max-Age=-?\d{1,12}|SameSite=(?:Strict|Lax|None))$/i;
/** SQS message ids are UUIDs, the sequence numbers of Kinesis and DynamoDB Streams are digits. */
const ITEM_IDENTIFIER = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{20,60})$/i;

/** Records that Lambda gives a function at once (AWS Lambda, "Using Lambda with Amazon SQS": batch size). */
const MOST_RECORDS = 10_000;
/** Failures of a batch that are looked at. */
const MOST_FAILURES = 100;
/** A failure of a batch has one member. */
const MOST_MEMBERS = 10;
/** Characters of a content type that are read: with a boundary of 70 (RFC 2046, section 5.1.1) and a character set. */
const LONGEST_TYPE = 256;

type Fields = Readonly<Record<string, unknown>>;

/** A status says nothing about a person (RFC 9110, section 15). */
export function isHttpStatus(value: number): boolean {
  return Number.isInteger(value) && value >= 100 && value <= 599;
}

/** Whether a text names a record of a batch, as `batchItemFailures` does. */
export function isItemIdentifier(text: string): boolean {
  return ITEM_IDENTIFIER.test(text);
}

/** Whether an object has the form of an API Gateway event or response, or of an answer about a batch. */
export function isEnvelope(value: object): boolean {
  return MEMBERS.some((name) => Object.hasOwn(value, name));
}

/** {@link isEnvelope} for an object inside of another: members that many objects have are not enough. */
export function isNestedEnvelope(value: object): boolean {
  return (
    (Object.hasOwn(value, 'body') || Object.hasOwn(value, 'cookies')) &&
    (Object.hasOwn(value, 'headers') ||
      Object.hasOwn(value, 'multiValueHeaders') ||
      Object.hasOwn(value, 'isBase64Encoded'))
  );
}

/** How an event or a response is decoded. */
export interface Decoding {
  /** Characters of a body that are looked at. */
  readonly length: number;
  /** Headers that are looked at. */
  readonly keys: number;
  readonly showsValues: boolean;
  /** Whether it is the value itself: a status in the midst of data is data. */
  readonly isRoot: boolean;
}

/**
 * The members of an API Gateway event or response, or of a batch response, with what is known about them put to use:
 * status and safe headers as they are, the body decoded by its content type, cookies by name only.
 *
 * @param fields the members, each read once.
 */
export function decodeEnvelope(fields: Fields, decoding: Decoding): Fields {
  const { keys, showsValues, isRoot, length } = decoding;
  const decoded: Record<string, unknown> = { ...fields };
  const headers: Headers[] = [];
  for (const name of ['headers', 'multiValueHeaders']) {
    const value = fields[name];
    if (!isFields(value)) continue;
    const first = firstHeaders(value, keys);
    headers.push(first);
    decoded[name] = decodeHeaders(first, showsValues);
  }
  if (typeof fields.body === 'string') {
    const contentType = contentTypeOf(headers);
    decoded.body = decodeBody(fields.body, contentType, fields.isBase64Encoded === true, length, showsValues);
  }
  const cookies = stringsOf(fields.cookies);
  if (cookies !== undefined) {
    decoded.cookies = describeCookies(cookies, Object.hasOwn(fields, 'statusCode'), showsValues);
  }
  if (typeof fields.isBase64Encoded === 'boolean') {
    decoded.isBase64Encoded = new Described(String(fields.isBase64Encoded));
  }
  if (isRoot && typeof fields.statusCode === 'number' && isHttpStatus(fields.statusCode)) {
    decoded.statusCode = new Described(fields.statusCode);
  }
  if (isRoot && Array.isArray(fields.batchItemFailures)) {
    decoded.batchItemFailures = describeFailures(fields.batchItemFailures);
  }
  return decoded;
}

/** The failures of a batch by their records, which AWS has numbered. */
function describeFailures(failures: readonly unknown[]): readonly unknown[] {
  if (lengthOf(failures) > MOST_RECORDS) return failures;
  return firstItems(failures, MOST_RECORDS).map((failure, at) => {
    if (at >= MOST_FAILURES || !isFields(failure)) return failure;
    const { fields, total } = firstMembers(failure, MOST_MEMBERS);
    const { itemIdentifier } = fields;
    const isKnown = typeof itemIdentifier === 'string' && isItemIdentifier(itemIdentifier);
    return new Members(
      isKnown ? { ...fields, itemIdentifier: new Described(itemIdentifier, { isValue: true }) } : fields,
      total,
    );
  });
}

/** Headers as far as they are looked at: the values of each, read once. */
interface Headers {
  readonly lines: ReadonlyMap<string, HeaderValues>;
  readonly total: number;
}

interface HeaderValues {
  readonly values: readonly unknown[];
  readonly isList: boolean;
}

function firstHeaders(headers: object, most: number): Headers {
  const { fields, total } = firstMembers(headers, most);
  const lines = new Map<string, HeaderValues>();
  for (const [name, value] of Object.entries(fields)) {
    const isList = Array.isArray(value) && lengthOf(value) <= MOST_VALUES;
    lines.set(name, { values: isList ? firstItems(value, MOST_VALUES) : [value], isList });
  }
  return { lines, total };
}

function decodeHeaders({ lines, total }: Headers, showsValues: boolean): Members {
  const decoded: Record<string, unknown> = {};
  for (const [name, { values, isList }] of lines) {
    const known = name.toLowerCase();
    const texts = values.filter((each) => typeof each === 'string');
    if ((known === 'set-cookie' || known === 'cookie') && texts.length > 0) {
      define(decoded, name, describeCookies(texts, known === 'set-cookie', showsValues));
    } else {
      const shown = values.map((each) => describeHeader(known, each, showsValues));
      define(decoded, name, isList ? shown : shown[0]);
    }
  }
  return new Members(decoded, total);
}

/** A value that is the same for every customer, or the value as it is, for the policy. */
function describeHeader(name: string, value: unknown, showsValues: boolean): unknown {
  // A number is written by programs that count; an object would be asked twice what it says.
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return value;
  if (name === 'content-type') return describeContentType(text) ?? value;
  if (SAFE_HEADERS.get(name)?.test(text) !== true) return value;
  if (showsValues) return new Described(text);
  return /^\d+$/.test(text) ? Number(text) : new Described(text.toLowerCase().replaceAll(/=\d+/g, '=…'));
}

/** A known type with its character set; other parameters are somebody's. */
function describeContentType(text: string): Described | undefined {
  const [type = '', ...parameters] = text.slice(0, LONGEST_TYPE).split(';');
  const known = type.trim().toLowerCase();
  if (!TYPES.has(known)) return undefined;
  const shown = parameters.map((parameter) => CHARSET.exec(parameter.trim())?.[0].toLowerCase() ?? '…');
  return new Described([known, ...shown].join('; '));
}

function contentTypeOf(headers: readonly Headers[]): string {
  for (const { lines } of headers) {
    for (const [name, { values }] of lines) {
      const [first] = values;
      if (name.toLowerCase() === 'content-type' && typeof first === 'string') return first;
    }
  }
  return '';
}

/** A body that can be decoded, or a text that the policy treats, or its type and length. */
function decodeBody(
  body: string,
  contentType: string,
  isBase64: boolean,
  length: number,
  showsValues: boolean,
): unknown {
  const type = (contentType.slice(0, LONGEST_TYPE).split(';')[0] ?? '').trim().toLowerCase();
  const shownType = TYPES.has(type) ? type : 'binary';
  const isText = type === '' || type === 'text/plain' || JSON_TYPE.test(type);
  const isForm = type === 'application/x-www-form-urlencoded';
  const isMultipart = type.startsWith('multipart/');
  const size = (unit: 'byte' | 'character'): string =>
    sizeOf(unit === 'byte' ? Buffer.byteLength(body, 'base64') : body.length, unit, showsValues);
  if (!isText && !isForm && !isMultipart) {
    return new Described(`<${shownType}, ${size(isBase64 ? 'byte' : 'character')}>`);
  }
  // Three bytes are four characters; a little more than is looked at, so that it is seen to be cut.
  const most = 4 * length;
  const text = isBase64 ? textOfBase64(body.slice(0, most)) : body;
  if (isMultipart) return describeMultipart(text.slice(0, most), contentType, showsValues);
  if (isForm) return decodeForm(text.slice(0, length));
  const isBinary = isBase64 && type === '' && /[\0-\x08\uFFFD]/.test(text.slice(0, 1000));
  return isBinary ? new Described(`<binary, ${size('byte')}>`) : text;
}

/** The exact size of something short helps to guess it. */
function sizeOf(amount: number, unit: 'byte' | 'character', showsValues: boolean): string {
  return showsValues ? count(amount, unit) : lengthClass(amount, unit);
}

/** The names of the parts of `multipart/form-data` with their sizes; never what they hold. */
function describeMultipart(text: string, contentType: string, showsValues: boolean): Described {
  const size = (length: number): string => sizeOf(length, 'character', showsValues);
  const boundary = /boundary="?([^";\s]{1,70})/i.exec(contentType.slice(0, LONGEST_TYPE))?.[1];
  if (boundary === undefined) return new Described(`<multipart, ${size(text.length)}>`);
  const parts = text.split(`--${boundary}`, MOST_PARTS + 1).slice(1);
  const named = parts.flatMap((part) => {
    const headEnd = part.indexOf('\r\n\r\n');
    const name = /;\s{0,4}name="([^"\r\n]{1,100})"/i.exec(part.slice(0, Math.max(headEnd, 0)))?.[1];
    if (name === undefined) return [];
    return [[name, `<part, ${size(part.length - headEnd - 6)}>`] as const];
  });
  return new Described(named);
}

/** The names of cookies, with the attributes of `Set-Cookie` that say nothing about a person; never a value. */
function describeCookies(lines: readonly string[], isSetCookie: boolean, showsValues: boolean): Described {
  const cookies = lines.slice(0, MOST_PARTS).flatMap((line) => {
    const [first = '', ...rest] = line.slice(0, 4096).split(';');
    const pairs = isSetCookie ? [first] : [first, ...rest].slice(0, MOST_PARTS);
    const attributes = isSetCookie
      ? rest
          .map((each) => each.trim())
          .filter((each) => COOKIE_ATTRIBUTE.test(each))
          .map((each) => (showsValues ? each : each.replace(/=-?\d+/, '=…')))
      : [];
    return pairs.map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? '' : pair.slice(0, equals).trim();
      const label = `<cookie, ${lengthClass(pair.length - equals - 1)}>`;
      return [name, [label, ...attributes].join('; ')] as const;
    });
  });
  return new Described(cookies);
}

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A list of texts, each read once. */
function stringsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || lengthOf(value) > MOST_VALUES) return undefined;
  const items = firstItems(value, MOST_VALUES);
  return items.every((each) => typeof each === 'string') ? items : undefined;
}

function typesOf(kind: string, names: string): string[] {
  return names.split(/\s+/).map((name) => `${kind}/${name}`);
}
