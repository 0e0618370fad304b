/**
 * The words that settings are described with. A word says three things at once: the type that the compiler gives a setting, the
 * form by which the framework reads it in `serverless.yml`, and how a mistake is put to whoever made it.
 */
import { closest, distance } from 'fastest-levenshtein';
import type { Expression } from 'lambda-lantern-local/template';
import { isMuteSchedule, isObject, percentileOf, PLAIN_STATISTICS } from 'lambda-lantern-local/template';
import type { ResourceKind } from '../alarms/resource-kinds.ts';
import { LONGEST_MINUTES } from '../tracing-switch/limits.ts';

export interface Setting<Value> {
  /**
   * JSON schema: by it the framework turns texts, which variables give, into numbers and booleans. It takes whatever else stands there,
   * for the framework would say no more than "must be number", neither what came nor what to do.
   */
  readonly form: object;
  /** One sentence per mistake, each beginning with its path; empty when there is none. */
  readonly mistakes: (value: unknown, path: string, names: ServiceNames) => readonly string[];
  /** Never there: it tells the compiler what a value without mistakes is. */
  readonly value?: Value;
}

export type ValueOf<Word> = Word extends Setting<infer Value> ? Value : never;

/** Settings by name. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The type of a list of settings, none of which has to be given. */
export type ValuesOf<List extends Settings> = { readonly [Name in keyof List]?: ValueOf<List[Name]> };

/** What settings may name, in the service that they are of. */
export interface ServiceNames {
  /** Keys of functions in `serverless.yml`. */
  readonly functions: readonly string[];
  /** Anything else that can be watched, by its key; absent where the template was not read. */
  readonly resources?: ReadonlyMap<string, ResourceKind>;
}

// Single values

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function word<Value>(form: object, holds: (value: unknown) => boolean, wanted: string): Setting<Value> {
  return {
    form: orAnything(form),
    mistakes: (value, path) => (holds(value) ? [] : [expected(path, wanted, value)]),
  };
}

/** A form for what fits it, and any other value as it is. */
export function orAnything(form: object): object {
  // Ajv would not look at the other forms beside {}, and so turn nothing into numbers.
  return { anyOf: [form, { not: false }] };
}

const BOOLEAN = { type: 'boolean' };
const NUMBER = { type: 'number' };
const TEXT = { type: 'string' };

export const aBoolean = word<boolean>(BOOLEAN, (value) => typeof value === 'boolean', 'true or false');
export const aNumber = word<number>(NUMBER, isNumber, 'a number');
export const aPositiveNumber = word<number>(
  NUMBER,
  (value) => isNumber(value) && value > 0,
  'a number above 0',
);
export const aShare = word<number>(
  NUMBER,
  (value) => isNumber(value) && value > 0 && value <= 1,
  'a number above 0 and up to 1',
);
/** Below, the fastest burn would be more than all requests, and its alarm could never ring. */
const LEAST_AVAILABILITY = 94;
/** Of an error budget, percent. */
export const anAvailability = word<number>(
  NUMBER,
  (value) => isNumber(value) && value >= LEAST_AVAILABILITY && value < 100,
  `a percentage from ${LEAST_AVAILABILITY} to below 100, such as 99.9, since 100 would allow no failure at all`,
);
/** Below, no pace that pages would be less than all requests. */
const LEAST_TARGET = 85;
/** Of a latency, percent. */
export const aTarget = word<number>(
  NUMBER,
  (value) => isNumber(value) && value >= LEAST_TARGET && value < 100,
  `a percentage from ${LEAST_TARGET} to below 100, such as 99, since 100 would allow nothing to be slow at all`,
);
export const aCount = word<number>(
  NUMBER,
  (value) => Number.isInteger(value) && Number(value) >= 0,
  'a whole number of 0 or more',
);
export const aPositiveCount = word<number>(
  NUMBER,
  (value) => Number.isInteger(value) && Number(value) > 0,
  'a whole number of 1 or more',
);
/** CloudWatch: the metrics of AWS services have one value per minute at best. */
export const aPeriod = word<number>(
  NUMBER,
  (value) => Number.isInteger(value) && Number(value) >= 60 && Number(value) % 60 === 0,
  'seconds, as a multiple of 60',
);

