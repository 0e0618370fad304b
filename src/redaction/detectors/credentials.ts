import { isAbsent, isStatus } from './absent-values.ts';
import { CATEGORIES } from './detector.ts';
import type { Detector } from './detector.ts';
import { VENDOR_KEY } from './vendor-keys.ts';

/** The shortest key of an issuer: an AWS access key id has 20 characters, with room for shorter test keys. */
const SHORTEST_KEY = 16;

/** PEM, OpenSSH, PGP and PuTTY; one that was cut before its end counts too. */
const privateKey: Detector = {
  name: 'private-key',
  category: 'credentials',
  hint: (text) =>
    text.includes('PRIVATE KEY') || text.includes('PuTTY-User-Key-File') || text.includes('LS0tLS1CRUdJTi'),
  pattern:
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){0,16384}(?:-----END [A-Z0-9 ]{0,60}-----)?|PuTTY-User-Key-File-\d[^\0]{0,16384}|(?<![\w+/])LS0tLS1CRUdJTi[A-Za-z0-9+/=]{20,24576}/g,
  valid: (match) => !match.startsWith('LS0t') || decoded(match.slice(0, 80)).includes('PRIVATE KEY'),
};

/** Signed and encrypted tokens, and those that were put into base64 once more. */
const jwt: Detector = {
  name: 'jwt',
  category: 'credentials',
  hint: (text, { longestToken }) => longestToken >= 24 && (text.includes('eyJ') || text.includes('ZXlK')),
  pattern: /(?<![A-Za-z0-9_-])(?:eyJ[\w-]{6,4096}(?:\.[\w-]{0,16384}){1,4}|ZXlK[A-Za-z0-9+/=]{30,16384})/g,
  valid: (match) => match.startsWith('ey') || /^eyJ[\w-]{6,60}/.test(decoded(match.slice(0, 80))),
};

