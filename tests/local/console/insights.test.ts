import { describe, expect, it } from 'vitest';
import { insightsOf, isUnusual, standingText } from '../../../local/console/timeline/insights.ts';
import { rowLabel } from '../../../local/console/timeline/rows.ts';
import { durationsByName, historyOf } from '../../../local/xray/history.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { orderPage } from '../../fixtures/console/orders.ts';

const START = 1_790_000_000;

describe('the history of a row', () => {
  const { trace, linked } = orderPage(START);
  const timeline = buildTimeline([trace, ...linked], START + 2);
  const own = durationsByName(trace);
  const quicker = Object.fromEntries(
    Object.entries(own).map(([key, durations]) => [key, durations.map((seconds) => seconds / 2)]),
  );
  const history = historyOf(
    own,
    Array.from({ length: 40 }, () => quicker),
  );
  const { standings } = insightsOf(timeline, new Map([[trace.id, history]]));

  it('is told for every row that has ended, of the trace it is known of', () => {
    for (const { key, traceId } of timeline.rows) expect(standings.has(key)).toBe(traceId === trace.id);
  });

  it('is in words, and marks a row that is slower than nearly all', () => {
    const row = timeline.rows.find(({ name }) => name === 'DynamoDB');
    const standing = standings.get(row?.key ?? '');
    expect(standing && isUnusual(standing)).toBe(true);
    expect(standing && standingText(standing)).toBe('Slower than all 40 others (p50 42 ms, p95 42 ms)');
    expect(row && rowLabel(row, timeline.end, standing)).toBe('DynamoDB, aws, OK, 84 ms, unusually slow');
  });
});
