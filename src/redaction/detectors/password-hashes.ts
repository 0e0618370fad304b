import type { Detector } from './detector.ts';

/** What the algorithms of `crypt` and their successors write: a mark, parameters, a salt, and the hash. */
const CRYPT = [
  String.raw`\$2[abxy]?\$\d\d\$[./A-Za-z\d]{53}`, // bcrypt
  String.raw`\$argon2(?:id|i|d)\$(?:v=\d{1,4}\$)?m=\d{1,9},t=\d{1,9},p=\d{1,9}(?:,[a-z]{1,8}=[A-Za-z\d+/]{1,64}){0,2}(?:\$[A-Za-z\d+/]{6,256}={0,2}){1,2}`,
  String.raw`\$scrypt\$ln=\d{1,3},r=\d{1,9},p=\d{1,9}(?:\$[A-Za-z\d+/]{6,256}={0,2}){1,2}`,
  String.raw`\$pbkdf2(?:-sha\d{1,3})?\$(?:i=)?\d{1,9}(?:,[a-z]{1,3}=\d{1,4})?(?:\$[A-Za-z\d./+]{6,256}={0,2}){1,2}`,
  String.raw`\$[156]\$(?:rounds=\d{1,9}\$)?[^$\s"']{0,16}\$[./A-Za-z\d]{22,86}`, // md5crypt, sha256crypt, sha512crypt
  String.raw`\$(?:y|gy|7)\$[^$\s"']{1,24}\$?[^$\s"']{0,86}\$[./A-Za-z\d]{43}`, // yescrypt, scrypt
  String.raw`\$(?:apr1|md5|sha1)[$,][^$\s"']{1,32}(?:\$[^$\s"']{0,32}){0,2}\$[./A-Za-z\d]{22,40}`,
  String.raw`\$[PHS]\$[./A-Za-z\d]{31,52}`, // phpass, Drupal
  String.raw`\$(?:8|9)\$[./A-Za-z\d]{14}\$[./A-Za-z\d]{43}`, // Cisco
];

/** What frameworks write around them. */
const OTHERS = [
  // Django, Werkzeug
  String.raw`(?:pbkdf2_sha\d{1,3}|pbkdf2:sha\d{1,3}:\d{1,9}|scrypt(?::\d{1,9}){3}|scrypt)\$[A-Za-z\d./+]{1,64}(?:\$\d{1,9}){0,3}\$[A-Za-z\d+/.=$]{32,256}`,
  String.raw`(?:md5|sha1|sha256|sha512)\$[A-Za-z\d]{1,64}\$[a-f\d]{32,128}`,
  // LDAP (RFC 2307)
  String.raw`\{(?:S?SHA(?:256|384|512|-256|-384|-512)?|S?MD5|PBKDF2(?:-SHA\d{1,3})?|CRYPT|BCRYPT|ARGON2)\}[A-Za-z\d+/$.,=*]{16,256}`,
  // PostgreSQL (RFC 5803), MySQL
  String.raw`SCRAM-SHA-(?:1|256)\$\d{1,9}:[A-Za-z\d+/=]{8,128}\$[A-Za-z\d+/=]{20,128}:[A-Za-z\d+/=]{20,128}`,
];

/** The hash of a password: who has it can try passwords as fast as machines can. */
export const passwordHash: Detector = {
  name: 'password-hash',
  category: 'credentials',
  hint: (text, { longestToken }) => longestToken >= 16 && (text.includes('$') || text.includes('}')),
  pattern: new RegExp(
    `(?<![\\w$])(?:\\$(?:${CRYPT.map((form) => form.slice('\\$'.length)).join('|')})|${OTHERS.join('|')})`,
    'g',
  ),
};
