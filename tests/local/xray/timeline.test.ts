import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import type { Timeline } from '../../../local/xray/timeline.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { fc } from '../../helpers/fast-check.ts';
import { begun, embedded, entityId, segment, subsegment, TRACE_ID, traceId } from './fixtures.ts';

function timeline(...documents: SegmentDocument[]): Timeline {
  return buildTimeline([assembleTrace(TRACE_ID, documents)], 5000);
}

function indented({ rows }: Timeline): string[] {
  return rows.map(({ depth, name, orphan }) => `${'  '.repeat(depth)}${name}${orphan ? ' (orphan)' : ''}`);
}

describe('buildTimeline', () => {
  it('hangs the segment of a called service under the call, depth first and by start', () => {
    const built = timeline(
      segment(1, { name: 'gateway', end_time: 1009 }),
      subsegment(2, 1, { name: 'call', namespace: 'remote' }),
      segment(3, { name: 'function', parent_id: entityId(2), origin: 'AWS::Lambda::Function' }),
      subsegment(5, 3, { name: 'later' }),
      subsegment(4, 3, { name: 'sooner', subsegments: [embedded(6, { name: 'inner' })] }),
      subsegment(7, 1, { name: 'last' }),
    );
    expect(indented(built)).toEqual([
      'gateway',
      '  call',
      '    function',
      '      sooner',
      '        inner',
      '      later',
      '  last',
    ]);
    expect(built).toMatchObject({ start: 1001, end: 1009 });
    expect(built.rows[2]).toEqual({
      key: `${TRACE_ID}/${entityId(3)}`,
      parentKey: `${TRACE_ID}/${entityId(2)}`,
      depth: 2,
      childCount: 2,
      traceId: TRACE_ID,
      kind: 'segment',
      name: 'function',
      type: 'AWS::Lambda::Function',
      status: 'ok',
      start: 1003,
      end: 1004,
      orphan: false,
      entity: expect.objectContaining({ id: entityId(3) }) as unknown,
    });
    expect(built.rows[1]).toMatchObject({ kind: 'subsegment', type: 'remote' });
  });

  it('shows what has no parent here at the top, marked', () => {
    const built = timeline(
      segment(1),
      segment(2, { parent_id: entityId(90) }),
      subsegment(3, 91),
      subsegment(4, 3),
    );
    expect(indented(built)).toEqual([
      'segment-1',
      'segment-2 (orphan)',
      'subsegment-3 (orphan)',
      '  subsegment-4',
    ]);
  });

  it('ends where the axis ends while something is in progress', () => {
    const built = timeline(begun(segment(1)), subsegment(2, 1));
    expect(built).toMatchObject({ start: 1001, end: 5000 });
    expect(built.rows[0]).toMatchObject({ status: 'in_progress' });
    expect(built.rows[0]).not.toHaveProperty('end');
    expect(built.rows[1]).toMatchObject({ end: 1003 });
  });

  it('draws no bar backwards when a clock was set back', () => {
    expect(timeline(segment(1, { end_time: 900 })).rows[0]).toMatchObject({ start: 1001, end: 1001 });
  });

  it('cuts a circle of parents open', () => {
    const built = timeline(
      segment(1, { parent_id: entityId(4) }),
      subsegment(2, 1),
      segment(3, { parent_id: entityId(2) }),
      subsegment(4, 3),
      segment(5, { parent_id: entityId(5) }),
    );
    expect(built.rows.map(({ name }) => name).sort()).toEqual([
      'segment-1',
      'segment-3',
      'segment-5',
      'subsegment-2',
      'subsegment-4',
    ]);
    expect(built.rows.filter(({ parentKey }) => parentKey === undefined)).toHaveLength(2);
  });

  it('puts linked traces behind, each marked with the trace that led to it', () => {
    const order = assembleTrace(traceId(1), [segment(1, { trace_id: traceId(1) })]);
    const batch = assembleTrace(traceId(2), [
      segment(2, { trace_id: traceId(2), end_time: 1500, links: [{ trace_id: traceId(1) }] }),
      segment(3, { trace_id: traceId(2) }),
    ]);
    const mail = assembleTrace(traceId(3), [
      segment(1, { trace_id: traceId(3), links: [{ trace_id: traceId(2) }] }),
    ]);
    const built = buildTimeline([order, batch, mail], 5000);
    expect(built.rows.map(({ name, link }) => [name, link?.fromTraceId])).toEqual([
      ['segment-1', undefined],
      ['segment-2', traceId(1)],
      ['segment-3', undefined],
      ['segment-1', traceId(2)],
    ]);
    expect(built).toMatchObject({ start: 1001, end: 1500 });
    expect(new Set(built.rows.map(({ key }) => key)).size).toBe(4);
  });

  it('follows a link forwards too', () => {
    const batch = assembleTrace(traceId(2), [
      segment(2, { trace_id: traceId(2), links: [{ trace_id: traceId(1) }] }),
    ]);
    const order = assembleTrace(traceId(1), [segment(1, { trace_id: traceId(1) })]);
    expect(buildTimeline([batch, order], 5000).rows[1]?.link).toEqual({ fromTraceId: traceId(2) });
  });

  it('has an empty axis at now when there is nothing', () => {
    expect(buildTimeline([], 5000)).toEqual({ start: 5000, end: 5000, rows: [] });
  });

  it.each([
    ['beside each other', () => 1],
    ['below each other', (number: number) => number - 1],
    ['in a bush', (number: number) => Math.floor(number / 2)],
  ])('lays out 10,000 entities %s, each below its parent', (_how, parentOf) => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => index + 2);
    const built = timeline(segment(1), ...numbers.map((number) => subsegment(number, parentOf(number))));
    expect(built.rows).toHaveLength(10_001);
    expectEveryRowBelowItsParent(built);
    expect(built.rows.filter(({ orphan }) => orphan)).toEqual([]);
  });

  it('lays out 10,000 segments that call each other in one circle', () => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => index);
    const built = timeline(
      ...numbers.map((number) => segment(number, { parent_id: entityId((number + 1) % 10_000) })),
    );
    expect(built.rows).toHaveLength(10_000);
    expectEveryRowBelowItsParent(built);
  });

  it('shows every entity once, whatever the parents are', () => {
    const documents = fc
      .array(fc.record({ parent: fc.nat(12), alone: fc.boolean() }), { minLength: 1, maxLength: 12 })
      .map((list) =>
        list.map(({ parent, alone }, index) =>
          alone ? subsegment(index, parent) : segment(index, { parent_id: entityId(parent) }),
        ),
      );
    fc.assert(
      fc.property(documents, (list) => {
        const built = timeline(...list);
        expect(built.rows.map(({ entity }) => entity.id).sort()).toEqual(list.map(({ id }) => id).sort());
        expectEveryRowBelowItsParent(built);
      }),
    );
  });
});

function expectEveryRowBelowItsParent({ rows }: Timeline): void {
  const above = new Map<string, { depth: number; children: number; childCount: number }>();
  const wrong = rows.filter(({ key, parentKey, depth, childCount }) => {
    above.set(key, { depth, children: 0, childCount });
    if (parentKey === undefined) return depth !== 0;
    const parent = above.get(parentKey);
    if (parent !== undefined) parent.children += 1;
    return parent?.depth !== depth - 1;
  });
  expect(wrong).toEqual([]);
  expect([...above.values()].filter(({ children, childCount }) => children !== childCount)).toEqual([]);
}
