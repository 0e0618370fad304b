/** The pace at which an error budget is spent: what its alarms are made of, and what their values mean. Pure. */
import type { ObservedAlarm } from './observed-alarm.ts';
import { breachesOf } from './observed-alarm.ts';
import { numberInWords, spanInWords } from './words.ts';

/** A pace at which the budget is spent, and the windows in which it has to be seen. */
export interface Pace {
  /** How many times faster than the budget allows. */
  readonly burn: number;
  /** Says that it matters: seconds. */
  readonly long: number;
  /** Says that it goes on, so that the alarm ends soon after its cause: seconds. */
  readonly short: number;
  readonly urgency: 'page' | 'ticket';
  /** Told apart by this in names, where another pace has the same window. */
  readonly mark?: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Seconds for which a budget is. */
const BUDGET = 30 * DAY;

/**
 * Google, "The Site Reliability Workbook", chapter "Alerting on SLOs": of the budget of 30 days, 2 % in an hour, 5 % in six
 * hours, 10 % in a day. The workbook's slowest looks at three days, and a period of CloudWatch is at most one: so the last is
 * the pace at which the budget is just used up, seen for a day. See ADR 42.
 */
export const PACES: readonly Pace[] = [
  { burn: 14.4, long: HOUR, short: 5 * MINUTE, urgency: 'page' },
  { burn: 6, long: 6 * HOUR, short: 30 * MINUTE, urgency: 'page' },
  { burn: 3, long: DAY, short: 2 * HOUR, urgency: 'ticket' },
  { burn: 1, long: DAY, short: 6 * HOUR, urgency: 'ticket', mark: '1x' },
];

/** What the alarm on a window ends in: `5m`, `24h`, `24h-1x`. */
export function windowName(seconds: number, { mark }: Pick<Pace, 'mark'>): string {
  const window = seconds < HOUR ? `${seconds / MINUTE}m` : `${seconds / HOUR}h`;
  return mark === undefined ? window : `${window}-${mark}`;
}

/** One window of an error budget. */
export interface BudgetWindow {
  readonly alarm: ObservedAlarm;
  readonly promise: 'availability' | 'latency';
  readonly seconds: number;
  readonly burn: number;
  readonly isLong: boolean;
}

/** The window that an alarm is on, by the end of its name. */
export function budgetWindowOf(alarm: ObservedAlarm): BudgetWindow | undefined {
  const [, name, window] = /-(burn|late)-(\d+[mh](?:-\w+)?)$/.exec(alarm.name) ?? [];
  if (name === undefined) return undefined;
  const promise = name === 'burn' ? 'availability' : 'latency';
  const windows = PACES.flatMap((pace): BudgetWindow[] =>
    [pace.long, pace.short].flatMap((seconds, index) =>
      windowName(seconds, pace) === window
        ? [{ alarm, promise, seconds, burn: pace.burn, isLong: index === 0 }]
        : [],
    ),
  );
  return windows[0];
}

/** How an error budget is spent. */
export interface Spending {
  readonly promise: BudgetWindow['promise'];
  /** Seconds of the window that was looked at. */
  readonly window: number;
  /** Percent that broke the promise in that window, and that may break it. */
  readonly broken: number;
  readonly allowed: number;
  /** How many times faster than it allows the budget is spent. */
  readonly pace: number;
  /** Percent of the budget of 30 days that the window took. */
  readonly spent: number;
  /** Seconds that the budget of 30 days lasts at this pace and the same traffic. */
  readonly lasts: number;
}

/** By the fastest of the long windows that are in ALARM; undefined without the value of one. */
export function spendingOf(windows: readonly BudgetWindow[]): Spending | undefined {
  const [fastest] = windows
    .flatMap(({ alarm, promise, seconds, burn, isLong }): Spending[] => {
      const broken = breachesOf(alarm).at(-1)?.value;
      if (!isLong || broken === undefined || alarm.limit === undefined || alarm.limit <= 0) return [];
      const allowed = alarm.limit / burn;
      const pace = broken / allowed;
      return [
        {
          promise,
          window: seconds,
          broken,
          allowed,
          pace,
          spent: (100 * pace * seconds) / BUDGET,
          lasts: BUDGET / pace,
        },
      ];
    })
    .toSorted((a, b) => b.pace - a.pace);
  return fastest;
}

/** What went wrong, in a sentence. */
export function spendingSentence({ promise, window, broken, allowed }: Spending): string {
  const how = promise === 'availability' ? 'failed' : 'took too long';
  return `In the last ${spanInWords(window)}, ${numberInWords(broken)} % ${how}, where ${numberInWords(allowed)} % may.`;
}

/** How far that is from what the budget allows, and when it ends. */
export function spendingText({ window, pace, spent, lasts }: Spending): string {
  const share = spent >= 100 ? 'more than all' : `${numberInWords(spent)} %`;
  return (
    `spent ${numberInWords(pace)} times as fast as it allows: the last ${spanInWords(window)} took ${share} of the budget of ` +
    `30 days, which lasts ${spanInWords(lasts)} at this pace`
  );
}
