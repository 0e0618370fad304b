import { count, Described } from './described.ts';
import { define } from './members.ts';
import { describeCookies, describeMultipart, openForm } from '../texts/open-text.ts';

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

type Fields = Readonly<Record<string, unknown>>;

/** Whether an object has the form of an API Gateway event or response, or of an answer about a batch. */
export function isEnvelope(value: object): boolean {
  return MEMBERS.some((name) => Object.hasOwn(value, name));
}

/**
 * The members of an API Gateway event or response, or of a batch response, with what is known about them put to use:
 * status and safe headers as they are, the body opened by its content type, cookies by name only.
 *
 * @param fields the members, each read once.
 * @param length characters of a body that are looked at.
 */
export function openEnvelope(fields: Fields, length: number): Fields {
  const opened: Record<string, unknown> = { ...fields };
  for (const name of ['headers', 'multiValueHeaders']) {
    // Copied, so that what is behind a getter is read once only.
    if (isFields(fields[name])) opened[name] = { ...fields[name] };
  }
  const contentType = contentTypeOf(opened);
  if (typeof fields.body === 'string') {
    opened.body = openBody(fields.body, contentType, fields.isBase64Encoded === true, length);
  }
  for (const name of ['headers', 'multiValueHeaders']) {
    if (isFields(opened[name])) opened[name] = openHeaders(opened[name]);
  }
  if (isStrings(fields.cookies)) opened.cookies = describeCookies(fields.cookies, 'statusCode' in fields);
  if (typeof fields.isBase64Encoded === 'boolean') {
    opened.isBase64Encoded = new Described(String(fields.isBase64Encoded));
  }
  return opened;
}

function openHeaders(headers: Fields): Fields {
  const opened: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    const known = name.toLowerCase();
    const values = isStrings(value) ? value : [value];
    const lines = values.filter((each) => typeof each === 'string');
    if ((known === 'set-cookie' || known === 'cookie') && lines.length > 0) {
      define(opened, name, describeCookies(lines, known === 'set-cookie'));
    } else if (SAFE_HEADERS.has(known)) {
      const safe = values.map((each) =>
        SAFE_HEADERS.get(known)?.test(String(each)) === true ? new Described(String(each)) : each,
      );
      define(opened, name, isStrings(value) ? safe : safe[0]);
    } else define(opened, name, value);
  }
  return opened;
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

/** A body that can be opened, or a text that the policy treats, or its type and length. */
function openBody(body: string, contentType: string, isBase64: boolean, length: number): unknown {
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
  if (isForm) return openForm(text.slice(0, length));
  const isBinary = isBase64 && type === '' && /[\0-\x08\uFFFD]/.test(text.slice(0, 1000));
  return isBinary ? new Described(`<binary, ${count(Buffer.byteLength(body, 'base64'), 'byte')}>`) : text;
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
