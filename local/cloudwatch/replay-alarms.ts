import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { alarmsToRun, isEvaluatedHere, LOG_ALARM } from '../template/alarms.ts';
import { alarmNameOf } from '../template/arns.ts';
import { deploymentOf } from '../template/deployment.ts';
import { muteRulesToRun } from '../template/mute-rules.ts';
import { resolveText } from '../template/intrinsics.ts';
import { resolvedResources } from '../template/resources.ts';
import { TemplateScope } from '../template/scope.ts';
import type { AlarmDefinition, CompositeAlarmDefinition, MuteRuleDefinition } from '../template/service.ts';
import type { Template } from '../template/template.ts';
import { parseTemplate, shown } from '../template/template.ts';
import type { Transition } from './actions/transition.ts';
import { actionsOf } from './actions/transition.ts';
import type { AlarmState } from './alarm-terms.ts';
import { newRecord } from './alarms/alarm-record.ts';
import { AlarmService } from './alarms/alarm-service.ts';
import { ErrorLines } from './alarms/log-alarm.ts';
import { whyMathFails, whyNotEvaluated } from './alarms/read-datapoints.ts';
import { AlarmRuleError, parseAlarmRule } from './composite/alarm-rule.ts';
import { evaluationOrder } from './composite/evaluation-order.ts';
import { MIN_PERIOD, periodMs } from './metrics/clock.ts';
import type { Dimension, MetricId } from './metrics/metric.ts';
import { metricKey } from './metrics/metric.ts';
import type { Buckets, Datapoint } from './metrics/metric-store.ts';
import { MetricStore } from './metrics/metric-store.ts';
import type { SampleSet } from './metrics/sample-set.ts';
import { mergeSampleSets } from './metrics/sample-set.ts';
import type { Statistic } from './metrics/statistic.ts';

export interface ReplayedSeries {
  readonly namespace: string;
  readonly metricName: string;
  /**
   * By name, `{ FunctionName: 'pay' }`, or as CloudFormation has them, `[{ Name: 'FunctionName', Value: { Ref: 'Pay' } }]`. Values
   * may refer to the template.
   *
   * @default no dimensions
   */
  readonly dimensions?: Readonly<Record<string, unknown>> | readonly unknown[];
  /** Begin of the first minute: an ISO date with a time, of UTC unless it has a zone, a Date, or epoch milliseconds; a whole minute. */
  readonly start: string | number | Date;
  /** The samples of each minute, in the order in which they were measured; `null` or none where there is no data. */
  readonly minutes: ReadonlyArray<readonly number[] | null>;
}

/** What functions write into a log group. */
export interface ReplayedLines {
  /** By name, or what refers to it in the template: `{ Ref: 'PayLogGroup' }`. */
  readonly logGroup: unknown;
  /** As of a series. */
  readonly start: ReplayedSeries['start'];
  /** The lines of each minute, as they stand in the log; `null` or none where nothing is written. */
  readonly minutes: ReadonlyArray<readonly string[] | null>;
}

export interface ReplayOptions {
  /**
   * What is logged, for alarms on error lines (`custom.lantern.alarms.logs`).
   *
   * @default those alarms are skipped
   */
  readonly lines?: readonly ReplayedLines[];
}

export interface ReplayedTransition {
  /** The alarm's name. */
  readonly alarm: string;
  /** The end of the minute whose evaluation brought it, or whose end let the actions go that were held back. */
  readonly at: Date;
  readonly from: AlarmState;
  readonly to: AlarmState;
  /** The actions taken, as the template resolves them. */
  readonly notifies: readonly string[];
}

const MINUTE_MS = 60_000;
const CLOCK = { minuteMs: MINUTE_MS };

