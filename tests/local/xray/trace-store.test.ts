import { describe, expect, it } from 'vitest';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TraceStoreEvent } from '../../../local/xray/trace-store.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { begun, entityId, segment, subsegment, TRACE_ID, traceId } from './fixtures.ts';

function links(...numbers: number[]) {
  return { links: numbers.map((number) => ({ trace_id: traceId(number) })) };
}

describe('TraceStore', () => {
  it('puts the documents of one trace together, whatever their order', () => {
    const store = new TraceStore();
    store.put(subsegment(3, 2));
    store.put(segment(1, { trace_id: traceId(7) }));
    store.put(subsegment(2, 1));
    expect(store.get(TRACE_ID)?.orphans).toHaveLength(1);
    store.put(segment(1));
    expect(store.get(TRACE_ID)).toMatchObject({
      segments: [{ id: entityId(1), subsegments: [{ id: entityId(2), subsegments: [{ id: entityId(3) }] }] }],
      orphans: [],
    });
    expect(store.get(traceId(7))?.segments).toHaveLength(1);
    expect(store.get(traceId(8))).toBeUndefined();
  });

  it.each([
    ['before', [begun(segment(1)), segment(1)]],
    ['after', [segment(1), begun(segment(1))]],
  ])('keeps the complete document when the one in progress arrives %s it', (_when, documents) => {
    const store = new TraceStore();
    for (const document of documents) store.put(document);
    expect(store.get(TRACE_ID)?.documents).toEqual([segment(1)]);
    expect(store.summary(TRACE_ID)?.entityCount).toBe(1);
  });

  it('keeps the latest of two complete documents with one id', () => {
    const store = new TraceStore();
    store.put(segment(1, { name: 'first' }));
    store.put(segment(1, { name: 'second' }));
    expect(store.summary(TRACE_ID)).toMatchObject({ name: 'second', entityCount: 1 });
  });

  it('gives every change a higher revision, and the same object while nothing changes', () => {
    const store = new TraceStore();
    store.put(segment(1));
    const before = store.get(TRACE_ID);
    expect(store.get(TRACE_ID)).toBe(before);
    store.put(subsegment(2, 1));
    const after = store.get(TRACE_ID);
    expect(after?.revision).toBeGreaterThan(before?.revision ?? Infinity);
    store.clear();
    store.put(segment(1));
    expect(store.get(TRACE_ID)?.revision).toBeGreaterThan(after?.revision ?? Infinity);
  });

  it('lists the newest first, as many as asked for', () => {
    const store = new TraceStore();
    for (const number of [2, 1, 3]) store.put(segment(number, { trace_id: traceId(number) }));
    expect(store.list(2).map(({ id }) => id)).toEqual([traceId(3), traceId(2)]);
  });

  it('lets the oldest trace go when there are too many, and counts it', () => {
    const store = new TraceStore({ maxTraces: 2 });
    for (const number of [1, 2, 3, 4]) store.put(segment(number, { trace_id: traceId(number) }));
    expect(store.list(10).map(({ id }) => id)).toEqual([traceId(4), traceId(3)]);
    expect(store.losses()).toEqual({
      invalid: 0,
      invalidReasons: {},
      evictedTraces: 2,
      refusedDocuments: 0,
      droppedDatagrams: 0,
    });
  });

  it('lets the oldest traces go when all together grow too large, but never the last one', () => {
    const note = { metadata: { shop: { note: 'x'.repeat(1000) } } };
    const store = new TraceStore({ maxTotalBytes: 2500 });
    for (const number of [1, 2, 3]) store.put(segment(number, { trace_id: traceId(number), ...note }));
    expect(store.list(10)).toHaveLength(2);
    const tiny = new TraceStore({ maxTotalBytes: 1 });
    tiny.put(segment(1));
    expect(tiny.list(10)).toHaveLength(1);
  });

  it('refuses documents of a trace that has reached its limit, and counts them in the trace and in all', () => {
    const store = new TraceStore({ maxTraceBytes: 300 });
    store.put(segment(1));
    store.put(subsegment(2, 1, { metadata: { shop: { note: 'x'.repeat(300) } } }));
    store.put(segment(1, { name: 'renamed' }));
    expect(store.get(TRACE_ID)).toMatchObject({ dropped: 1, documents: [{ name: 'renamed' }] });
    expect(store.losses().refusedDocuments).toBe(1);
  });

  it('has no trace for a first document that is too large', () => {
    const store = new TraceStore({ maxTraceBytes: 10 });
    store.put(segment(1));
    expect(store.list(10)).toEqual([]);
    expect(store.get(TRACE_ID)).toBeUndefined();
    expect(store.losses().refusedDocuments).toBe(1);
  });

  it('shows a link at both of its ends, also when the end that it leads to comes later', () => {
    const store = new TraceStore();
    store.put(segment(1, { trace_id: traceId(1), ...links(2) }));
    expect(store.summary(traceId(1))?.linkedTraceIds).toEqual([traceId(2)]);
    store.put(segment(2, { trace_id: traceId(2) }));
    expect(store.summary(traceId(2))?.linkedTraceIds).toEqual([traceId(1)]);
  });

  it('tells of a trace that changed because another one now links to it', () => {
    const store = new TraceStore();
    store.put(segment(1, { trace_id: traceId(1) }));
    const before = store.summary(traceId(1));
    const changed: TraceStoreEvent[] = [];
    store.subscribe((event) => changed.push(event));
    store.put(segment(2, { trace_id: traceId(2), ...links(1) }));
    expect(changed).toContainEqual({ type: 'changed', traceId: traceId(1) });
    expect(store.summary(traceId(1))?.revision).toBeGreaterThan(before?.revision ?? Infinity);
  });

  it('follows links through several traces, in circles too, oldest first and without the first', () => {
    const store = new TraceStore();
    store.put(segment(3, { trace_id: traceId(3), ...links(2, 99) }));
    store.put(segment(2, { trace_id: traceId(2), ...links(1, 2) }));
    store.put(segment(1, { trace_id: traceId(1), ...links(3) }));
    store.put(segment(4, { trace_id: traceId(4) }));
    const page = store.page(traceId(2));
    expect(page?.trace.id).toBe(traceId(2));
    expect(page?.linked.map(({ id }) => id)).toEqual([traceId(1), traceId(3)]);
    expect(store.page(traceId(99))).toBeUndefined();
  });

  it('shows at most 100 linked traces', () => {
    const store = new TraceStore();
    for (let number = 1; number <= 150; number += 1) {
      store.put(segment(number, { trace_id: traceId(number), ...links(0) }));
    }
    store.put(segment(0, { trace_id: traceId(0) }));
    expect(store.page(traceId(0))?.linked).toHaveLength(100);
    expect(store.page(traceId(1))?.linked).toHaveLength(100);
    expect(store.summary(traceId(0))?.linkedTraceIds).toHaveLength(100);
  });

  it('forgets the links of a trace that it lets go', () => {
    const store = new TraceStore({ maxTraces: 1 });
    store.put(segment(1, { trace_id: traceId(1), ...links(2) }));
    store.put(segment(2, { trace_id: traceId(2) }));
    expect(store.summary(traceId(2))?.linkedTraceIds).toEqual([]);
  });

  it('counts what was not kept by its kind', () => {
    const store = new TraceStore();
    store.countInvalid('ParseError');
    store.countInvalid('InvalidTraceId', 7);
    store.countInvalid('ParseError');
    expect(store.losses()).toMatchObject({
      invalid: 9,
      invalidReasons: { ParseError: 2, InvalidTraceId: 7 },
    });
  });

  it('follows the links of subsegments, which spans of OpenTelemetry have', () => {
    const store = new TraceStore();
    store.put(segment(1, { trace_id: traceId(1) }));
    store.put({ ...subsegment(2, 9, links(1)), trace_id: traceId(2) });
    expect(store.page(traceId(1))?.linked.map(({ id }) => id)).toEqual([traceId(2)]);
  });

  it('lets others have their turn while it makes the graph of many traces', async () => {
    const store = new TraceStore();
    for (let number = 0; number < 5000; number += 1) store.put(segment(1, { trace_id: traceId(number) }));
    let turns = 0;
    const progress = { isMade: false };
    const made = store.graph({}).finally(() => (progress.isMade = true));

    while (!progress.isMade) {
      store.put(segment(2, { name: 'late', trace_id: traceId(10_000 + turns) }));
      await nextTurn();
      turns += 1;
    }

    expect(turns).toBeGreaterThan(1);
    expect((await made).find(({ Name }) => Name === 'segment-1')?.SummaryStatistics?.TotalCount).toBe(5000);
    expect((await made).map(({ Name }) => Name)).not.toContain('late');
    store.close();
  });

  it.each<[string, (store: TraceStore) => Promise<unknown>]>([
    ['what was put is written', (store) => store.written()],
    ['what was let go is deleted', (store) => (store.put(segment(9)), store.written())],
    [
      'graphs of given traces are read',
      (store) => store.graphOf(Array.from({ length: 5000 }, (_, n) => traceId(n))),
    ],
    ['numbers over time are read', (store) => store.timeSeries({ from: 0, to: 5000 }, { period: 60 })],
  ])('lets others have their turn while %s', async (_what, ask) => {
    const store = new TraceStore({ maxTraces: 4000 });
    for (let number = 0; number < 8000; number += 1) {
      // The first half is written before it is let go.
      if (number === 4000) store.list(1);
      store.put(segment(1, { trace_id: traceId(number), annotations: { order: `o-${number}` } }));
    }
    let turns = 0;
    const progress = { isMade: false };
    const made = ask(store).finally(() => (progress.isMade = true));

    while (!progress.isMade) {
      await nextTurn();
      turns += 1;
    }

    await made;
    expect(turns).toBeGreaterThan(2);
    expect(store.list(Infinity)).toHaveLength(4000);
    store.close();
  });

  it('forgets in the end what could be searched for and stands in no trace any more', async () => {
    const store = new TraceStore({ maxTraces: 10 });
    for (let number = 0; number < 10_500; number += 1) {
      store.put(segment(1, { trace_id: traceId(number), annotations: { order: `o-${number}` } }));
      if (number % 5 === 0) store.list(1);
    }
    await store.written();
    expect(store.known('o-2').annotations).toEqual([]);
    expect(store.known('o-10499').annotations).toEqual([{ key: 'order', values: ['o-10499'] }]);
    store.put(segment(1, { trace_id: traceId(3), annotations: { order: 'o-3' } }));
    expect(store.known('o-3').annotations).toEqual([{ key: 'order', values: ['o-3'] }]);
    store.close();
  });

  it.each<[string, (store: TraceStore) => unknown]>([
    ['a document comes', (store) => store.put(segment(2, { trace_id: traceId(2) }))],
    ['traces are cleared', (store) => store.clear()],
    ['the oldest trace gives way', (store) => store.put(segment(3, { trace_id: traceId(3) }))],
    ['a group may have changed', (store) => store.writeSetting('groups', '[]')],
  ])('makes a graph once for the same question, and anew when %s', async (_what, change) => {
    const store = new TraceStore({ maxTraces: 1 });
    store.put(segment(1, { trace_id: traceId(1) }));
    const first = await store.graph({ from: 0, to: 5000 });

    expect(await store.graph({ from: 0, to: 5000 })).toBe(first);
    expect(await store.graph({ from: 0, to: 6000 })).not.toBe(first);
    change(store);

    const ids = store.list(10).map(({ id }) => id);
    expect(await store.graph({ from: 0, to: 5000 })).not.toBe(first);
    expect(await store.graph({ from: 0, to: 5000 })).toEqual(await store.graphOf(ids));
    store.close();
  });

  it('says that it was closed to whoever still reads a graph', async () => {
    const store = new TraceStore();
    for (let number = 0; number < 5000; number += 1) store.put(segment(1, { trace_id: traceId(number) }));
    const graph = store.graph({});
    store.close();
    await expect(graph).rejects.toThrow('closed while');
  });

  it('forgets everything when cleared, and says so', () => {
    const store = new TraceStore({ maxTraces: 1 });
    const events: TraceStoreEvent['type'][] = [];
    const unsubscribe = store.subscribe(({ type }) => events.push(type));
    store.put(segment(1, { trace_id: traceId(1), ...links(2) }));
    store.put(segment(2, { trace_id: traceId(2) }));
    store.countInvalid('ParseError');
    expect(events).toEqual(['changed', 'changed', 'losses', 'changed', 'losses']);
    store.clear();
    unsubscribe();
    store.put(segment(3));
    expect(events.slice(5)).toEqual(['cleared']);
    expect(store.list(10)).toHaveLength(1);
    expect(store.losses()).toEqual({
      invalid: 0,
      invalidReasons: {},
      evictedTraces: 0,
      refusedDocuments: 0,
      droppedDatagrams: 0,
    });
    expect(store.get(traceId(2))).toBeUndefined();
  });
});