/** Of an alarm; trimmed means and the like are not for these metrics. */
export const aStatistic = word<string>(
  TEXT,
  (value) =>
    isText(value) && (PLAIN_STATISTICS.some((one) => one === value) || percentileOf(value) !== undefined),
  'Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99',
);
export const aText = word<string>(TEXT, isText, 'a text');
export const anExpression = word<Expression>(
  {},
  (value) => isText(value) || isObject(value),
  'a text, or a reference such as !Ref Name',
);
/** Of a topic or another resource; what resolves to one when the template is deployed is a text as well. */
export const anArn = word<Expression>(
  {},
  (value) => isObject(value) || (isText(value) && /^(arn:|\{\{resolve:|\$\{)/.test(value)),
  'an ARN, or a reference such as !Ref Name',
);
export const anObject = word<Readonly<Record<string, unknown>>>(
  { type: 'object' },
  isObject,
  'values by name',
);
export const anEmail = word<string>(
  TEXT,
  (value) => isText(value) && /^[^@\s]+@[^@\s]+$/.test(value),
  'an e-mail address',
);
export const anEndpoint = word<string>(
  TEXT,
  (value) =>
    value === 'aws' || (isText(value) && ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? '')),
  'an address, such as http://localhost:4566, or aws',
);
export const anHttpsUrl = word<string>(
  TEXT,
  (value) => isText(value) && URL.canParse(value) && value.startsWith('https://'),
  'a URL that begins with https://',
);

/** Days for which CloudWatch can keep logs: `RetentionInDays` of `AWS::Logs::LogGroup`. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
export const aRetention = word<number>(
  NUMBER,
  (value) => RETENTION_DAYS.some((days) => days === value),
  `days that CloudWatch can keep logs for: ${RETENTION_DAYS.join(', ')}`,
);

export function oneOf<const Value extends string>(...values: readonly Value[]): Setting<Value> {
  return word(TEXT, (value) => values.some((one) => one === value), `one of ${values.join(', ')}`);
}

/** What a duration is expected to be, for messages. */
export const A_DURATION = `minutes or hours, such as 15m or 1h, from ${LONGEST_MINUTES.least}m to ${LONGEST_MINUTES.most / 60}h`;

/** How long tracing may stay on: `15m`. */
export const aDuration = word<string>(TEXT, (value) => parseMinutes(value) !== undefined, A_DURATION);

/** `15m` or `1h`, in minutes; undefined for anything else, and for what is too long. */
export function parseMinutes(text: unknown): number | undefined {
  const [, digits, unit] = /^(\d+)([mh])$/.exec(typeof text === 'string' ? text : '') ?? [];
  const minutes = Number(digits) * (unit === 'h' ? 60 : 1);
  return minutes >= LONGEST_MINUTES.least && minutes <= LONGEST_MINUTES.most ? minutes : undefined;
}

/** Minutes for which an alarm may warm up: CloudWatch, "WarmUpConfiguration". */
const WARM_UP_MINUTES = { least: 1, most: 2880 } as const;
export const aWarmUp = word<string>(
  TEXT,
  (value) => isWithin(parseWindow(value), WARM_UP_MINUTES),
  'minutes, hours or days, such as 10m or 1h, from 1m to 2d',
);

/** Minutes for which a mute rule may mute: CloudWatch, "PutAlarmMuteRule". */
const MUTE_MINUTES = { least: 1, most: 15 * 24 * 60 } as const;
export const aMuteDuration = word<string>(
  TEXT,
  (value) => isWithin(parseWindow(value), MUTE_MINUTES),
  'minutes, hours or days, such as 30m, 2h or 1d, from 1m to 15d',
);

/** Lines in the message of a log alarm: CloudWatch, "PutLogAlarm". */
const MOST_LINES = 50;
export const aLineCount = word<number>(
  NUMBER,
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_LINES,
  `a whole number from 0 to ${MOST_LINES}`,
);

/** Minutes between the queries of a log alarm. A query each minute is the most that a rate has; a day is as long as other alarms look. */
const LOG_SCHEDULE_MINUTES = { least: 1, most: 24 * 60 } as const;
export const aLogSchedule = word<string>(
  TEXT,
  (value) => isWithin(parseWindow(value), LOG_SCHEDULE_MINUTES),
  'minutes or hours, such as 5m or 1h, from 1m to 24h',
);

/** When a mute rule begins to mute. */
export const aMuteSchedule = word<string>(
  TEXT,
  (value) => isText(value) && isMuteSchedule(value),
  'cron() with five fields, such as cron(0 2 * * SUN), or at() with a date and time, such as at(2027-01-31T22:00)',
);

/** The name of a time zone, such as Europe/Berlin. */
export const aTimezone = word<string>(
  TEXT,
  (value) => isText(value) && isTimezone(value),
  'the name of a time zone, such as Europe/Berlin or UTC',
);

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '' && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

function isWithin(
  minutes: number | undefined,
  { least, most }: { readonly least: number; readonly most: number },
): boolean {
  return minutes !== undefined && minutes >= least && minutes <= most;
}

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60 };

/** `30m`, `2h` or `1d` in minutes; undefined for anything else. */
export function parseWindow(text: unknown): number | undefined {
  const [, digits, unit = ''] = /^(\d+)([mhd])$/.exec(typeof text === 'string' ? text : '') ?? [];
  return digits === undefined ? undefined : Number(digits) * (MINUTES[unit] ?? Number.NaN);
}

/** `30m`, `2h` or `1d` as ISO 8601 has it: `PT30M`. */
export function isoDuration(text: string): string {
  return text.endsWith('d') ? `P${text.slice(0, -1)}D` : `PT${text.toUpperCase()}`;
}

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** How long something may take: `500ms`. */
export const aTime = word<string>(
  TEXT,
  (value) => parseMilliseconds(value) !== undefined,
  'a time above 0 in ms, s or m, such as 500ms, 1.5s or 5m',
);

/** `500ms`, `1.5s` or `5m` in milliseconds; undefined for anything else, and for no time at all. */
export function parseMilliseconds(text: unknown): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(typeof text === 'string' ? text : '') ?? [];
  // 1.1 s are 1100.0000000000002 ms in binary.
  const ms = Number((Number(number) * (MILLISECONDS[unit] ?? Number.NaN)).toPrecision(12));
  return ms > 0 ? ms : undefined;
}