/**
 * Which alarms of a template would have gone off on these metrics, when, and whom they would have told. Every alarm is
 * evaluated at the end of each minute, from the first minute of the earliest series to the last of the latest, by what
 * evaluates alarms in Lantern local: metric math, percentiles, "M out of N", missing data, composite alarms and their
 * suppressors. Metrics without a series have no data. Alarms on error lines look at the lines that are given, each minute, where AWS does
 * on the schedule of the alarm. Without any, and with another query, an alarm on log lines is skipped: it is never in ALARM here, and a
 * warning of the process (`LANTERN_NOT_REPLAYED`) names it.
 *
 * The alarms are new when the replay begins: that one becomes OK first tells nobody, and those that warm up do so then. Actions that
 * were held back, by a suppressor until the end of a wait or extension period, or by a mute rule until that of its window, are an entry
 * of their own, with the same states, when they are taken.
 *
 * @param template the CloudFormation template as an object. Unnamed resources get a name made of `replayed-stack` and their
 * logical id, always the same one; the account is 000000000000, the region us-east-1; a parameter without default is its
 * own name.
 * @returns in the order of time
 * @throws TypeError that begins with the place, for series and lines that are not of this form
 * @throws Error for what is no template, for alarms that CloudWatch would refuse, and for those that cannot be evaluated here: anomaly
 * bands, Metrics Insights, unknown statistics and functions of metric math, periods that follow the clock on the wall, rules that name an
 * alarm that the template does not have.
 */
export function replayAlarms(
  template: unknown,
  series: readonly ReplayedSeries[],
  { lines }: ReplayOptions = {},
): ReplayedTransition[] {
  const parsed = parseTemplate(template);
  const scope = new TemplateScope({
    template: parsed,
    deployment: deploymentOf({
      serviceName: 'replayed',
      stage: 'stack',
      region: 'us-east-1',
      accountId: '000000000000',
    }),
    parameters: namesOfParameters(parsed),
    queueUrlOf: (name) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`,
  });
  const { alarms, muteRules } = readAlarms(parsed, scope, lines !== undefined);
  const metrics = checkSeries(series, scope);
  const logs = lines === undefined ? [] : checkLines(lines, scope);
  const recorded = [...metrics, ...logs];
  const first = Math.min(...recorded.map(({ start }) => start));
  const end = Math.max(...recorded.map(({ start, minutes }) => start + minutes.length * MINUTE_MS));

  let now = first;
  const store = new ReplayedMetrics(() => now);
  const errorLines = new ErrorLines(
    alarms.filter((alarm) => alarm.kind === 'log'),
    CLOCK,
  );
  const entries: ReplayedTransition[] = [];
  // By their states: an alarm that changes again may have had its actions held back until now.
  const taken = new Map<Transition['state'], Transition>();
  const entryOf = (
    { alarm, state, previous }: Transition,
    notifies: readonly string[],
  ): ReplayedTransition => ({
    alarm: alarm.name,
    at: new Date(now),
    from: previous.value,
    to: state.value,
    notifies,
  });
  const letGo = (of: (state: Transition['state']) => boolean): void => {
    for (const [state, released] of taken) {
      if (!of(state)) continue;
      entries.push(entryOf(released, actionsOf(released)));
      taken.delete(state);
    }
  };
  const service = new AlarmService({
    alarms,
    muteRules,
    store,
    ...(lines !== undefined && { errorLines }),
    clock: CLOCK,
    actions: { act: (transition) => taken.set(transition.state, transition), emit: () => undefined },
    onChange: () => undefined,
    onTransitions: (transitions) => {
      const states = new Set(transitions.map(({ state }) => state));
      letGo((state) => !states.has(state));
      for (const transition of transitions) {
        const acted = taken.delete(transition.state);
        entries.push(entryOf(transition, acted ? actionsOf(transition) : []));
      }
    },
    createdAt: first,
    measured: 'anywhere',
  });
  for (let minute = first; minute < end; minute += MINUTE_MS) {
    now = minute + MINUTE_MS;
    for (const metric of metrics) recordMinute(store, metric, minute);
    for (const log of logs) logMinute(errorLines, log, minute);
    service.evaluate(now, now);
    letGo(() => true);
  }
  return entries;
}

function namesOfParameters({ parameters }: Template): Record<string, string> {
  const open = [...parameters].filter(([, { Default: fallback }]) => fallback === undefined);
  return Object.fromEntries(open.map(([name]) => [name, name]));
}

/** Lantern local leaves out what it cannot evaluate; a proof must not. */
function readAlarms(
  template: Template,
  scope: TemplateScope,
  hasLines: boolean,
): { alarms: AlarmDefinition[]; muteRules: MuteRuleDefinition[] } {
  const resources = {
    ...resolvedResources(template, scope),
    warn: (message: string) => {
      throw new Error(`The template's alarms cannot be replayed. ${message}.`);
    },
  };
  const alarms = alarmsToRun(resources);
  if (alarms.length === 0) {
    throw new Error(
      'Expected a template with alarms, got one without any AWS::CloudWatch::Alarm: is it the one deployed?',
    );
  }
  const skipped = resources
    .ofType(LOG_ALARM)
    .filter((resource) => !hasLines || !isEvaluatedHere(resource))
    .map(({ ref }) => ref());
  if (skipped.length > 0) {
    process.emitWarning(
      hasLines
        ? `Only alarms on error lines are replayed of those on log lines, and not: ${skipped.join(', ')}.`
        : `Alarms on log lines are not replayed without lines: ${skipped.join(', ')}.`,
      { type: 'LanternWarning', code: 'LANTERN_NOT_REPLAYED' },
    );
  }
  const names = new Set<string>();
  for (const alarm of alarms) {
    if (names.has(alarm.name)) throw new Error(`Two alarms of the template have the name ${alarm.name}.`);
    names.add(alarm.name);
    const obstacle =
      alarm.kind === 'metric' ? (whyNotEvaluated(alarm, 'anywhere') ?? whyMathFails(alarm)) : undefined;
    if (obstacle !== undefined) {
      throw new Error(
        `The alarm ${alarm.name} cannot be replayed: ${obstacle}. Leave it out of the template.`,
      );
    }
  }
  for (const alarm of alarms) if (alarm.kind === 'composite') checkComposite(alarm, names);
  const { cyclic } = evaluationOrder(alarms.map((alarm) => newRecord(alarm, 0)));
  for (const { definition } of cyclic) {
    throw new Error(`The alarm ${definition.name} cannot be replayed: its rule leads back to itself.`);
  }
  return { alarms, muteRules: muteRulesToRun(resources) };
}

