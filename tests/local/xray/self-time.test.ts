import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import { selfTimes } from '../../../local/xray/timeline-analysis.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { begun, embedded, segment, TRACE_ID } from './fixtures.ts';

/** Of the root, in tenths of a second, with children from and to these tenths of it. */
function selfOf(length: number, children: ReadonlyArray<readonly [from: number, to: number]>): number {
  const root = segment(1, {
    start_time: 0,
    end_time: length / 10,
    subsegments: children.map(([from, to], index) =>
      embedded(index + 2, { start_time: from / 10, end_time: to / 10 }),
    ),
  });
  const timeline = buildTimeline([assembleTrace(TRACE_ID, [root])], 1000);
  return Math.round((selfTimes(timeline).get(`${TRACE_ID}/${root.id}`) ?? NaN) * 10);
}

describe('the self time of a row', () => {
  it.each([
    ['alone', 10, [], 10],
    ['with one child', 10, [[2, 5]], 7],
    [
      'with children that run at once',
      10,
      [
        [1, 6],
        [2, 4],
        [5, 8],
      ],
      3,
    ],
    ['with a child that covers it', 10, [[0, 10]], 0],
    [
      'with children beyond its ends',
      10,
      [
        [-5, 2],
        [9, 20],
      ],
      7,
    ],
    [
      'with children before and after it',
      10,
      [
        [-5, -1],
        [11, 20],
      ],
      10,
    ],
  ] as const)('%s is what no child covers', (_what, length, children, self) => {
    expect(selfOf(length, children)).toBe(self);
  });

  it('is the number of moments in which no child runs, however they lie', () => {
    const child = fc.tuple(fc.integer({ min: -10, max: 60 }), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.array(child, { maxLength: 12 }), (length, lengths) => {
        const children = lengths.map(([from, long]) => [from, from + long] as const);
        const moments = Array.from({ length }, (_, at) => at);
        const idle = moments.filter((at) => !children.some(([from, to]) => from <= at && at < to));
        expect(selfOf(length, children)).toBe(idle.length);
      }),
      runs(200),
    );
  });

  it('lasts until now of what has not ended', () => {
    const root = begun(segment(1, { start_time: 100 }));
    const timeline = buildTimeline([assembleTrace(TRACE_ID, [root])], 107);
    expect([...selfTimes(timeline).values()]).toEqual([7]);
  });
});