/** A function of the service, by its key in `serverless.yml`. */
export const aFunction: Setting<string> = {
  form: orAnything(TEXT),
  mistakes: (value, path, { functions }) => {
    if (!isText(value)) return [expected(path, 'a function of the service', value)];
    return functions.includes(value)
      ? []
      : [`${path}: there is no function ${value}${suggestion(value, functions)}`];
  },
};

// What is made of others

export function listOf<Value>(item: Setting<Value>): Setting<readonly Value[]> {
  return {
    form: orAnything({ type: 'array', items: item.form }),
    mistakes: (value, path, names) =>
      Array.isArray(value)
        ? value.flatMap((one, index) => item.mistakes(one, `${path}.${index}`, names))
        : [expected(path, 'a list', value)],
  };
}

/** A list with something in it. */
export function someOf<Value>(item: Setting<Value>, instead: string): Setting<readonly Value[]> {
  const { form, mistakes } = listOf(item);
  return {
    form,
    mistakes: (value, path, names) =>
      Array.isArray(value) && value.length === 0
        ? [`${path}: expected at least one, but the list is empty; ${instead}`]
        : mistakes(value, path, names),
  };
}

/** On or off, or on with settings of its own. */
export function orSwitch<Value>(setting: Setting<Value>): Setting<boolean | Value> {
  return {
    form: { anyOf: [BOOLEAN, setting.form] },
    mistakes: (value, path, names) =>
      typeof value === 'boolean'
        ? []
        : setting
            .mistakes(value, path, names)
            .map((mistake) =>
              mistake.replace(`${path}: expected `, () => `${path}: expected true, false, or `),
            ),
  };
}

export interface GroupOptions {
  /** What its names are. @default 'setting' */
  readonly what?: string;
  /** Looks at the settings together. */
  readonly together?: (values: Readonly<Record<string, unknown>>, path: string) => readonly string[];
}

