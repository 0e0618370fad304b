import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import type { SegmentDocument, Subsegment } from '../../../local/xray/document.ts';
import { attemptsOf, retriesOf } from '../../../local/xray/attempts.ts';
import { phasesOf } from '../../../local/xray/phases.ts';
import { analyseTimeline, lengthOf } from '../../../local/xray/timeline-analysis.ts';
import type { Timeline } from '../../../local/xray/timeline.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { fc } from '../../helpers/fast-check.ts';
import { begun, embedded, entityId, segment, TRACE_ID } from './fixtures.ts';
import { traces } from './graph/random-traces.ts';

function timelineOf(documents: readonly SegmentDocument[], now = 5000): Timeline {
  return buildTimeline([assembleTrace(TRACE_ID, documents)], now);
}

/** A subsegment from and to so many seconds after the start of the root. */
function step(number: number, name: string, from: number, to: number, fields: Partial<Subsegment> = {}) {
  return embedded(number, { name, start_time: 1000 + from, end_time: 1000 + to, ...fields });
}

function root(to: number, ...subsegments: Subsegment[]) {
  return segment(1, { name: 'root', start_time: 1000, end_time: 1000 + to, subsegments });
}

/** Each row's critical stretches in seconds after the start of the root, by its name. */
function criticalOf(...documents: SegmentDocument[]): Record<string, number[][]> {
  const timeline = timelineOf(documents);
  const analysis = analyseTimeline(timeline);
  return Object.fromEntries(
    timeline.rows.flatMap(({ key, name }) => {
      const { critical = [] } = analysis.get(key) ?? {};
      return critical.length === 0
        ? []
        : [[name, critical.map(({ start, end }) => [start - 1000, end - 1000])]];
    }),
  );
}

function timesOf(document: SegmentDocument, name: string) {
  const timeline = timelineOf([document]);
  const row = timeline.rows.find((each) => each.name === name);
  return analyseTimeline(timeline).get(row?.key ?? '');
}

describe('the critical path', () => {
  it('goes through what was done one after the other, and the time between', () => {
    expect(criticalOf(root(10, step(2, 'read', 1, 4), step(3, 'write', 5, 9)))).toEqual({
      root: [
        [0, 1],
        [4, 5],
        [9, 10],
      ],
      read: [[1, 4]],
      write: [[5, 9]],
    });
  });

  it('goes through the one of several at once that finished last, and what it had waited for', () => {
    const slow = step(3, 'slow', 1, 8, { subsegments: [step(5, 'inner', 2, 7)] });
    expect(criticalOf(root(9, step(2, 'quick', 1, 3), slow, step(4, 'long', 0, 6)))).toEqual({
      root: [
        [0, 1],
        [8, 9],
      ],
      slow: [
        [1, 2],
        [7, 8],
      ],
      inner: [[2, 7]],
    });
  });

  it('leaves out what was still at work when the next one began, because that did not wait for it', () => {
    expect(criticalOf(root(12, step(2, 'before', 0, 10), step(3, 'after', 5, 12)))).toEqual({
      root: [[0, 5]],
      after: [[5, 12]],
    });
  });

  it('leaves out what went on after its parent had ended', () => {
    expect(criticalOf(root(4, step(2, 'forgotten', 1, 9), step(3, 'awaited', 1, 3)))).toEqual({
      root: [
        [0, 1],
        [3, 4],
      ],
      awaited: [[1, 3]],
    });
  });

  it('goes into a called service whose clock is ahead', () => {
    const call = step(2, 'call', 1, 9);
    const service = segment(4, {
      name: 'service',
      parent_id: entityId(2),
      start_time: 1004,
      end_time: 1011,
      subsegments: [step(5, 'query', 5, 8)],
    });
    expect(criticalOf(root(10, call), service)).toEqual({
      root: [
        [0, 1],
        [9, 10],
      ],
      call: [[1, 4]],
      service: [
        [4, 5],
        [8, 9],
      ],
      query: [[5, 8]],
    });
  });

  it('reaches to now in what is in progress', () => {
    const timeline = timelineOf([begun(segment(1, { start_time: 1000 }))], 1007);
    expect(analyseTimeline(timeline).get(timeline.rows[0]?.key ?? '')?.critical).toEqual([
      { start: 1000, end: 1007 },
    ]);
  });

  it('is as long as each tree, without a break and without overlap, whatever the documents are', () => {
    fc.assert(
      fc.property(traces(1), (trace) => {
        const timeline = buildTimeline([trace], 2000);
        const analysis = analyseTimeline(timeline);
        const roots = new Map<string, string>();
        for (const { key, parentKey } of timeline.rows) {
          roots.set(key, parentKey === undefined ? key : (roots.get(parentKey) ?? key));
        }
        for (const { key, parentKey, start, end = timeline.end } of timeline.rows) {
          if (parentKey !== undefined) continue;
          const stretches = timeline.rows
            .filter((row) => roots.get(row.key) === key)
            .flatMap((row) => analysis.get(row.key)?.critical ?? [])
            .toSorted((one, other) => one.start - other.start);
          let reached = start;
          for (const stretch of stretches) {
            expect(stretch.start).toBe(reached);
            expect(stretch.end).toBeGreaterThan(stretch.start);
            reached = stretch.end;
          }
          expect(reached).toBe(Math.max(start, end));
        }
      }),
    );
  });

  it('does not mind how deep a trace is', () => {
    let deepest = step(20_000, 'deepest', 0, 1);
    for (let number = 19_999; number > 1; number -= 1)
      deepest = step(number, 'step', 0, 1, { subsegments: [deepest] });
    expect(criticalOf(root(1, deepest))).toEqual({ deepest: [[0, 1]] });
  });
});