/** `Bearer …` and `Basic …` wherever they stand. */
const authorization: Detector = {
  name: 'authorization',
  category: 'credentials',
  hint: (text) => /earer|asic|EARER|ASIC|igest|uthorization/.test(text),
  pattern:
    /(?<=\b(?:bearer|basic)(?:[ +]{1,3}|%20))[A-Za-z0-9._~+/-]{4,8192}={0,2}|(?<=\bauthorization["']?[ ]?[:=][ ]?["']?)(?![ ])[^\r\n"']{8,8192}/gi,
  valid: (match, text, start) => {
    const before = text.slice(Math.max(0, start - 20), start);
    if (/basic/i.test(before)) return isUserAndPassword(match);
    return looksRandom(match);
  },
};

/** The user and password of any URL, of JDBC's thin driver, and tokens in their place. */
const urlCredentials: Detector = {
  name: 'url-credentials',
  category: 'credentials',
  hint: (text, { at, colon }) => at && colon && (text.includes('://') || text.includes('thin:')),
  pattern:
    /(?<=:\/\/)(?:[^\s:/?#@"'<>]{0,128}:[^\s/?#"'<>]{1,256}|[^\s:/?#@"'<>]{16,256})(?=@)|(?<=\bthin:)[^\s/@:]{1,64}\/[^\s@]{1,128}(?=@)/g,
};

/** What makes a URL a key to what it points to: signatures, and what OAuth sends through the browser. */
const signedUrl: Detector = {
  name: 'url-secret',
  category: 'credentials',
  hint: (text, { equals }) => equals && (text.includes('?') || text.includes('&')),
  pattern:
    /(?<=[?&#;](?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid|(?:key-pair-id)|policy|signature|sig|code|code_verifier|state|nonce|assertion|client_assertion|samlresponse|samlrequest|relaystate|ticket|otp|pass|auth|key|apikey|hmac|hash_token|session_state|login_hint|id_token_hint)=)[^\s&;#"'<>]{1,8192}/gi,
  valid: (match, text, start) =>
    ALWAYS_SECRET.test(text.slice(Math.max(0, start - 24), start)) ||
    (match.length >= 12 && looksRandom(match)),
};

const ALWAYS_SECRET =
  /(?:x-(?:amz|goog)-[a-z-]{6,20}|awsaccesskeyid|signature|[?&#;]sig|code_verifier|assertion|saml\w{7,8}|otp|hmac|login_hint|id_token_hint)=$/i;

/** Cookies as headers carry them: after their name, and what stands before a cookie's attributes. */
const cookie: Detector = {
  name: 'cookie',
  category: 'credentials',
  hint: (text, { equals }) =>
    equals && (text.includes('ookie') || text.includes('; ') || text.includes('COOKIE')),
  pattern:
    /(?<=\bcookie2?["']?[ ]?[:=][ ]?["']?)(?![ ])[^\r\n"']{3,8192}|(?<=(?<![\w.$-])[\w.$-]{1,64}=)[^\s;,="'&]{1,4096}={0,2}(?=;[ ]?(?:path|httponly|secure|samesite|max-age|expires|domain|partitioned)\b)/gi,
  valid: (match, text, start) =>
    text[start - 1] === '='
      ? !/\b(?:path|samesite|max-age|expires|domain|charset|version)=$/i.test(
          text.slice(Math.max(0, start - 9), start),
        )
      : match.includes('='),
};

/** What stands in the place of a value already. */
const LABEL = new RegExp(String.raw`^\[(?:${CATEGORIES.join('|')})(?:\]|$)`);

/** `password=…`, `"apiKey": "…"`, `AccountKey=…;`: a secret beside its own name. */
const namedSecret: Detector = {
  name: 'secret',
  category: 'credentials',
  hint: (text, { colon, equals }) =>
    (colon || equals) && /pass|pwd|secret|token|key|credential|sess|sid|csrf|xsrf/i.test(text),
  pattern:
    /(?<=(?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|(?:api|access|secret|private|account|shared|signing|encryption|master|sharedaccess)[ _-]?key|credentials?|sess(?:ion)?(?:[ _-]?(?:id|key))?|\bsid|connect\.sid|[cx]srf)["']?(?:[ ]?=>?[ ]?|:[ ]?)["']?)(?![ =:])[^\s"'&;,<>]{4,4096}/gi,
  valid: (match, text, start) => {
    if (isAbsent(match) || isStatus(match) || LABEL.test(match)) return false;
    const separator = /(=>?|:)[ ]?["']?$/.exec(text.slice(Math.max(0, start - 4), start))?.[1];
    if (
      separator !== ':' &&
      /(?:passw(?:or)?d|pwd|passphrase|secret)["']?[ ]?=>?[ ]?["']?$/i.test(
        text.slice(Math.max(0, start - 16), start),
      )
    ) {
      return true;
    }
    return looksRandom(match);
  },
};

/** Keys that name their issuer. */
const vendorKey: Detector = {
  name: 'api-key',
  category: 'credentials',
  hint: (_text, { longestToken, colon, percent }) =>
    longestToken >= SHORTEST_KEY || ((colon || percent) && longestToken > 10),
  pattern: VENDOR_KEY,
};

/** Secrets, the strongest marks first. */
export const credentialDetectors: readonly Detector[] = [
  privateKey,
  authorization,
  urlCredentials,
  cookie,
  jwt,
  vendorKey,
  signedUrl,
  namedSecret,
];

/** A word, a number or a sentence's next word is no token; what mixes kinds of characters is. */
function looksRandom(value: string): boolean {
  if (/^[a-z]{1,40}[.!?]?$|^[A-Z]?[a-z]{1,40}[.!?]?$|^[A-Z_]{1,40}$/.test(value)) return value.length > 30;
  if (/^\d{1,6}(?:[.,]\d{1,6})?$|^\[[\w-]{1,40}\]$|^(?:\*{3,40}|<.{0,60}>?)$/.test(value)) return false;
  return /\d/.test(value) || (/[A-Z]/.test(value) && /[a-z]/.test(value)) || /[^A-Za-z\s.]/.test(value);
}

function isUserAndPassword(base64: string): boolean {
  return /^[\x20-\x7e\u0080-\u024f]{0,200}:[\x20-\x7e\u0080-\u024f]{0,200}/.test(
    decoded(base64.slice(0, 400)),
  );
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