function checkComposite(alarm: CompositeAlarmDefinition, names: ReadonlySet<string>): void {
  const { name, rule, actionsSuppressor } = alarm;
  const named = namedIn(rule, name);
  const all = actionsSuppressor === undefined ? named : [...named, alarmNameOf(actionsSuppressor)];
  for (const other of all) {
    if (!names.has(other)) {
      throw new Error(`The alarm ${name} needs the alarm ${other}, which the template does not have.`);
    }
  }
}

function namedIn(rule: string, alarm: string): readonly string[] {
  try {
    return parseAlarmRule(rule).alarms;
  } catch (error) {
    if (!(error instanceof AlarmRuleError)) throw error;
    throw new Error(`The alarm ${alarm} cannot be replayed. ${error.message}`, { cause: error });
  }
}

interface Metric {
  readonly id: MetricId;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly minutes: ReadonlyArray<readonly number[] | null>;
}

const FIELDS = ['namespace', 'metricName', 'dimensions', 'start', 'minutes'];

function checkSeries(series: unknown, scope: TemplateScope): Metric[] {
  if (!Array.isArray(series) || series.length === 0) {
    return refuse('series', 'a list of at least one series', series);
  }
  return checkEach(series, 'series', FIELDS, (one, path) => ({
    id: {
      namespace: nameAt(one.namespace, `${path}.namespace`),
      name: nameAt(one.metricName, `${path}.metricName`),
      dimensions: checkDimensions(one.dimensions ?? {}, `${path}.dimensions`, scope),
    },
    start: checkStart(one.start, `${path}.start`),
    minutes: checkMinutes(one.minutes, `${path}.minutes`),
  }));
}

