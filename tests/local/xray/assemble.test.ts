import { describe, expect, it } from 'vitest';
import { assembleTrace, MAX_ENTITY_DEPTH } from '../../../local/xray/assemble.ts';
import type { Entity, SegmentDocument } from '../../../local/xray/document.ts';
import { entitiesOf } from '../../../local/xray/entities.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { begun, embedded, entityId, segment, subsegment, TRACE_ID } from './fixtures.ts';

/** The tree as nested ids, to compare at a glance. */
function shape(entities: readonly Entity[]): unknown[] {
  return entities.map((entity) =>
    entity.subsegments === undefined ? entity.name : { [entity.name]: shape(entity.subsegments) },
  );
}

function assemble(...documents: SegmentDocument[]) {
  return assembleTrace(TRACE_ID, documents);
}

describe('assembleTrace', () => {
  it('folds subsegments that travelled alone in under their parents, children having come first', () => {
    const trace = assemble(subsegment(4, 3), subsegment(3, 1), subsegment(2, 1), segment(1));
    expect(shape(trace.segments)).toEqual([
      { 'segment-1': ['subsegment-2', { 'subsegment-3': ['subsegment-4'] }] },
    ]);
    expect(trace.orphans).toEqual([]);
  });

  it('folds a subsegment in under one that is embedded', () => {
    const trace = assemble(subsegment(3, 2), segment(1, { subsegments: [embedded(2)] }));
    expect(shape(trace.segments)).toEqual([{ 'segment-1': [{ 'subsegment-2': ['subsegment-3'] }] }]);
  });

  it('keeps what has no parent yet, with what hangs below it, among the orphans', () => {
    const trace = assemble(segment(1), subsegment(3, 2), subsegment(4, 3, { subsegments: [embedded(5)] }));
    expect(shape(trace.orphans)).toEqual([{ 'subsegment-3': [{ 'subsegment-4': ['subsegment-5'] }] }]);
  });

  it('leaves segments side by side even when one calls the other', () => {
    const trace = assemble(segment(3, { parent_id: entityId(2) }), segment(1), subsegment(2, 1));
    expect(shape(trace.segments)).toEqual([{ 'segment-1': ['subsegment-2'] }, 'segment-3']);
  });

  it('keeps the complete version of what was announced alone and came embedded', () => {
    const trace = assemble(
      begun(subsegment(2, 1)),
      segment(1, { subsegments: [embedded(2, { fault: true })] }),
    );
    expect(trace.segments[0]?.subsegments).toEqual([embedded(2, { fault: true })]);
    expect(trace.orphans).toEqual([]);
  });

  it('shows subsegments that are each other’s parents once, and a subsegment that is its own', () => {
    const trace = assemble(subsegment(1, 2), subsegment(2, 1), subsegment(3, 3));
    expect(shape(trace.orphans)).toEqual([{ 'subsegment-1': ['subsegment-2'] }, 'subsegment-3']);
  });

  it('does not nest deeper than readers can follow, and loses nothing by it', () => {
    const chain = Array.from({ length: 3 * MAX_ENTITY_DEPTH }, (_, index) =>
      subsegment(index + 2, index + 1),
    );
    const trace = assemble(segment(1), ...chain);
    expect([...entitiesOf(trace)]).toHaveLength(chain.length + 1);
    expect(trace.orphans[0]).toMatchObject({ parent_id: entityId(MAX_ENTITY_DEPTH) });
    expect(() => JSON.stringify(trace)).not.toThrow();
  });

  it('keeps the parent of an embedded subsegment that had to be cut off', () => {
    const chain = Array.from({ length: MAX_ENTITY_DEPTH - 1 }, (_, index) =>
      subsegment(index + 2, index + 1),
    );
    const last = subsegment(MAX_ENTITY_DEPTH, MAX_ENTITY_DEPTH - 1, { subsegments: [embedded(9000)] });
    const trace = assemble(segment(1), ...chain.slice(0, -1), last);
    expect(trace.orphans).toEqual([embedded(9000, { parent_id: last.id })]);
  });

  it('does not change the documents it is given', () => {
    const documents = [segment(1, { subsegments: [embedded(2)] }), subsegment(3, 2)];
    const before = structuredClone(documents);
    assemble(...documents);
    expect(documents).toEqual(before);
  });

  it('gives the same trace for every order of arrival, with every entity in it once', () => {
    const count = 12;
    const ids = Array.from({ length: count }, (_, index) => index);
    // Parents at random: forests, missing parents (13, 14) and circles all occur.
    const documents = fc
      .tuple(
        ...ids.map(() =>
          fc.record({ parent: fc.nat(count + 2), alone: fc.boolean(), start: fc.nat(3), open: fc.boolean() }),
        ),
      )
      .map((entities) =>
        entities.map(({ parent, alone, start, open }, index) => {
          const times = {
            start_time: start,
            end_time: start + 1,
            subsegments: [embedded(100 + index, { start_time: start })],
          };
          const document = alone
            ? subsegment(index, parent, times)
            : segment(index, { ...times, parent_id: entityId(parent) });
          return open ? begun(document) : document;
        }),
      );
    fc.assert(
      fc.property(
        documents.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          const trace = assemble(...list);
          expect(assemble(...shuffled)).toEqual(trace);
          const entities = [...entitiesOf(trace)].map(({ id }) => id);
          expect(entities.sort()).toEqual([...ids, ...ids.map((id) => 100 + id)].map(entityId).sort());
        },
      ),
      runs(300),
    );
  });
});
