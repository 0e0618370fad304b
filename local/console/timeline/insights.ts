import type { Attempt } from '../../xray/attempts.ts';
import { attemptsOf } from '../../xray/attempts.ts';
import type { Standing, TraceHistory } from '../../xray/history.ts';
import { historyKey, standingOf } from '../../xray/history.ts';
import type { Phase } from '../../xray/phases.ts';
import { phasesOf } from '../../xray/phases.ts';
import type { RowTime } from '../../xray/timeline-analysis.ts';
import { analyseTimeline } from '../../xray/timeline-analysis.ts';
import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { plural } from '../format/text.ts';

/** What can be told of rows only from all of them, or from other traces; each by the row's key. */
export interface Insights {
  readonly times: ReadonlyMap<string, RowTime>;
  readonly attempts: ReadonlyMap<string, Attempt>;
  readonly phases: ReadonlyMap<string, Phase>;
  readonly standings: ReadonlyMap<string, Standing>;
}

/** A duration that fewer than one in twenty of its name exceed is worth a mark. */
const UNUSUAL = 0.95;

/** @param histories by trace id */
export function insightsOf(timeline: Timeline, histories: ReadonlyMap<string, TraceHistory>): Insights {
  const { rows } = timeline;
  return {
    times: analyseTimeline(timeline),
    attempts: attemptsOf(rows),
    phases: phasesOf(rows),
    standings: standingsOf(rows, histories),
  };
}

export function isUnusual({ slowerThan }: Standing): boolean {
  return slowerThan >= UNUSUAL;
}

/** `Slower than 97 % of 312 others (p50 84 ms, p95 120 ms)` */
export function standingText({ slowerThan, count, p50, p95 }: Standing): string {
  const others = plural(count, 'other');
  return `${comparedText(slowerThan, others)} (p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)})`;
}

function comparedText(slowerThan: number, others: string): string {
  if (slowerThan >= 1) return `Slower than all ${others}`;
  if (slowerThan <= 0) return `None of ${others} was faster`;
  return `Slower than ${Math.floor(slowerThan * 100)} % of ${others}`;
}

function standingsOf(
  rows: readonly TimelineRow[],
  histories: ReadonlyMap<string, TraceHistory>,
): ReadonlyMap<string, Standing> {
  const byTrace = new Map(
    Array.from(histories, ([id, { names }]) => [id, new Map(names.map((name) => [historyKey(name), name]))]),
  );
  const services = new Map<string, string>();
  const standings = new Map<string, Standing>();
  // Parents come first.
  for (const { key, parentKey, kind, name, type = '', traceId, start, end } of rows) {
    const service = kind === 'segment' ? name : services.get(parentKey ?? '');
    if (service === undefined) continue;
    services.set(key, service);
    const history = byTrace.get(traceId)?.get(historyKey({ service, name, type }));
    const standing = history && end !== undefined ? standingOf(end - start, history) : undefined;
    if (standing !== undefined) standings.set(key, standing);
  }
  return standings;
}
