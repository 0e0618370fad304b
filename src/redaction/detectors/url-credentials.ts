import type { Detector } from './detector.ts';

/** What only looks like a password is a port with a path behind it. */
const CREDENTIALS =
  /:\/\/(?<value>[^\s:/?#@"'<>[]{0,128}:(?!\d{1,5}[/?#])(?:(?!:\/\/)[^\s"'<>]){1,256}|[^\s:/?#@"'<>]{16,256})(?=@)/g;

/** The user and password of any URL, and tokens in their place. Passwords are written with any sign in them. */
export const urlCredentials: Detector = {
  name: 'url-credentials',
  category: 'credentials',
  hint: (text, { at, colon }) => at && colon && text.includes('://'),
  pattern: CREDENTIALS,
  valid: lengthOfCredentials,
};

/** A host that is surely one: with a dot, an address, or a port behind it. */
const HOST =
  /(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|localhost|\[[\da-f:.]{2,45}\]|[\w-]{1,63}(?=:\d{2,5}(?!\d)))(?::\d{1,5})?(?=[/?#,;\s"'<>)\]}]|$)/iy;

/** They end at the first @ before a host: a password may hold one, and so may the path behind the host. */
function lengthOfCredentials(value: string, text: string, start: number): number {
  for (let at = value.indexOf('@'); at >= 0; at = value.indexOf('@', at + 1)) {
    HOST.lastIndex = start + at + 1;
    if (HOST.test(text)) return at;
  }
  return value.length;
}

const LONGEST = 400;
const AT_SCHEME = new RegExp(CREDENTIALS.source, 'y');

/** Whether the credentials of a URL end at this @: what stands around it is no address of a person. */
export function endsCredentials(text: string, at: number): boolean {
  const from = Math.max(0, at - LONGEST);
  const scheme = text.slice(from, at).lastIndexOf('://');
  if (scheme < 0) return false;
  AT_SCHEME.lastIndex = from + scheme;
  const value = AT_SCHEME.exec(text)?.groups?.value;
  if (value === undefined) return false;
  const start = from + scheme + '://'.length;
  return start + lengthOfCredentials(value, text, start) === at;
}