/** Settings that may each be left out. Names are checked here, where it is known which one was probably meant. */
export function group<List extends Settings>(
  list: List,
  { what = 'setting', together = () => [] }: GroupOptions = {},
): Setting<ValuesOf<List>> {
  return {
    form: orAnything(objectOf(list)),
    mistakes: (value, path, names) => [
      ...mistakesByName(value, path, Object.keys(list), what, (name, one, at) =>
        list[name]?.mistakes(one, at, names),
      ),
      ...(isObject(value) ? together(value, path) : []),
    ],
  };
}

function objectOf(list: Settings): object {
  const properties = Object.fromEntries(Object.entries(list).map(([name, { form }]) => [name, form]));
  return { type: 'object', properties };
}

/** A group whose names the framework refuses as well, before anything runs: for commands that package nothing. */
export function checkedFirst<List extends Settings>(list: List): Setting<ValuesOf<List>> {
  return { form: { ...objectOf(list), additionalProperties: false }, mistakes: group(list).mistakes };
}

/** The same settings for each of some names that only the template knows. */
export function anyNames<Value>(
  setting: Setting<Value>,
  wanted: string,
): Setting<Readonly<Record<string, Value>>> {
  return {
    form: orAnything({ type: 'object', additionalProperties: setting.form }),
    mistakes: (value, path, names) =>
      isObject(value)
        ? Object.entries(value).flatMap(([name, one]) => setting.mistakes(one, `${path}.${name}`, names))
        : [expected(path, wanted, value)],
  };
}

/** What the framework looks at no closer, because the messages of its checks are better. */
export function checkedHere<Value>(setting: Setting<Value>): Setting<Value> {
  return { ...setting, form: {} };
}

/** Settings none of which may be left out. */
export function allOf<List extends Settings>(list: List): Setting<Required<ValuesOf<List>>> {
  const together: GroupOptions['together'] = (values, path) =>
    Object.keys(list)
      .filter((name) => !(name in values))
      .map((name) => `${path}.${name}: it is missing`);
  const { form, mistakes } = group(list, { together });
  return { form, mistakes };
}

/** Settings, and under `stages` what is laid over them while a stage is deployed: `false` for nothing at all in it. */
export function perStage<List extends Settings>(
  list: List,
): Setting<ValuesOf<List> & { readonly stages?: Readonly<Record<string, boolean | ValuesOf<List>>> }> {
  const ofStage = orSwitch(group(list));
  const stages = anyNames(ofStage, 'settings by name of a stage');
  const { form, mistakes } = group({ ...list, stages });
  return { form, mistakes };
}

// Messages

/** Mistakes in an object whose names are known. */
export function mistakesByName(
  object: unknown,
  path: string,
  known: readonly string[],
  what: string,
  mistakesOf: (name: string, value: unknown, path: string) => readonly string[] | undefined,
): readonly string[] {
  if (!isObject(object)) return [expected(path, 'settings by name', object)];
  return Object.entries(object).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    return known.includes(name)
      ? (mistakesOf(name, value, at) ?? [])
      : [`${at}: there is no such ${what}${suggestion(name, known)}`];
  });
}

export function expected(path: string, wanted: string, value: unknown): string {
  // What an empty line of YAML gives.
  const got = value === null ? 'nothing; give it a value, or leave the name out' : shown(value);
  return `${path}: expected ${wanted}, but got ${got}`;
}

/** A value as it is shown in a message: enough of it to be recognised. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? String(value) : text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A name that differs in more of its characters was probably not meant. */
const MAX_DIFFERENCE = 0.5;

/** `; did you mean take-payment?`, or the names there are where none is near. Empty without any name. */
export function suggestion(name: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const nearest = closest(
    name.toLowerCase(),
    names.map((candidate) => candidate.toLowerCase()),
  );
  const found = names.find((candidate) => candidate.toLowerCase() === nearest) ?? '';
  return distance(name.toLowerCase(), nearest) <= Math.ceil(name.length * MAX_DIFFERENCE)
    ? `; did you mean ${found}?`
    : `; there are: ${names.join(', ')}`;
}
