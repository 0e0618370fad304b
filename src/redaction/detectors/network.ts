import type { Detector, OwnDetector } from './detector.ts';
import { charactersOf, startOfRun } from './places.ts';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const DIGITS = charactersOf(/\d/);
const HEX_DIGITS = charactersOf(/[\da-f]/i);

/** A product's version in a user agent (`Chrome/120.0.0.0`), or one that says so. */
const VERSION_BEFORE =
  /(?:(?:^|[\s(;,"])[A-Za-z][\w-]{0,24}\/|\bv(?:er(?:sion)?)?[ .:=]{0,2}|\bversion["']?[ ]{0,2}[:=]?[ ]{0,2}["']?)$/i;

/** Found by what stands behind its first number, which a text holds more seldom than numbers. */
const ipv4: OwnDetector = {
  name: 'ip',
  category: 'network',
  hint: (text, { digits }) => digits >= 4 && text.includes('.'),
  pattern: new RegExp(`(?:\\.${OCTET}){3}(?![\\w]|\\.\\d)`, 'g'),
  begins: (text, at) => startOfRun(text, at, 3, DIGITS),
  // This machine, no machine and every machine are nobody's address.
  valid: (match, text, start) =>
    FIRST_OCTET.test(match) &&
    !/[\w.]/.test(text.charAt(start - 1)) &&
    !/^(?:127\.|0\.0\.0\.0$|255\.255\.)/.test(match) &&
    !VERSION_BEFORE.test(text.slice(Math.max(0, start - 28), start)),
};

const FIRST_OCTET = new RegExp(`^${OCTET}\\.`);

/** Found by its first two colons. */
const ipv6: OwnDetector = {
  name: 'ip',
  category: 'network',
  hint: (_text, { colon, digits }) => colon && digits >= 2,
  pattern: new RegExp(
    `:(?:[0-9a-f]{1,4}:|:){1,7}(?:${OCTET}(?:\\.${OCTET}){3}|[0-9a-f]{1,4})?(?![\\w:])`,
    'gi',
  ),
  begins: (text, at) => startOfRun(text, at, 4, HEX_DIGITS),
  valid: (match, text, start) => !/[\w:.-]/.test(text.charAt(start - 1)) && isIpv6(match),
};

/** At most one `::`, eight groups without it; a time (`12:34:56`) has three, `::1` says nothing about anyone. */
function isIpv6(match: string): boolean {
  const groups = match
    .replace(/\d+\.\d+\.\d+\.\d+$/, '0:0')
    .split(/:+/)
    .filter(Boolean).length;
  const gaps = match.split('::').length - 1;
  if (gaps === 0) return groups === 8;
  return gaps === 1 && !match.includes(':::') && groups >= 2 && groups <= 7 && /\d/.test(match);
}

/** Found by its first separator. */
const mac: OwnDetector = {
  name: 'mac',
  category: 'network',
  hint: (text, { colon }) => colon || text.includes('-') || text.includes('.'),
  pattern: /([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}(?![\w]|[:-]\w)|\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w]|\.\w)/gi,
  begins: (text, at) => Math.max(0, at - (text[at] === '.' ? 4 : 2)),
  valid: (match, text, start) =>
    /^(?:[0-9a-f]{2}[:-]|[0-9a-f]{4}\.)/i.test(match) &&
    !/[\w:.-]/.test(text.charAt(start - 1)) &&
    (match.includes(':') || /[a-f]/i.test(match)),
};

/** Where a person's device is on the net. */
export const networkDetectors: readonly Detector[] = [ipv6, ipv4, mac];
