import type { ComparisonOperator, TreatMissingData } from 'lambda-lantern-local/template';
import type { CountedEventSource, PlannedAlarm, PlannedFilter, MetricSource } from './alarm-plan.ts';
import type { ResourceKind, Resources } from './resource-kinds.ts';

/** The numbers of an alarm: each can be set in `custom.lantern.alarms`. */
export interface Tuning {
  /** What the value is compared with, in the unit of the alarm. */
  readonly threshold?: number;
  /** The threshold as a part (0 to 1) of a limit of the resource, where `threshold` is not set. */
  readonly share?: number;
  /** With fewer requests or invocations in a period, the period says nothing. */
  readonly minimum?: number;
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  /** The width of an anomaly band in standard deviations, in place of the threshold. */
  readonly anomaly?: number;
}

/** One alarm of the defaults: its numbers, why they are what they are, and how it is put on a resource. */
export interface DefaultAlarm<Kind extends ResourceKind = ResourceKind> {
  /** What settings call it, within its kind. */
  readonly name: string;
  /** Whether it is on where nothing is set. */
  readonly on: boolean;
  /** Of which resources it is off unless asked for, though it is on: what it would say of them, their other alarms say as soon. */
  readonly saidByOthers?: (resource: Resources[Kind]) => boolean;
  readonly tuning: Tuning;
  /** What `share` is a part of, where there is one. */
  readonly shareOf?: string;
  readonly comparisonOperator: ComparisonOperator;
  readonly unit: string;
  readonly severity: PlannedAlarm['severity'];
  /** What ALARM means, one sentence. */
  readonly meaning: string;
  /** The likely cause, and what to look at first. */
  readonly cause: string;
  /** Where each number comes from: the page of AWS, or that it is our judgement and what it rests on. */
  readonly numbers: string;
  /** Why missing data is treated as it is. */
  readonly missing: string;
  /** What is watched on this resource: nothing, where it does not apply. */
  readonly plan: (resource: Resources[Kind], tuning: Tuning) => readonly (Watched | Unwatched)[];
}

export interface Watched {
  readonly metric: MetricSource;
  readonly threshold: number;
  /** Where the threshold comes from, with the numbers of this resource. */
  readonly reason: string;
  /** What ALARM means of this resource, where the meaning of all says what does not concern it. */
  readonly meaning?: string;
  /** Tells alarms apart where a resource has several of the kind: the name of an index, of an alias. */
  readonly part?: string;
  readonly filters?: readonly PlannedFilter[];
  /** The event source mapping whose events have to be counted. */
  readonly eventSource?: CountedEventSource;
  /** Under which it is deployed, where that is another one than the condition of its resource. */
  readonly condition?: string;
}

export interface Unwatched {
  readonly skipped: string;
}

/** A default as its file writes it down: what is watched, from when on, and why. What most have in common is left out. */
export interface WrittenAlarm<Kind extends ResourceKind> extends Omit<
  DefaultAlarm<Kind>,
  'on' | 'tuning' | 'comparisonOperator' | 'plan'
> {
  /** @default true */
  readonly on?: boolean;
  /** @default treatMissingData 'notBreaching' */
  readonly tuning: WrittenTuning;
  /** @default 'GreaterThanThreshold' */
  readonly comparisonOperator?: ComparisonOperator;
  /** Which resources it is put on: all without it. */
  readonly where?: (resource: Resources[Kind]) => boolean;
  /** What is watched. The threshold is the one of the tuning, unless the resource has a say in it. */
  readonly watch: (resource: Resources[Kind], tuning: Tuning) => Written | readonly Written[];
}

type WrittenTuning = Omit<Tuning, 'treatMissingData'> & Partial<Pick<Tuning, 'treatMissingData'>>;
type Written = (Omit<Watched, 'threshold'> & Partial<Pick<Watched, 'threshold'>>) | Unwatched;

/** Fills in what is left out. */
export function defaultAlarms<Kind extends ResourceKind>(
  alarms: ReadonlyArray<WrittenAlarm<Kind>>,
): ReadonlyArray<DefaultAlarm<Kind>> {
  return alarms.map(({ where = () => true, watch, ...alarm }) => ({
    on: true,
    comparisonOperator: 'GreaterThanThreshold',
    ...alarm,
    tuning: { treatMissingData: 'notBreaching', ...alarm.tuning },
    plan: (resource, tuning) =>
      where(resource)
        ? [watch(resource, tuning)]
            .flat()
            .map((found) =>
              'skipped' in found ? found : { ...found, threshold: found.threshold ?? tuning.threshold ?? 0 },
            )
        : [],
  }));
}

type Periods = Pick<Tuning, 'period' | 'evaluationPeriods' | 'datapointsToAlarm'>;

/** So many of the last so many minutes: `minutes(3, 5)`. */
export function minutes(datapointsToAlarm: number, evaluationPeriods: number): Periods {
  return { period: 60, evaluationPeriods, datapointsToAlarm };
}

/** The same of periods of five minutes. */
export function fiveMinutes(datapointsToAlarm: number, evaluationPeriods: number): Periods {
  return { period: 300, evaluationPeriods, datapointsToAlarm };
}

/**
 * For what must not happen at all: the first time is an alarm, within the minute. It lasts for five, so that the next one is no
 * second message, and there is time to see whether something else explains it.
 */
export const ONE_IS_ENOUGH: WrittenTuning = { threshold: 0, statistic: 'Sum', ...minutes(1, 5) };

/** For what AWS tries again: worth a look when it goes on. */
export const SEVERAL_MINUTES: WrittenTuning = { threshold: 0, statistic: 'Sum', ...minutes(3, 15) };

/** The threshold that is set, or the share of a limit of the resource. */
export function ofLimit({ share = 0, threshold }: Tuning, limit: number): number {
  return threshold ?? share * limit;
}
