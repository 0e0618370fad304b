import type { LogEvent } from '../../lambda/invocation.ts';
import type { LogAlarmDefinition } from '../../template/service.ts';
import type { AlarmState } from '../alarm-terms.ts';
import { comparisonWords } from '../alarm-terms.ts';
import { isErrorLine } from '../logs/error-lines.ts';
import type { MetricClock } from '../metrics/clock.ts';
import { beginOf, periodMs } from '../metrics/clock.ts';
import { judge } from '../verdict.ts';
import type { AlarmEvaluation } from './evaluate-metric-alarm.ts';
import { warmingUp } from './evaluate-metric-alarm.ts';
import { javaNumber, timestamp } from './timestamps.ts';

/** Lines that are kept for one result, so that a flood of them takes no memory: more are counted as so many. */
const MAX_FOUND = 10_000;

/** "StateReason" of an alarm, characters: the lines have what is left of it. */
const MAX_REASON = 1023;

interface FoundLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
}

interface LogMoment {
  readonly now: number;
  readonly completeUntil: number;
  readonly previousState: AlarmState;
  /** @default never */
  readonly isWarmingUp?: (hasEnoughData: () => boolean) => boolean;
}

/** The error lines that the log alarms of a service look at, each as long as one of them may count it. */
export class ErrorLines {
  readonly #clock: MetricClock;
  readonly #found: ReadonlyMap<LogAlarmDefinition, FoundLine[]>;

  constructor(alarms: readonly LogAlarmDefinition[], clock: MetricClock) {
    this.#clock = clock;
    this.#found = new Map(alarms.map((alarm) => [alarm, []]));
  }

  log({
    logGroup,
    timestamp: at,
    message: text,
  }: Pick<LogEvent, 'logGroup' | 'timestamp' | 'message'>): void {
    if (this.#found.size === 0 || !isErrorLine(text)) return;
    for (const [alarm, lines] of this.#found) {
      if (!alarm.logGroups.includes(logGroup)) continue;
      lines.push({ at, text });
      if (lines.length > MAX_FOUND * alarm.queryResultsToEvaluate) lines.shift();
    }
  }

  /**
   * The state that a log alarm gets now. It asks every minute, where CloudWatch does so on the schedule of the alarm.
   *
   * @param moment epoch milliseconds; up to when all lines are there, as no running invocation began before
   */
  evaluate(
    alarm: LogAlarmDefinition,
    { now, completeUntil, previousState, isWarmingUp }: LogMoment,
  ): AlarmEvaluation {
    const lines = this.#found.get(alarm) ?? [];
    const { everyMinutes, startOffset, endOffset, queryResultsToEvaluate: count } = alarm;
    const { threshold, comparisonOperator } = alarm;
    const asked = beginOf(completeUntil, this.#clock.minuteMs);
    const results = Array.from({ length: count }, (_, index) => {
      const at = asked - periodMs((count - 1 - index) * everyMinutes * 60, this.#clock);
      const [from, to] = [startOffset, endOffset].map((offset) => at - periodMs(offset, this.#clock)) as [
        number,
        number,
      ];
      return { from, lines: lines.filter((line) => line.at >= from && line.at < to) };
    });
    const first = results[0]?.from ?? asked;
    const needed = lines.findIndex(({ at }) => at >= first);
    lines.splice(0, needed === -1 ? lines.length : needed);
    // A query that finds nothing has no result.
    if (isWarmingUp?.(() => results.every(({ lines: found }) => found.length > 0)) === true)
      return warmingUp(alarm);
    const { state } = judge(
      results.map(({ lines: found }) => found.length),
      {
        threshold,
        comparisonOperator,
        evaluationPeriods: count,
        datapointsToAlarm: alarm.queryResultsToAlarm,
        treatMissingData: alarm.treatMissingData,
      },
      previousState,
    );
    const newest = results.at(-1)?.lines ?? [];
    const isOrAre = newest.length === 1 ? 'line was' : 'lines were';
    const reason =
      `Threshold Crossed: ${newest.length} error ${isOrAre} found by the newest query, which ` +
      `${state === 'ALARM' ? 'is' : 'is not'} ${comparisonWords(comparisonOperator)} the threshold (${javaNumber(threshold)}).`;
    return {
      state,
      reason:
        state === 'ALARM'
          ? withLines(reason, newest.slice(Math.max(0, newest.length - alarm.lines)))
          : reason,
      reasonData: JSON.stringify({
        version: '1.0',
        queryDate: timestamp(now),
        period: everyMinutes * 60,
        recentDatapoints: results.map(({ lines: found }) => found.length),
        threshold,
        evaluatedDatapoints: results
          .map(({ from, lines: found }) => ({ timestamp: timestamp(from), value: found.length }))
          .reverse(),
      }),
    };
  }
}

/** The newest first, as far as there is room for whole ones. */
function withLines(reason: string, lines: readonly FoundLine[]): string {
  let text = reason;
  for (const line of lines.toReversed()) {
    const next = `${text}\n${line.text}`;
    if (next.length > MAX_REASON) return text;
    text = next;
  }
  return text;
}