/** Reads a list of objects that have no other fields than these. */
function checkEach<Read>(
  list: readonly unknown[],
  name: string,
  fields: readonly string[],
  read: (one: JsonObject, path: string) => Read,
): Read[] {
  return Array.from(list, (one, index) => {
    const path = `${name}[${index}]`;
    if (!isObject(one)) return refuse(path, 'an object', one);
    const unknown = Object.keys(one).find((field) => !fields.includes(field));
    if (unknown !== undefined) refuse(`${path}.${unknown}`, `one of ${fields.join(', ')}`, unknown);
    return read(one, path);
  });
}

interface Log {
  readonly logGroup: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly minutes: ReadonlyArray<readonly string[] | null>;
}

const LINE_FIELDS = ['logGroup', 'start', 'minutes'];

function checkLines(lines: unknown, scope: TemplateScope): Log[] {
  if (!Array.isArray(lines)) return refuse('lines', 'a list', lines);
  return checkEach(lines, 'lines', LINE_FIELDS, (one, path) => ({
    logGroup: resolveText(one.logGroup, `${path}.logGroup`, scope),
    start: checkStart(one.start, `${path}.start`),
    minutes: checkMinutesOf(one.minutes, `${path}.minutes`, {
      isSample: (line): line is string => typeof line === 'string',
      one: 'a text',
      several: 'texts',
    }),
  }));
}

function nameAt(value: unknown, path: string): string {
  return typeof value === 'string' && value !== '' ? value : refuse(path, 'a text', value);
}

function checkDimensions(value: unknown, path: string, scope: TemplateScope): Dimension[] {
  if (isObject(value)) {
    return Object.entries(value).map(([name, given]) => ({
      name,
      value: resolveText(given, `${path}.${name}`, scope),
    }));
  }
  if (!Array.isArray(value))
    return refuse(path, 'an object of names and values, or a list of { Name, Value }', value);
  return Array.from(value as unknown[], (item, index) => {
    const at = `${path}[${index}]`;
    if (!isObject(item)) return refuse(at, '{ Name, Value }', item);
    return {
      name: nameAt(item.Name, `${at}.Name`),
      value: resolveText(item.Value, `${at}.Value`, scope),
    };
  });
}

function checkStart(value: unknown, path: string): number {
  const expected = 'an ISO date with a time, a Date or epoch milliseconds, at the begin of a minute';
  const at = momentOf(value);
  return Number.isFinite(at) && at % MINUTE_MS === 0 ? at : refuse(path, expected, value);
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/** Epoch milliseconds. A date without a zone is of UTC, as CloudWatch's are, wherever the test runs. */
function momentOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value instanceof Date) return value.getTime();
  const [date, zone] = ISO_DATE.exec(typeof value === 'string' ? value : '') ?? [];
  return date === undefined ? Number.NaN : Date.parse(zone === undefined ? `${date}Z` : date);
}

function checkMinutes(value: unknown, path: string): Metric['minutes'] {
  return checkMinutesOf(value, path, {
    isSample: (sample): sample is number => typeof sample === 'number' && Number.isFinite(sample),
    one: 'a finite number',
    several: 'numbers',
  });
}

/** What came in each minute: the samples of a metric, or the lines of a log. */
function checkMinutesOf<Sample>(
  value: unknown,
  path: string,
  expected: {
    readonly isSample: (sample: unknown) => sample is Sample;
    readonly one: string;
    readonly several: string;
  },
): ReadonlyArray<readonly Sample[] | null> {
  if (!Array.isArray(value) || value.length === 0) {
    return refuse(path, 'a list with the samples of each minute, at least one minute', value);
  }
  return Array.from(value as unknown[], (minute, index) => {
    if (minute === null) return null;
    if (!Array.isArray(minute))
      return refuse(`${path}[${index}]`, `a list of ${expected.several}, or null`, minute);
    return Array.from(minute as unknown[], (sample, position) =>
      expected.isSample(sample) ? sample : refuse(`${path}[${index}][${position}]`, expected.one, sample),
    );
  });
}

