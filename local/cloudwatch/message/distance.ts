/** How far a value is from the limit of its alarm, in words. Pure. */
import { isStaticComparison } from '../alarm-terms.ts';
import { readDescription } from './description.ts';
import type { ObservedAlarm } from './observed-alarm.ts';
import { breachesOf } from './observed-alarm.ts';
import { numberInWords, readableUnit, withUnit } from './words.ts';

export interface Distance {
  readonly alarm: string;
  /** What is compared: `Error rate`, `p99 of Duration`. */
  readonly what: string;
  /** The newest value beyond the limit; absent where the alarm is in ALARM because there is none. */
  readonly value?: number;
  /** The threshold, or the bound of an anomaly band. */
  readonly limit?: number;
  readonly unit?: string;
  /** All of it in half a sentence, without a full stop; large numbers in a unit in which they are easy to read. */
  readonly text: string;
}

/** CloudWatch's names of units, as people write them. */
const UNITS: Readonly<Record<string, string>> = {
  Milliseconds: 'ms',
  Seconds: 's',
  Microseconds: 'µs',
  Percent: '%',
  Megabytes: 'MB',
  Bytes: 'bytes',
  Count: '',
  None: '',
};

/** Of an alarm on metrics that is in ALARM; undefined for any other. */
export function distanceOf(alarm: ObservedAlarm): Distance | undefined {
  const { name, state, rule, limit, operator } = alarm;
  if (state !== 'ALARM' || rule !== undefined) return undefined;
  // The unit stands beside the numbers.
  const what = (alarm.what ?? 'What it watches').replace(/ \((?:%|ms|s|MB)\)$/, '');
  const described = readDescription(alarm.description ?? '').unit;
  const unit = described ?? (alarm.unit === undefined ? undefined : (UNITS[alarm.unit] ?? alarm.unit));
  const value = breachesOf(alarm).at(-1)?.value;
  const common = {
    alarm: name,
    what,
    ...(value !== undefined && { value }),
    ...(limit !== undefined && { limit }),
    ...(unit !== undefined && unit !== '' && { unit }),
  };
  const shown = readableUnit(unit, limit ?? value ?? 0);
  const inWords = (number: number): string => withUnit(number / shown.size, shown.unit);
  const limitText = limit === undefined ? undefined : inWords(limit);
  if (value === undefined) {
    const beyond = limitText === undefined ? '' : ` of ${limitText}`;
    return { ...common, text: `${what}: no data, which counts as beyond the limit${beyond}` };
  }
  const measured = `${what}: ${inWords(value)}`;
  if (limit === undefined) return { ...common, text: measured };
  if (operator !== undefined && !isStaticComparison(operator))
    return {
      ...common,
      text: `${measured}, expected ${value < limit ? 'at least' : 'at most'} ${limitText}${byHowMuch(value, limit)}`,
    };
  if (limit === 0 && value > 0) return { ...common, text: `${measured}, where none is allowed` };
  return { ...common, text: `${measured}, limit ${limitText}${byHowMuch(value, limit)}` };
}

/** `: 7 times that`, `: 44 % above it`, `: 70 % below it`; nothing where that says nothing. */
function byHowMuch(value: number, limit: number): string {
  if (limit <= 0 || value < 0) return '';
  if (value === limit) return ': just that';
  if (value >= 2 * limit) return `: ${numberInWords(value / limit)} times that`;
  const percent = numberInWords(Number((Math.abs(value / limit - 1) * 100).toPrecision(2)));
  return `: ${percent} % ${value > limit ? 'above' : 'below'} it`;
}
