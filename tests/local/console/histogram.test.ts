import { describe, expect, it } from 'vitest';
import {
  binAt,
  boundsOf,
  chosenBins,
  scaleOf,
  statusCounts,
} from '../../../local/console/list/histogram-scale.ts';
import { DURATION_EDGES } from '../../../local/xray/durations.ts';

const all = Array.from({ length: DURATION_EDGES.length + 1 }, (_, index) => index);
const pairs = all.flatMap((one) => all.map((other) => [one, other] as const));

describe('the histogram', () => {
  it('has every bin that has traces, and enough of them to look at', () => {
    for (const pair of pairs) {
      const bins = pair.map((index) => ({ index, counts: { ok: 1 } }));
      const { first, last } = scaleOf(bins, undefined);
      expect(first).toBeLessThanOrEqual(Math.min(...pair));
      expect(last).toBeGreaterThanOrEqual(Math.max(...pair));
      expect(last).toBeLessThanOrEqual(DURATION_EDGES.length);
      expect(last - first).toBeGreaterThanOrEqual(Math.min(14, DURATION_EDGES.length - first));
    }
  });

  it('writes bounds that choose the same bars again', () => {
    for (const [one, other] of pairs) {
      const bounds = boundsOf(one, other);
      const scale = scaleOf([{ index: one, counts: { ok: 1 } }], bounds);
      const [least, most] = [Math.min(one, other), Math.max(one, other)];
      expect(chosenBins(bounds, scale)).toEqual({
        first: least === 0 ? scale.first : least,
        last: most === DURATION_EDGES.length ? scale.last : most,
      });
    }
  });

  it.each([
    [0, 0],
    [0.001, 1],
    [0.0009, 0],
    [0.3, 16],
    [0.2999, 15],
    [1e9, DURATION_EDGES.length],
  ])('counts %d s in bin %d', (seconds, index) => {
    expect(binAt(seconds)).toBe(index);
  });

  it('sums up statuses', () => {
    const bins = [
      { index: 1, counts: { ok: 2, fault: 1 } },
      { index: 4, counts: { ok: 3 } },
    ];
    expect([...statusCounts(bins)]).toEqual([
      ['ok', 5],
      ['fault', 1],
    ]);
  });
});