describe('the time of its own', () => {
  it('is that in which no child was at work, each moment counted once', () => {
    const times = timesOf(
      root(10, step(2, 'one', 1, 4), step(3, 'other', 3, 6), step(4, 'late', 9, 15)),
      'root',
    );
    expect(times?.self).toBeCloseTo(4);
    expect(times?.gaps).toEqual([
      { start: 1000, end: 1001 },
      { start: 1006, end: 1009 },
    ]);
  });

  it('is all of it in a row without children, which has no gaps', () => {
    expect(timesOf(root(3), 'root')).toMatchObject({ self: 3, gaps: [] });
  });

  it('has no gaps for what recording takes', () => {
    expect(timesOf(root(10, step(2, 'all', 0.05, 9.99)), 'root')?.gaps).toEqual([]);
  });

  it('is between nothing and the whole, whatever the documents are', () => {
    fc.assert(
      fc.property(traces(1), (trace) => {
        const timeline = buildTimeline([trace], 2000);
        const analysis = analyseTimeline(timeline);
        for (const { key, start, end = timeline.end } of timeline.rows) {
          const { self = NaN, gaps = [] } = analysis.get(key) ?? {};
          expect(self).toBeGreaterThanOrEqual(0);
          expect(self).toBeLessThanOrEqual(Math.max(0, end - start) + 1e-6);
          for (const gap of gaps) {
            expect(lengthOf(gap)).toBeGreaterThan(0);
            expect(gap.start).toBeGreaterThanOrEqual(start);
            expect(gap.end).toBeLessThanOrEqual(Math.max(start, end));
          }
        }
      }),
    );
  });
});

describe('attempts', () => {
  const put = { namespace: 'aws', aws: { operation: 'PutItem', table_name: 'orders' } };
  const named = (...steps: Subsegment[]) => {
    const { rows } = timelineOf([root(10, ...steps)]);
    const attempts = attemptsOf(rows);
    return rows.flatMap(({ key }) => attempts.get(key) ?? []).map(({ number, of }) => `${number}/${of}`);
  };

  it('are calls of the same after one that failed', () => {
    const failed = { ...put, error: true, throttle: true };
    expect(
      named(
        step(2, 'DynamoDB', 0, 1, failed),
        step(3, 'DynamoDB', 2, 3, failed),
        step(4, 'DynamoDB', 5, 6, put),
        step(5, 'DynamoDB', 7, 8, put),
      ),
    ).toEqual(['1/3', '2/3', '3/3']);
  });

  it('are not calls at the same time, of something else, or after one that was fine', () => {
    const failed = { ...put, fault: true };
    const get = { namespace: 'aws', aws: { operation: 'GetItem', table_name: 'orders' } };
    expect(named(step(2, 'DynamoDB', 0, 3, failed), step(3, 'DynamoDB', 1, 4, put))).toEqual([]);
    expect(named(step(2, 'DynamoDB', 0, 1, failed), step(3, 'DynamoDB', 2, 3, get))).toEqual([]);
    expect(named(step(2, 'DynamoDB', 0, 1, put), step(3, 'DynamoDB', 2, 3, put))).toEqual([]);
    expect(named(step(2, 'A', 0, 1, failed), step(3, 'B', 2, 3, failed))).toEqual([]);
  });

  it('are also told by the client that made them within one call', () => {
    const retried = (aws: Subsegment['aws']) => retriesOf(embedded(2, aws === undefined ? {} : { aws }));
    expect(retried({ retries: 2 })).toBe(2);
    for (const aws of [
      undefined,
      {},
      { retries: 0 },
      { retries: -1 },
      { retries: 'many' },
      { retries: 1.5 },
    ]) {
      expect(retried(aws)).toBe(0);
    }
  });
});

describe('phases', () => {
  it('are the parts of a function, and nothing else of their names', () => {
    const handler = segment(1, {
      origin: 'AWS::Lambda::Function',
      subsegments: [
        step(2, 'Init', 0, 1),
        step(3, 'Invocation', 1, 2, { subsegments: [step(4, 'Init', 1, 2)] }),
        step(5, 'Overhead', 2, 3),
        step(6, 'other', 2, 3),
      ],
    });
    const other = segment(7, { name: 'web', subsegments: [step(8, 'Init', 0, 1)] });
    const phases = phasesOf(timelineOf([handler, other]).rows);
    expect(Object.fromEntries(phases)).toEqual({
      [`${TRACE_ID}/${entityId(2)}`]: 'init',
      [`${TRACE_ID}/${entityId(3)}`]: 'invocation',
      [`${TRACE_ID}/${entityId(5)}`]: 'overhead',
    });
  });
});
