import type { Attempt } from '../../xray/attempts.ts';
import { attemptsOf } from '../../xray/attempts.ts';
import type { Phase } from '../../xray/phases.ts';
import { phasesOf } from '../../xray/phases.ts';
import type { RowTime } from '../../xray/timeline-analysis.ts';
import { analyseTimeline } from '../../xray/timeline-analysis.ts';
import type { Timeline } from '../../xray/timeline.ts';

/** What can be told of rows only from all of them; each by the row's key. */
export interface Insights {
  readonly times: ReadonlyMap<string, RowTime>;
  readonly attempts: ReadonlyMap<string, Attempt>;
  readonly phases: ReadonlyMap<string, Phase>;
}

export function insightsOf(timeline: Timeline): Insights {
  const { rows } = timeline;
  return { times: analyseTimeline(timeline), attempts: attemptsOf(rows), phases: phasesOf(rows) };
}
