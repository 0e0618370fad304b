/** A threshold for an alarm, from what its metric was. Pure. */
import type { AlarmState, EvaluationSettings } from 'lambda-lantern-local/template';
import { evaluationRange, judge } from 'lambda-lantern-local/template';
import { counted } from '../terminal-text.ts';
import type { Distribution } from './distribution.ts';
import { distributionOf, round } from './distribution.ts';
import type { Observations } from './metric-reader.ts';

/** Our judgement: five hours of minutes with data; fewer say more of the moment than of the function. */
export const ENOUGH_PERIODS = 300;

/** A day: what is quiet shows at night. */
const ENOUGH_HOURS = 24;

export interface Proposal {
  readonly threshold: number;
  /** How often the alarm would have gone to ALARM in this time. */
  readonly fired: number;
  /** In words. */
  readonly why: string;
}

export interface Learned {
  readonly seen?: Distribution;
  /** The alarm as it is. */
  readonly present?: { readonly threshold: number; readonly fired: number };
  readonly proposed?: Proposal;
  /** Why nothing is proposed. */
  readonly insufficient?: string;
}

export interface LearnOptions {
  readonly observations: Observations;
  readonly settings: EvaluationSettings;
  /** What the metric cannot exceed without harm: the timeout, the memory, the reserved concurrency. */
  readonly limit: number;
  readonly days: number;
}

/** Our judgement: at this share of a limit, it is too late for a warning. */
const HIGHEST_SHARE = 0.95;

/**
 * A threshold from above: as far beyond the 99th percentile of the periods as that lies beyond the median, and then so
 * high that the alarm would have gone off once a week at most.
 */
export function proposeCeiling({ observations, settings, limit, days }: LearnOptions): Learned {
  const seen = distributionOf(observations);
  const present = { threshold: settings.threshold, fired: timesFired(observations, settings) };
  if (seen === undefined || seen.count < ENOUGH_PERIODS) return { ...lacking(seen), present };
  const highest = round(HIGHEST_SHARE * limit, 'down');
  const ladder = steps(round(seen.p50 + 2 * (seen.p99 - seen.p50), 'up'), highest);
  const fired = (threshold: number): number => timesFired(observations, { ...settings, threshold });
  const tolerated = Math.ceil(days / 7);
  const threshold = firstThat((step) => fired(step) <= tolerated, ladder) ?? highest;
  const times = fired(threshold);
  const why =
    times > tolerated
      ? 'it would still go off often: what it says is not noise'
      : threshold === ladder[0]
        ? 'as far beyond the 99th percentile as that is beyond the median'
        : 'the lowest that would have gone off once a week at most';
  return { seen, present, proposed: { threshold, fired: times, why } };
}

/** A floor for traffic: half of the quietest hour. */
export function proposeFloor(hourly: Observations, settings: EvaluationSettings, present?: number): Learned {
  const values = hourly.map((value) => value ?? 0);
  const seen = distributionOf(values);
  const shown =
    present === undefined
      ? {}
      : { present: { threshold: present, fired: timesFired(hourly, { ...settings, threshold: present }) } };
  const busy = hourly.filter((value) => value !== null).length;
  if (seen === undefined || busy < ENOUGH_HOURS) {
    return {
      ...shown,
      insufficient: `${counted(busy, 'hour')} with traffic, too few to learn from; ${ENOUGH_HOURS} are needed`,
    };
  }
  const threshold = round(seen.minimum / 2, 'down');
  if (threshold < 1) {
    const quiet = values.filter((value) => value < 2).length;
    return {
      seen,
      ...shown,
      insufficient: `${quiet} of ${hourly.length} hours had next to no traffic: a floor would go off in each`,
    };
  }
  const fired = timesFired(hourly, { ...settings, threshold });
  return { seen, ...shown, proposed: { threshold, fired, why: 'half of the quietest hour' } };
}

function lacking(seen: Distribution | undefined): Learned {
  if (seen === undefined)
    return { insufficient: 'no data: is this stage deployed, with this alarm, and used?' };
  return {
    seen,
    insufficient: `${counted(seen.count, 'period')} with data, too few to learn from; ${ENOUGH_PERIODS} are needed`,
  };
}

/** How often an alarm goes to ALARM while its metric takes these values. */
export function timesFired(observations: Observations, settings: EvaluationSettings): number {
  const range = evaluationRange(settings.evaluationPeriods);
  let state: AlarmState = 'OK';
  let times = 0;
  for (let end = 1; end <= observations.length; end += 1) {
    const { state: next }: { state: AlarmState } = judge(
      observations.slice(Math.max(0, end - range), end),
      settings,
      state,
    );
    if (next === 'ALARM' && state !== 'ALARM') times += 1;
    state = next;
  }
  return times;
}

/** Thresholds to try, each a tenth above the one before, in numbers that can be read. */
function steps(lowest: number, highest: number): readonly number[] {
  const ladder: number[] = [];
  for (let step = lowest; step < highest; step = Math.max(round(step * 1.1, 'up'), step + Number.EPSILON)) {
    ladder.push(step);
    if (step <= 0) break;
  }
  return [...ladder, highest];
}

/** By halves: the higher a threshold, the rarer its alarm. */
function firstThat(holds: (step: number) => boolean, ladder: readonly number[]): number | undefined {
  let [low, high] = [0, ladder.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(ladder[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return ladder[low];
}
