import { isAbsent, isStatus } from './absent-values.ts';
import { decodeBase64, textOfBase64 } from './base64.ts';
import { CATEGORIES } from './detector.ts';
import type { Detector, OwnDetector } from './detector.ts';
import { passwordHash } from './password-hashes.ts';
import { charactersOf } from './places.ts';
import { privateKeyDetectors } from './private-keys.ts';
import { urlCredentials } from './url-credentials.ts';
import { vendorKeyDetectors } from './vendor-keys.ts';

/** Signed and encrypted tokens, and those that were put into base64 once more. */
const jwt: Detector = {
  name: 'jwt',
  category: 'credentials',
  hint: (text, { longestToken }) => longestToken >= 24 && (text.includes('eyJ') || text.includes('ZXlK')),
  pattern: /(?<![A-Za-z0-9_-])(?:eyJ[\w-]{6,4096}(?:\.[\w-]{0,16384}){1,4}|ZXlK[A-Za-z0-9+/=]{30,16384})/g,
  valid: (match) => match.startsWith('ey') || /^eyJ[\w-]{6,60}/.test(textOfBase64(match.slice(0, 80))),
};

/** `Bearer …` and `Basic …` wherever they stand. */
const authorization: Detector = {
  name: 'authorization',
  category: 'credentials',
  hint: (text) => /earer|asic|EARER|ASIC/.test(text),
  pattern: /\b(?:bearer|basic)(?:[ +]{1,3}|%20)(?<value>[A-Za-z0-9._~+/-]{4,8192}={0,2})/gi,
  valid: (value, text, start) => {
    const before = text.slice(Math.max(0, start - 20), start);
    return /basic/i.test(before) ? isUserAndPassword(value) : looksRandom(value);
  },
};

/** The header, whatever its scheme. */
const authorizationHeader: Detector = {
  name: 'authorization',
  category: 'credentials',
  hint: (text) => /uthorization|UTHORIZATION/.test(text),
  pattern: /\bauthorization["']?[ ]?[:=][ ]?["']?(?![ ])(?<value>[^\r\n"']{8,8192})/gi,
  valid: looksRandom,
};

/** Of JDBC's thin driver. */
const thinCredentials: Detector = {
  name: 'url-credentials',
  category: 'credentials',
  hint: (text, { at, colon }) => at && colon && text.includes('thin:'),
  pattern: /\bthin:(?<value>[^\s/@:]{1,64}\/[^\s@]{1,128})(?=@)/g,
};

