import { isObject } from '../../local/template/index.ts';
import { isStatistic } from '../alarms/statistics.ts';

/** What is expected of a value, in words; undefined where the value is so. */
export type ValueCheck = (value: unknown) => string | undefined;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const check =
  (holds: (value: unknown) => boolean, expected: string): ValueCheck =>
  (value) =>
    holds(value) ? undefined : expected;

export const aBoolean = check((value) => typeof value === 'boolean', 'true or false');
export const aNumber = check(isNumber, 'a number');
export const aPositiveNumber = check((value) => isNumber(value) && value > 0, 'a number above 0');
export const aShare = check(
  (value) => isNumber(value) && value > 0 && value <= 1,
  'a number above 0 and up to 1',
);
export const aCount = check(
  (value) => Number.isInteger(value) && Number(value) >= 0,
  'a whole number of 0 or more',
);
export const aPositiveCount = check(
  (value) => Number.isInteger(value) && Number(value) > 0,
  'a whole number of 1 or more',
);
/** CloudWatch: the metrics of AWS services have one value per minute at best. */
export const aPeriod = check(
  (value) => Number.isInteger(value) && Number(value) >= 60 && Number(value) % 60 === 0,
  'seconds, as a multiple of 60',
);
export const aStatistic = check(
  (value) => isText(value) && isStatistic(value),
  'Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99',
);
export const aText = check(isText, 'a text');
export const anExpression = check(
  (value) => isText(value) || isObject(value),
  'a text, or a reference such as !Ref Name',
);
export const anEmail = check(
  (value) => isText(value) && /^[^@\s]+@[^@\s]+$/.test(value),
  'an e-mail address',
);
export const anHttpsUrl = check(
  (value) => isText(value) && URL.canParse(value) && value.startsWith('https://'),
  'a URL that begins with https://',
);

export const oneOf = (values: readonly string[]): ValueCheck =>
  check((value) => isText(value) && values.includes(value), `one of ${values.join(', ')}`);

/** A value as it is shown in a message: enough of it to be recognised. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? String(value) : text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
