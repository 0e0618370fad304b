import { count, lengthClass } from '../texts/labels.ts';
import { decodeForm } from '../texts/structure-decoder.ts';
import { Described } from './described.ts';
import { define } from './members.ts';

/** The values of headers that are the same for every customer, by name; any other value is treated by the policy. */
const SAFE_HEADERS: ReadonlyMap<string, RegExp> = new Map([
  [
    'content-type',
    /^(?:application|audio|font|image|message|model|multipart|text|video)\/[a-z\d][a-z\d.+-]{0,60}(?:; ?charset=[a-z\d-]{1,20})?$/i,
  ],
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

/** More values of one header than any client takes; what has more is treated like any other array. */
const MOST_VALUES = 100;

/** More parts than this are counted only. */
const MOST_PARTS = 50;
/** Attributes of a cookie that are the same for every customer (RFC 6265, section 4.1). */
const COOKIE_ATTRIBUTE =
  /^(?:HttpOnly|Secure|Partitioned|Path=\/|Max-Age=-?\d{1,12}|SameSite=(?:Strict|Lax|None))$/i;
/** SQS message ids are UUIDs, the sequence numbers of Kinesis and DynamoDB Streams are digits. */
const ITEM_IDENTIFIER = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{20,60})$/i;

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

/**
 * The members of an API Gateway event or response, or of a batch response, with what is known about them put to use:
 * status and safe headers as they are, the body decoded by its content type, cookies by name only.
 *
 * @param fields the members, each read once.
 * @param length characters of a body that are looked at.
 */
export function decodeEnvelope(fields: Fields, length: number): Fields {
  const decoded: Record<string, unknown> = { ...fields };
  for (const name of ['headers', 'multiValueHeaders']) {
    // Copied, so that what is behind a getter is read once only.
    if (isFields(fields[name])) decoded[name] = { ...fields[name] };
  }
  const contentType = contentTypeOf(decoded);
  if (typeof fields.body === 'string') {
    decoded.body = decodeBody(fields.body, contentType, fields.isBase64Encoded === true, length);
  }
  for (const name of ['headers', 'multiValueHeaders']) {
    if (isFields(decoded[name])) decoded[name] = decodeHeaders(decoded[name]);
  }
  if (isStrings(fields.cookies)) decoded.cookies = describeCookies(fields.cookies, 'statusCode' in fields);
  if (typeof fields.isBase64Encoded === 'boolean') {
    decoded.isBase64Encoded = new Described(String(fields.isBase64Encoded));
  }
  return decoded;
}

function decodeHeaders(headers: Fields): Fields {
  const decoded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    const known = name.toLowerCase();
    const values = isStrings(value) ? value : [value];
    const lines = values.filter((each) => typeof each === 'string');
    if ((known === 'set-cookie' || known === 'cookie') && lines.length > 0) {
      define(decoded, name, describeCookies(lines, known === 'set-cookie'));
    } else if (SAFE_HEADERS.has(known)) {
      const safe = values.map((each) =>
        SAFE_HEADERS.get(known)?.test(String(each)) === true ? new Described(String(each)) : each,
      );
      define(decoded, name, isStrings(value) ? safe : safe[0]);
    } else define(decoded, name, value);
  }
  return decoded;
}

function contentTypeOf({ headers, multiValueHeaders }: Fields): string {
  for (const each of [headers, multiValueHeaders]) {
    if (!isFields(each)) continue;
    const name = Object.keys(each).find((key) => key.toLowerCase() === 'content-type');
    const value: unknown = name === undefined ? undefined : each[name];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string') return first;
  }
  return '';
}

/** A body that can be decoded, or a text that the policy treats, or its type and length. */
function decodeBody(body: string, contentType: string, isBase64: boolean, length: number): unknown {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const shownType = SAFE_HEADERS.get('content-type')?.test(type) === true ? type : 'binary';
  const isText = type === '' || type === 'text/plain' || JSON_TYPE.test(type);
  const isForm = type === 'application/x-www-form-urlencoded';
  const isMultipart = type.startsWith('multipart/');
  if (!isText && !isForm && !isMultipart) {
    return new Described(
      isBase64
        ? `<${shownType}, ${count(Buffer.byteLength(body, 'base64'), 'byte')}>`
        : `<${shownType}, ${count(body.length, 'character')}>`,
    );
  }
  // Three bytes are four characters; a little more than is looked at, so that it is seen to be cut.
  const most = 4 * length;
  const text = isBase64 ? Buffer.from(body.slice(0, most), 'base64').toString('utf8') : body;
  if (isMultipart) return describeMultipart(text.slice(0, most), contentType);
  if (isForm) return decodeForm(text.slice(0, length));
  const isBinary = isBase64 && type === '' && /[\0-\x08\uFFFD]/.test(text.slice(0, 1000));
  return isBinary ? new Described(`<binary, ${count(Buffer.byteLength(body, 'base64'), 'byte')}>`) : text;
}

/** The names of the parts of `multipart/form-data` with their sizes; never what they hold. */
function describeMultipart(text: string, contentType: string): Described {
  const boundary = /boundary="?([^";\s]{1,70})/i.exec(contentType)?.[1];
  if (boundary === undefined) return new Described(`<multipart, ${count(text.length, 'character')}>`);
  const parts = text.split(`--${boundary}`, MOST_PARTS + 1).slice(1);
  const named = parts.flatMap((part) => {
    const headEnd = part.indexOf('\r\n\r\n');
    const name = /;\s{0,4}name="([^"\r\n]{1,100})"/i.exec(part.slice(0, Math.max(headEnd, 0)))?.[1];
    if (name === undefined) return [];
    return [[name, `<part, ${count(part.length - headEnd - 6, 'character')}>`] as const];
  });
  return new Described(named);
}

/** The names of cookies, with the attributes of `Set-Cookie` that say nothing about a person; never a value. */
function describeCookies(lines: readonly string[], isSetCookie: boolean): Described {
  const cookies = lines.slice(0, MOST_PARTS).flatMap((line) => {
    const [first = '', ...rest] = line.slice(0, 4096).split(';');
    const pairs = isSetCookie ? [first] : [first, ...rest].slice(0, MOST_PARTS);
    const attributes = isSetCookie
      ? rest.map((each) => each.trim()).filter((each) => COOKIE_ATTRIBUTE.test(each))
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

function isStrings(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= MOST_VALUES && value.every((each) => typeof each === 'string')
  );
}
