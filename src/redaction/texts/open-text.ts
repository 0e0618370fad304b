import { count, Described, lengthClass } from '../walk/described.ts';

/** What a string holds when it carries structure, and what of it was left out. */
export interface OpenedText {
  readonly value: unknown;
  readonly cut?: string;
}

const FORM = /^[^\s=&?/{}<>]{1,64}=[^\s&]*(?:&[^\s=&]{1,64}=[^\s&]*)+$/;
/** More parts than this are counted only. */
const MOST_PARTS = 50;
/** Attributes of a cookie that are the same for every customer (RFC 6265, section 4.1). */
const COOKIE_ATTRIBUTE =
  /^(?:HttpOnly|Secure|Partitioned|Path=\/|Max-Age=-?\d{1,12}|SameSite=(?:Strict|Lax|None))$/i;

/**
 * Opens JSON. A text longer than twice `length` is read up to `length`, and what was open there is closed.
 *
 * @param mayFail asked before text is read that may turn out not to be JSON: each failure costs an exception.
 */
export function openJson(text: string, length: number, mayFail: () => boolean): OpenedText | undefined {
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
export function openForm(text: string): object {
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields[name];
    if (Array.isArray(before)) before.push(value);
    else fields[name] = before === undefined ? value : [before, value];
  }
  return fields;
}

/** The names of the parts of `multipart/form-data` with their sizes; never what they hold. */
export function describeMultipart(text: string, contentType: string): Described {
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
export function describeCookies(lines: readonly string[], isSetCookie: boolean): Described {
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