function refuse(path: string, expected: string, value: unknown): never {
  const got = typeof value === 'number' ? String(value) : shown(value);
  throw new TypeError(`${path}: expected ${expected}, got ${got}.`);
}

/** Samples are spread evenly over their minute, for alarms with periods of seconds. */
function recordMinute(store: MetricStore, { id, start, minutes }: Metric, minute: number): void {
  const samples = minutes[(minute - start) / MINUTE_MS] ?? [];
  const buckets = 60 / MIN_PERIOD;
  for (const [index, value] of samples.entries()) {
    const bucket = Math.floor((index * buckets) / samples.length);
    store.record(id, { at: minute + bucket * MIN_PERIOD * 1000, value });
  }
}

function logMinute(errorLines: ErrorLines, { logGroup, start, minutes }: Log, minute: number): void {
  for (const message of minutes[(minute - start) / MINUTE_MS] ?? [])
    errorLines.log({ logGroup, timestamp: minute, message });
}

/** Buckets of an hour and of a minute. */
const BLOCKS = [3600 / MIN_PERIOD, 60 / MIN_PERIOD];

/**
 * Metrics without bounds, whose past does not change: the window of an alarm slides from minute to minute, so a period is
 * asked for as often as the alarm looks back, and is computed once; and a period of hours is put together of whole hours.
 */
class ReplayedMetrics extends MetricStore {
  readonly #blocks = new WeakMap<Buckets, Map<string, SampleSet | undefined>>();
  readonly #kept = new Map<string, WeakMap<Statistic, Map<number, Datapoint | undefined>>>();

  constructor(now: () => number) {
    super(CLOCK, now, {
      metrics: Number.POSITIVE_INFINITY,
      buckets: Number.POSITIVE_INFINITY,
      distinctValues: Number.POSITIVE_INFINITY,
    });
  }

  override datapoints(
    id: MetricId,
    statistic: Statistic,
    period: number,
    range: { readonly from: number; readonly to: number },
  ): Datapoint[] {
    const kept = this.#keptOf(`${period} ${metricKey(id)}`, statistic);
    const length = periodMs(period, CLOCK);
    const datapoints: Datapoint[] = [];
    for (let from = range.from; from < range.to; from += length) {
      if (!kept.has(from))
        kept.set(from, super.datapoints(id, statistic, period, { from, to: from + length })[0]);
      const datapoint = kept.get(from);
      if (datapoint !== undefined) datapoints.push(datapoint);
    }
    return datapoints;
  }

  protected override samplesBetween(buckets: Buckets, begin: number, end: number): readonly SampleSet[] {
    const samples: (SampleSet | undefined)[] = [];
    for (let at = begin; at < end;) {
      const length = BLOCKS.find((block) => at % block === 0 && at + block <= end);
      samples.push(length === undefined ? buckets.get(at) : this.#block(buckets, at, length));
      at += length ?? 1;
    }
    return samples.filter((set) => set !== undefined);
  }

  #block(buckets: Buckets, begin: number, length: number): SampleSet | undefined {
    const blocks = this.#blocks.get(buckets) ?? new Map<string, SampleSet | undefined>();
    this.#blocks.set(buckets, blocks);
    const key = `${length} ${begin}`;
    if (!blocks.has(key)) {
      const merged = mergeSampleSets(super.samplesBetween(buckets, begin, begin + length));
      blocks.set(key, merged.count === 0 ? undefined : merged);
    }
    return blocks.get(key);
  }

  #keptOf(key: string, statistic: Statistic): Map<number, Datapoint | undefined> {
    const byStatistic = this.#kept.get(key) ?? new WeakMap<Statistic, Map<number, Datapoint | undefined>>();
    this.#kept.set(key, byStatistic);
    const kept = byStatistic.get(statistic) ?? new Map<number, Datapoint | undefined>();
    byStatistic.set(statistic, kept);
    return kept;
  }
}