/** What makes a URL a key to what it points to: signatures, and what OAuth sends through the browser. */
const signedUrl: Detector = {
  name: 'url-secret',
  category: 'credentials',
  hint: (text, { equals }) => equals && (text.includes('?') || text.includes('&')),
  pattern:
    /[?&#;](?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid|(?:key-pair-id)|policy|signature|sig|code|code_verifier|state|nonce|assertion|client_assertion|samlresponse|samlrequest|relaystate|ticket|otp|pass|auth|key|apikey|hmac|hash_token|session_state|login_hint|id_token_hint)=(?<value>[^\s&;#"'<>]{1,8192})/gi,
  valid: (match, text, start) =>
    ALWAYS_SECRET.test(text.slice(Math.max(0, start - 24), start)) ||
    (match.length >= 12 && looksRandom(match)),
};

const ALWAYS_SECRET =
  /(?:x-(?:amz|goog)-[a-z-]{6,20}|awsaccesskeyid|signature|[?&#;]sig|code_verifier|assertion|saml\w{7,8}|otp|hmac|login_hint|id_token_hint)=$/i;

/** The header of cookies. */
const cookieHeader: Detector = {
  name: 'cookie',
  category: 'credentials',
  hint: (text, { equals }) => equals && (text.includes('ookie') || text.includes('COOKIE')),
  pattern: /\bcookie2?["']?[ ]?[:=][ ]?["']?(?![ ])(?<value>[^\r\n"']{3,8192})/gi,
  valid: (value) => value.includes('='),
};

/** A cookie without the name of its header: what stands before the attributes of cookies. */
const cookie: Detector = {
  name: 'cookie',
  category: 'credentials',
  hint: (text, { equals }) => equals && text.includes(';'),
  pattern:
    /=(?<value>[^\s;,="'&]{1,4096}={0,2})(?=;[ ]?(?:path|httponly|secure|samesite|max-age|expires|domain|partitioned)\b)/gi,
  valid: (_value, text, start) => {
    const name = COOKIE_NAME.exec(text.slice(Math.max(0, start - 66), start))?.[1];
    return name !== undefined && !NAMES_OF_ATTRIBUTES.test(name);
  },
};

const COOKIE_NAME = /(?:^|[^\w.$-])([\w.$-]{1,64})=$/;
const NAMES_OF_ATTRIBUTES = /^(?:path|samesite|max-age|expires|domain|charset|version)$/i;

/** What stands in the place of a value already. */
const LABEL = new RegExp(String.raw`^\[(?:${CATEGORIES.join('|')})(?:\]|$)`);

/** `password=…`, `"apiKey": "…"`, `AccountKey=…;`: a secret beside its own name. */
const namedSecret: Detector = {
  name: 'secret',
  category: 'credentials',
  hint: (text, { colon, equals }) =>
    (colon || equals) && /pass|pwd|secret|token|key|credential|sess|sid|csrf|xsrf/i.test(text),
  pattern:
    /(?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|(?:api|access|secret|private|account|shared|signing|encryption|master|sharedaccess)[ _-]?key|credentials?|sess(?:ion)?(?:[ _-]?(?:id|key))?|\bsid|connect\.sid|[cx]srf)["']?(?:[ ]?=>?[ ]?|:[ ]?)["']?(?![ =:])(?<value>[^\s"'&;,<>]{4,4096})/gi,
  valid: (value, text, start) => {
    if (isAbsent(value) || isStatus(value) || LABEL.test(value)) return false;
    const separator = /(=>?|:)[ ]?["']?$/.exec(text.slice(Math.max(0, start - 4), start))?.[1];
    if (
      separator !== ':' &&
      /(?:passw(?:or)?d|pwd|passphrase|secret)["']?[ ]?=>?[ ]?["']?$/i.test(
        text.slice(Math.max(0, start - 16), start),
      )
    ) {
      return true;
    }
    return looksRandom(value);
  },
};

/** An AWS secret access key has no mark: 40 characters of base64, as 30 random bytes give them. */
const SECRET_KEY_LENGTH = 40;
const BASE64 = charactersOf(/[A-Za-z\d+/]/);

const unmarkedSecret: OwnDetector = {
  name: 'secret',
  category: 'credentials',
  hint: (_text, { longestToken, digits }) => longestToken >= SECRET_KEY_LENGTH && digits > 0,
  pattern: /(?<![A-Za-z0-9/+_-]|[A-Za-z0-9]\.)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-]|\.[A-Za-z0-9])/g,
  valid: looksLikeRandomBytes,
  places: (runs, tryAt) => runs.tryRunsOf(BASE64, SECRET_KEY_LENGTH, tryAt),
};

/**
 * Whether characters of base64 are those of random bytes: not a hash in hexadecimal, whose letters have one case; not a path
 * or a name, which have words; not a text.
 */
function looksLikeRandomBytes(base64: string): boolean {
  const counts = { upper: 0, lower: 0, digit: 0, change: 0 };
  let before = '';
  for (const character of base64) {
    const kind = /[A-Z]/.test(character) ? 'upper' : /[a-z]/.test(character) ? 'lower' : 'digit';
    counts[kind] += 1;
    if (kind !== before) counts.change += 1;
    before = kind;
  }
  // Of random ones 97 in 100 pass, and AWS's own example; names of several words in camel case change less often.
  const isMixed = counts.upper >= 6 && counts.lower >= 6 && counts.digit >= 2 && counts.change >= 17;
  return (
    isMixed &&
    new Set(base64).size >= 18 &&
    !/[a-z]{8}|[A-Z]{13}|\d{7}/.test(base64) &&
    decodeBase64(base64) === undefined
  );
}

/** Secrets, the strongest marks first. */
export const credentialDetectors: readonly Detector[] = [
  ...privateKeyDetectors,
  authorization,
  authorizationHeader,
  urlCredentials,
  thinCredentials,
  cookieHeader,
  cookie,
  jwt,
  passwordHash,
  ...vendorKeyDetectors,
  signedUrl,
  namedSecret,
  unmarkedSecret,
];

/** A word, a number or a sentence's next word is no token; what mixes kinds of characters is. */
function looksRandom(value: string): boolean {
  if (/^[a-z]{1,40}[.!?]?$|^[A-Z]?[a-z]{1,40}[.!?]?$|^[A-Z_]{1,40}$/.test(value)) return value.length > 30;
  if (/^\d{1,6}(?:[.,]\d{1,6})?$|^\[[\w-]{1,40}\]$|^(?:\*{3,40}|<.{0,60}>?)$/.test(value)) return false;
  return /\d/.test(value) || (/[A-Z]/.test(value) && /[a-z]/.test(value)) || /[^A-Za-z\s.]/.test(value);
}

function isUserAndPassword(base64: string): boolean {
  return /^[\x20-\x7e\u0080-\u024f]{0,200}:[\x20-\x7e\u0080-\u024f]{0,200}/.test(
    textOfBase64(base64.slice(0, 400)),
  );
}
