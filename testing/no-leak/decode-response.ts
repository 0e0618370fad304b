import { Described, Members } from '../../src/redaction/walk/described.ts';
import { isEnvelope, decodeEnvelope } from '../../src/redaction/walk/envelope.ts';
import { looksLikeForm, decodeForm } from '../../src/redaction/texts/structure-decoder.ts';
import { decodeBase64 } from '../../src/redaction/detectors/base64.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a string holds; `encoded` where the string itself would give it away to whoever decodes it. */
export function decodeText(text: string): { readonly decoded?: unknown; readonly encoded: boolean } {
  const json = parse(text);
  if (json !== undefined) return { decoded: json, encoded: false };
  if (looksLikeForm(text)) return { decoded: decodeForm(text), encoded: false };
  const ofBase64 = decodeBase64(text);
  if (ofBase64 !== undefined && ofBase64 !== text) return { decoded: ofBase64, encoded: true };
  const plain = text.includes('%') ? decodePercent(text) : text;
  return plain === text ? { encoded: false } : { decoded: plain, encoded: true };
}

function parse(text: string): unknown {
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value === text ? undefined : value;
  } catch {
    return undefined;
  }
}

export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * How the headers of an API Gateway event or response are read: without the values that are the same for every customer,
 * and cookies as their values only. Undefined for anything else.
 */
export function safeHeaders(value: object): ((field: string, headers: unknown) => unknown) | undefined {
  if (!isEnvelope(value)) return undefined;
  const all = { length: Number.MAX_SAFE_INTEGER, keys: Infinity, showsValues: false, isRoot: true };
  const decoded = decodeEnvelope({ ...value }, all);
  return (field, headers) => {
    const shown = decoded[field];
    if (!isFields(headers) || !(shown instanceof Members)) return headers;
    return Object.fromEntries(
      Object.entries(headers).map(([name, line]) => [name, withoutSafe(name, line, shown.fields[name])]),
    );
  };
}

function withoutSafe(name: string, line: unknown, shown: unknown): unknown {
  if (/^(?:set-)?cookie$/i.test(name)) return decodeCookies(line);
  if (shown instanceof Described) return undefined;
  if (!Array.isArray(line) || !Array.isArray(shown)) return line;
  return line.filter((_, at) => !(shown[at] instanceof Described));
}

/** The values of cookies by name; attributes that are the same for every customer are no secret. */
export function decodeCookies(lines: unknown): unknown {
  const list = typeof lines === 'string' ? [lines] : lines;
  if (!Array.isArray(list)) return lines;
  return list.map((line: unknown) => {
    if (typeof line !== 'string') return line;
    const pairs = line.split(';').map((pair) => pair.trim());
    return pairs
      .filter((pair, at) => at === 0 || !ATTRIBUTE.test(pair))
      .map((pair) => pair.slice(pair.indexOf('=') + 1));
  });
}

const ATTRIBUTE = /^(?:HttpOnly|Secure|Partitioned|Path=\/|Max-Age=-?\d+|SameSite=\w+)$/i;

/** The body as the client reads it. */
export function decodeBody(envelope: object, body: unknown): unknown {
  if (typeof body !== 'string') return body;
  const { isBase64Encoded, headers } = envelope as { isBase64Encoded?: unknown; headers?: unknown };
  const text = isBase64Encoded === true ? Buffer.from(body, 'base64').toString('utf8') : body;
  const given = Object.entries(isFields(headers) ? headers : {}).find(
    ([name]) => name.toLowerCase() === 'content-type',
  )?.[1];
  const contentType = typeof given === 'string' ? given : '';
  if (contentType.startsWith('application/x-www-form-urlencoded')) return decodeForm(text);
  const boundary = /^multipart\/.*boundary="?([^";\s]+)/i.exec(contentType)?.[1];
  if (boundary === undefined) return text;
  // Of each part what follows its own headers.
  return text
    .split(`--${boundary}`)
    .map((part) => part.slice(part.indexOf('\r\n\r\n') + 4))
    .slice(1, -1);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
