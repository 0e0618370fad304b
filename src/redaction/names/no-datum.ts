import { isAbsent, isStatus } from '../detectors/absent-values.ts';
import type { Category } from '../detectors/detector.ts';

/** What a check says, under a name that says that it is one. */
const OF_CHECKS: ReadonlySet<string> = new Set([
  ...[
    'pass',
    'passed',
    'fail',
    'success',
    'succeeded',
    'failure',
    'error',
    'unavailable',
    'unchecked',
    'skipped',
    'pending',
  ],
  ...[
    'match',
    'matched',
    'no match',
    'partial',
    'unknown',
    'not checked',
    'accepted',
    'refused',
    'not supported',
  ],
]);
/** Where a program puts a value, in SQL and in templates. */
const PLACE = /^(?:\$\d{1,3}|\?|%s|%d|:[a-z]\w{0,15}|@p\d{1,3}|\$?\{{0,2}[a-z]{0,12}\}{1,2})$/;
const CHECK = /(?:check|checks|result|verification|validation|match|challenge)$/i;
/**
 * What somebody has, believes or is (GDPR, article 9, and what comes near it): that there is none of it, or that there is,
 * is what must not be known.
 */
const SPECIAL =
  /relig|politic|union|orient|ethnic|race|gender|sex|nationality|citizen|marital|biometric|genetic/i;
/** Names of people: somebody may be called Ok, On, No or Na. */
const CALLED = /name|holder|nick|beneficiary/i;
const OF_NAMES: ReadonlySet<string> = new Set([
  ...[
    '',
    'null',
    'undefined',
    'none',
    'n/a',
    '(none)',
    'missing',
    'required',
    'true',
    'false',
    '***',
    '[redacted]',
  ],
]);
/** A number under the plural of these is how many there are; of others, such as pins, it may be one of them. */
const COUNTED =
  /(?:tokens|passwords|secrets|cookies|sessions|credentials|keys|emails|mails|addresses|recipients|usernames|names|streets|logins)$/i;
const COUNT = /^\d{1,7}$/;

/**
 * Whether a value under a denied name tells nothing of it: that it is absent, a yes or a no, what a check says, how many there
 * are. The whole value counts: `null123` is a password.
 *
 * @param category what denies the name.
 */
export function saysNothing(name: string, category: Category, value: string): boolean {
  if (value.length > 16) return false;
  const said = value.trim().toLowerCase();
  const isSpecial = category === 'health' || SPECIAL.test(name);
  if (PLACE.test(said)) return true;
  if (isSpecial) return said === '' || said === 'null' || said === 'undefined';
  if (COUNT.test(said)) return COUNTED.test(name);
  if (CALLED.test(name)) return OF_NAMES.has(said);
  if (isAbsent(said)) return true;
  return isStatus(said) || (CHECK.test(name) && OF_CHECKS.has(said));
}
