import { textOfBase64 } from './base64.ts';
import type { Detector, OwnDetector } from './detector.ts';

/** The longest body that is read: twice that of an RSA key of 16,384 bits. */
const LONGEST_BODY = 24_576;
/** A line break, as it is and as JSON writes it; a space where lines were joined. */
const BREAK = String.raw`(?:\\r)?\\n|\r?\n|[ \t]`;

/** PEM (RFC 7468), OpenSSH, PGP and PuTTY; one that was cut before its end counts too, and one put into base64. */
const privateKey: Detector = {
  name: 'private-key',
  category: 'credentials',
  hint: (text, { longestToken }) =>
    text.includes('PRIVATE KEY') ||
    (longestToken >= 19 && (text.includes('PuTTY-User-Key-File') || text.includes('LS0tLS1CRUdJTi'))),
  pattern:
    /(?:-{1,5}[ ]?)?\bBEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?[ ]?-{1,5}(?:[^-]|-(?!---)){0,24576}(?:-----END [A-Z0-9 ]{0,60}-----|----[ ]END [A-Z0-9 ]{0,60}----)?|PuTTY-User-Key-File-\d[^\0]{0,16384}|(?<![\w+/])LS0tLS1CRUdJTi[A-Za-z0-9+/=]{20,24576}/g,
  valid: (value) => !value.startsWith('LS0t') || textOfBase64(value.slice(0, 80)).includes('PRIVATE KEY'),
};

/**
 * How the body of a private key begins in base64, by what DER says of it: PKCS #1, PKCS #8 of RSA, EC and Edwards curves, SEC 1,
 * PKCS #8 that is encrypted with a password; and OpenSSH's own format. Certificates and public keys begin otherwise.
 */
const BODIES = [
  String.raw`MII[A-Z][A-Za-z\d+/]{2}IBA(?:D[AC]|A[JK])`,
  String.raw`MI[GH][A-Za-z\d+/]AgE(?:AM|BB)`,
  String.raw`MH[A-Za-z\d]CAQEE`,
  String.raw`M[C-F][A-Za-z\d]CAQ(?:Aw|Ew)BQYDK2V`,
  String.raw`M[A-Za-z\d+/]{2,12}(?:BgkqhkiG9w0BBQ|CSqGSIb3DQEF|YJKoZIhvcNAQU)`,
  'b3BlbnNzaC1rZXktdj',
];

/** The body of a private key whose header was lost. */
const privateKeyBody: Detector = {
  name: 'private-key',
  category: 'credentials',
  hint: (text, { longestToken }) => longestToken >= 32 && /M[A-I]|b3Blbn/.test(text),
  pattern: new RegExp(
    `(?<![\\w+/])(?:${BODIES.join('|')})[A-Za-z\\d+/]{16,${LONGEST_BODY}}={0,2}(?:(?:${BREAK})[A-Za-z\\d+/]{40,80}={0,2}){0,400}(?:(?:${BREAK})[A-Za-z\\d+/]{1,80}={1,2}|(?:(?:\\\\r)?\\\\n|\\r?\\n)[A-Za-z\\d+/]{4,76}(?![\\w+/]))?`,
    'g',
  ),
};

const BODY_CHARACTER = /[A-Za-z\d+/=]/;
/** A line of a body; the last one may be short. */
const SHORTEST_LINE = 32;

/** What is left of a private key whose beginning was cut off: lines of base64 before the line that ends it. */
const privateKeyEnd: OwnDetector = {
  name: 'private-key',
  category: 'credentials',
  hint: (text) => text.includes('PRIVATE KEY'),
  pattern: /-{1,5}[ ]?END [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?[ ]?-{0,5}/g,
  begins: (text, end) => {
    let start = end;
    while (start > 0 && end - start < LONGEST_BODY) {
      const lineEnd = start - (LINE_BREAK.exec(text.slice(Math.max(0, start - 4), start))?.[0].length ?? 0);
      let lineStart = lineEnd;
      while (lineStart > 0 && BODY_CHARACTER.test(text.charAt(lineStart - 1))) lineStart -= 1;
      // The letter of a line break that is written out.
      if (text[lineStart - 1] === '\\' && /[nr]/.test(text.charAt(lineStart))) lineStart += 1;
      if (lineEnd - lineStart < (start === end ? 1 : SHORTEST_LINE)) break;
      start = lineStart;
    }
    return start;
  },
  valid: (value) => !value.startsWith('-'),
};

const LINE_BREAK = /(?:(?:\\r)?\\n|[\r\n \t]{1,2})$/;

/**
 * The private members of a JSON Web Key (RFC 7518, section 6; RFC 8037 for the keys of Edwards curves), in any notation: JSON,
 * JSON in a string, what Node prints. Such short names mean this beside `kty` only.
 */
const jsonWebKey: Detector = {
  name: 'private-key',
  category: 'credentials',
  hint: (text) => text.includes('kty'),
  pattern:
    /(?<![\w$])(?:d|p|q|dp|dq|qi|k|r|t)(?:\\{0,3}["'])?[ ]{0,2}[:=][ ]{0,2}(?:\\{0,3}["'])?(?<value>[A-Za-z\d_-]{16,8192})/g,
  valid: (_value, text, start) => {
    const from = Math.max(0, start - REACH);
    return /(?<![\w$])kty(?![\w$])/.test(text.slice(from, start + REACH));
  },
};

/** How far `kty` may stand from a private member: the others of an RSA key stand between. */
const REACH = 6144;

export const privateKeyDetectors: readonly Detector[] = [
  privateKey,
  privateKeyEnd,
  privateKeyBody,
  jsonWebKey,
];
