import { describe, expect, it } from 'vitest';
import { barOf, durationOf } from '../../../local/console/timeline/bar.ts';
import { OVERSCAN, renderedRange } from '../../../local/console/timeline/rendered-range.ts';
import { ticksOf } from '../../../local/console/timeline/ticks.ts';
import type { TimelineRow } from '../../../local/xray/timeline.ts';

function row(start: number, end?: number): TimelineRow {
  return {
    key: 'trace/entity',
    depth: 0,
    childCount: 0,
    traceId: 'trace',
    kind: 'segment',
    name: 'shop',
    status: 'ok',
    start,
    ...(end !== undefined && { end }),
    orphan: false,
    entity: { id: 'entity', name: 'shop', start_time: start },
  };
}

const axis = { start: 100, end: 110 };

describe('bars', () => {
  it('lie on the axis by their share of it', () => {
    const bar = barOf(row(102, 107), axis);
    expect(bar.left).toBeCloseTo(0.2);
    expect(bar.width).toBeCloseTo(0.5);
  });

  it('reach to the end of the axis while in progress', () => {
    expect(barOf(row(105), axis)).toEqual({ left: 0.5, width: 0.5 });
    expect(durationOf(row(105), axis.end)).toBe(5);
  });

  it('never leave the axis, whatever the times are', () => {
    expect(barOf(row(90, 130), axis)).toEqual({ left: 0, width: 1 });
    expect(barOf(row(Number.NaN, Number.NaN), axis)).toEqual({ left: 0, width: 0 });
    expect(durationOf(row(108, 107), axis.end)).toBe(0);
  });

  it('fill an axis without length', () => {
    expect(barOf(row(100, 100), { start: 100, end: 100 })).toEqual({ left: 0, width: 1 });
  });
});

describe('ticks', () => {
  const labels = (duration: number, most: number) => ticksOf(duration, most).map(({ label }) => label);

  it('stand at round distances from zero', () => {
    expect(labels(1.42, 8)).toEqual(['0', '200 ms', '400 ms', '600 ms', '800 ms', '1 s', '1.2 s', '1.4 s']);
    expect(labels(0.0009, 4)).toEqual(['0', '0.5 ms']);
    expect(labels(400, 8)).toEqual(['0', '1 min', '2 min', '3 min', '4 min', '5 min', '6 min']);
  });

  it('have labels that can be told apart, and say where they stand', () => {
    for (let duration = 0.0001; duration < 1000; duration *= 1.3) {
      const ticks = labels(duration, 12);
      expect(new Set(ticks).size, `labels of ${duration} s: ${ticks.join(', ')}`).toBe(ticks.length);
    }
    expect(labels(0.0004, 8)).toEqual([
      '0',
      '0.05 ms',
      '0.1 ms',
      '0.15 ms',
      '0.2 ms',
      '0.25 ms',
      '0.3 ms',
      '0.35 ms',
      '0.4 ms',
    ]);
  });

  it('are never more than asked for, for any length', () => {
    for (let duration = 0.0001; duration < 1e9; duration *= 1.7) {
      const ticks = ticksOf(duration, 5);
      expect(ticks.length, `ticks of ${duration} s`).toBeLessThanOrEqual(6);
      expect(ticks.length, `ticks of ${duration} s`).toBeGreaterThanOrEqual(2);
    }
  });

  it('are only the zero on an axis without length', () => {
    expect(labels(0, 5)).toEqual(['0']);
  });
});

describe('the lines to draw', () => {
  it('are all of a small trace', () => {
    expect(renderedRange(0, 400, 32, 40)).toEqual({ from: 0, to: 40 });
  });

  it('are those around the view of a large one', () => {
    expect(renderedRange(32 * 5000, 320, 32, 10_000)).toEqual({ from: 5000 - OVERSCAN, to: 5010 + OVERSCAN });
  });
});
