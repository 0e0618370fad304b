import type { Detector } from './detector.ts';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';

/** A product's version in a user agent (`Chrome/120.0.0.0`), or one that says so. */
const VERSION_BEFORE =
  /(?:(?:^|[\s(;,"])[A-Za-z][\w-]{0,24}\/|\bv(?:er(?:sion)?)?[ .:=]{0,2}|\bversion["']?[ ]{0,2}[:=]?[ ]{0,2}["']?)$/i;

const ipv4: Detector = {
  name: 'ip',
  category: 'network',
  hint: (text, { digits }) => digits >= 4 && text.includes('.'),
  pattern: new RegExp(`(?<![\\w.])${OCTET}(?:\\.${OCTET}){3}(?![\\w]|\\.\\d)`, 'g'),
  // This machine, no machine and every machine are nobody's address.
  valid: (match, text, start) =>
    !/^(?:127\.|0\.0\.0\.0$|255\.255\.)/.test(match) &&
    !VERSION_BEFORE.test(text.slice(Math.max(0, start - 28), start)),
};

const ipv6: Detector = {
  name: 'ip',
  category: 'network',
  hint: (_text, { colon, digits }) => colon && digits >= 2,
  pattern: new RegExp(
    `(?<![\\w:.-])(?:[0-9a-f]{1,4}:|::)(?:[0-9a-f]{1,4}:|:){1,7}(?:${OCTET}(?:\\.${OCTET}){3}|[0-9a-f]{1,4})?(?![\\w:])`,
    'gi',
  ),
  valid: isIpv6,
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

const mac: Detector = {
  name: 'mac',
  category: 'network',
  hint: (text, { colon }) => colon || text.includes('-') || text.includes('.'),
  pattern:
    /(?<![\w:-])[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}(?![\w]|[:-]\w)|(?<![\w.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w]|\.\w)/gi,
  valid: (match) => match.includes(':') || /[a-f]/i.test(match),
};

/** Where a person's device is on the net. */
export const networkDetectors: readonly Detector[] = [ipv6, ipv4, mac];
