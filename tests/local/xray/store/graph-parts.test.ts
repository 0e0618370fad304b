import { describe, expect, it } from 'vitest';
import type { EntitySelector } from '../../../../local/xray/graph/time-series.ts';
import { GrowingTimeSeries, timeSeriesStatistics } from '../../../../local/xray/graph/time-series.ts';
import type { Service, TraceGraph } from '../../../../local/xray/graph/trace-graph.ts';
import { graphOf, mergeGraphs } from '../../../../local/xray/graph/trace-graph.ts';
import type { GraphSource } from '../../../../local/xray/store/graph-parts.ts';
import { GraphParts } from '../../../../local/xray/store/graph-parts.ts';
import type { Sql } from '../../../../local/xray/store/search.ts';
import { openSqlite } from '../../../../local/xray/store/sqlite.ts';
import { Turns } from '../../../../local/xray/store/turns.ts';
import { summarizeTrace } from '../../../../local/xray/summary.ts';
import type { Trace } from '../../../../local/xray/trace.ts';
import { TraceStore } from '../../../../local/xray/trace-store.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { traces } from '../graph/random-traces.ts';
import { entityId, traceId } from '../fixtures.ts';

/** Traces as the store has them, and their parts, which hear of every change. */
class Kept {
  readonly parts = new GraphParts(2);
  readonly #traces = new Map<
    number,
    { readonly start: number; readonly finish: number; readonly graph: TraceGraph }
  >();
  readonly #database = openSqlite(':memory:');

  constructor() {
    this.#database.exec('CREATE TABLE traces (key INTEGER PRIMARY KEY, start NUMERIC, finish NUMERIC)');
  }

  put(key: number, trace: Trace): void {
    const { startTime: start, duration } = summarizeTrace(trace, []);
    const before = this.#traces.get(key)?.start;
    this.#traces.set(key, { start, finish: start + duration, graph: graphOf(trace) });
    this.#database
      .prepare('INSERT OR REPLACE INTO traces VALUES (?, ?, ?)')
      .run(key, start, start + duration);
    this.parts.changed(before, start);
  }

  delete(key: number): void {
    const before = this.#traces.get(key)?.start;
    this.#traces.delete(key);
    this.#database.prepare('DELETE FROM traces WHERE key = ?').run(key);
    this.parts.changed(before, undefined);
  }

  /** The graphs of the traces that are active in a range. */
  active(from: number, to: number): TraceGraph[] {
    return [...this.#traces.values()]
      .filter(({ start, finish }) => start < to && finish >= from)
      .map(({ graph }) => graph);
  }

  async graph(from: number, to: number): Promise<readonly Service[]> {
    const { parts, keys } = this.parts.within(from, to, this.#source);
    const growing = await this.parts.graphOf(parts, this.#source, new Turns());
    for (const graph of this.#graphsOf(keys)) growing.add(graph);
    return growing.services();
  }

  async timeSeries(options: { from: number; to: number; period: number; selector?: EntitySelector }) {
    const { parts, keys } = this.parts.within(options.from, options.to, this.#source);
    const growing = new GrowingTimeSeries(options);
    for (const part of parts) {
      const series = await this.parts.seriesOf(part, this.#source, new Turns());
      if (series !== undefined && growing.takes(series)) growing.merge(series);
      else for (const graph of this.#graphsOf(this.parts.keysOf(part, this.#source))) growing.add(graph);
    }
    for (const graph of this.#graphsOf(keys)) growing.add(graph);
    return growing.statistics();
  }

  close(): void {
    this.#database.close();
  }

  readonly #source: GraphSource = {
    select: ({ text, values }) => this.#database.prepare(text).all(...values),
    graphOf: (key) => this.#traces.get(key)?.graph,
    lastKey: 15,
  };

  #graphsOf(keys: readonly number[]): TraceGraph[] {
    return keys.flatMap((key) => this.#traces.get(key)?.graph ?? []);
  }
}

/** Random traces lie in these seconds. */
const moment = fc.oneof(
  fc.constantFrom(-Infinity, Infinity, 1000, 1020, 1040),
  fc.integer({ min: 9950, max: 11_300 }).map((tenths) => tenths / 10),
);
const range = fc
  .tuple(moment, moment)
  .filter(([from, to]) => from < to)
  .map(([from, to]) => ({ from, to }));

const selector = fc.constantFrom<EntitySelector | undefined>(
  undefined,
  { kind: 'service' },
  { kind: 'service', service: { name: 'orders' } },
  { kind: 'service', service: { type: 'client' } },
  { kind: 'edge', source: { name: 'api' }, destination: { name: 'orders' } },
);

/** Sixteen keys, so that most are written over, and links lead to traces that are there. */
const change = fc.oneof(
  { weight: 6, arbitrary: fc.nat(15).chain((key) => traces(key).map((trace) => ({ key, trace }))) },
  { weight: 1, arbitrary: fc.record({ key: fc.nat(15), trace: fc.constant(undefined) }) },
);
const history = fc.array(fc.record({ change, asked: fc.option(range, { nil: undefined }) }), {
  maxLength: 40,
});

describe('the sum of parts', () => {
  it('is kept until one of its traces changes, and reads that part alone then', async () => {
    const database = openSqlite(':memory:');
    database.exec('CREATE TABLE traces (key INTEGER PRIMARY KEY, start NUMERIC, finish NUMERIC)');
    const read: number[] = [];
    const parts = new GraphParts(10);
    const graph: TraceGraph = {
      traceId: traceId(1),
      nodes: [],
      requests: [],
      calls: [],
      sent: [],
      received: [],
    };
    const source = {
      select: ({ text, values }: Sql) => database.prepare(text).all(...values),
      graphOf: (key: number) => {
        read.push(key);
        return graph;
      },
      lastKey: 1000,
    };
    const ask = async (from = -Infinity): Promise<number> => {
      read.length = 0;
      const asked = parts.within(from, Infinity, source);
      await parts.graphOf(asked.parts, source, new Turns());
      return read.length + asked.keys.length;
    };
    const put = (key: number, start: number): void => {
      database.prepare('INSERT OR REPLACE INTO traces VALUES (?, ?, ?)').run(key, start, start);
      parts.changed(undefined, start);
    };
    for (let key = 0; key < 500; key += 1) put(key, 1000 + key);

    expect(await ask()).toBe(500);
    expect(await ask()).toBe(0);
    expect(await ask(1255)).toBeLessThan(20);
    put(500, 1500);
    expect(await ask()).toBeLessThan(25);
    put(501, 1100.5);
    expect(await ask()).toBeLessThan(25);
    // It is not meant, and the next who asks means it.
    put(1001, 1200.5);
    expect(await ask()).toBeLessThan(25);
    expect(await ask()).toBeGreaterThan(0);
    database.close();
  });

  it('is the graph of the range, whatever was put, written over and deleted in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(history, range, async (steps, last) => {
        const kept = new Kept();
        for (const { change: each, asked } of [...steps, { change: undefined, asked: last }]) {
          if (each?.trace !== undefined) kept.put(each.key, each.trace);
          else if (each !== undefined) kept.delete(each.key);
          if (asked === undefined) continue;
          const { from, to } = asked;
          expect(await kept.graph(from, to)).toEqual(mergeGraphs(kept.active(from, to)));
        }
        kept.close();
      }),
      runs(300),
    );
  });

  it('is the statistics over time, whatever the windows and whoever is asked for', async () => {
    const question = fc.record({
      range,
      period: fc.constantFrom(60, 61, 120, 300),
      selector,
    });
    await fc.assert(
      fc.asyncProperty(history, fc.array(question, { maxLength: 3 }), async (steps, questions) => {
        const kept = new Kept();
        for (const { change: each } of steps) {
          if (each.trace !== undefined) kept.put(each.key, each.trace);
          else kept.delete(each.key);
        }
        for (const { range: asked, period, selector: of } of questions) {
          const options = { ...asked, period, ...(of !== undefined && { selector: of }) };
          const expected = timeSeriesStatistics(kept.active(-Infinity, Infinity), options);
          expect(await kept.timeSeries(options)).toEqual(expected);
        }
        kept.close();
      }),
      runs(200),
    );
  });

  it('has statistics over time of requests that lie hours apart, too', async () => {
    const store = new TraceStore();
    for (const number of [1, 2, 3]) {
      const times = { start_time: number * 10_000, end_time: number * 10_000 + 1 };
      store.put({ id: entityId(1), trace_id: traceId(number), name: 'shop', ...times });
    }
    const selector = { kind: 'service' } as const;
    const ask = async (from: number): Promise<unknown> =>
      (await store.timeSeries({ from, to: 40_000 }, { period: 120, selector })).map(
        ({ Timestamp, ServiceSummaryStatistics: statistics }) => [Timestamp, statistics?.TotalCount],
      );
    const all = [1, 2, 3].map((number) => [Math.floor((number * 10_000) / 120) * 120, 1]);
    expect(await ask(0)).toEqual(all);
    expect(await ask(10_000.5)).toEqual(all.slice(1));
    expect(await ask(0)).toEqual(all);
    store.put({ id: entityId(2), trace_id: traceId(2), name: 'late', start_time: 20_500, end_time: 20_501 });
    expect(await ask(0)).toEqual([all[0], all[1], [20_400, 1], all[2]]);
    store.close();
  });

  it('of thousands of traces in the store is what they are one by one, late documents and evictions included', async () => {
    const store = new TraceStore({ maxTraces: 3000 });
    // Backwards and forwards in turn, so that parts grow in the middle, too.
    const timeOf = (number: number): number => 10_000 + (number % 2 === 0 ? number : -number) / 2;
    const put = (number: number, id: number, fields: object = {}): void => {
      const start = timeOf(number);
      store.put({
        id: entityId(id),
        trace_id: traceId(number),
        name: `service-${number % 7}`,
        start_time: start,
        end_time: start + (number % 40 === 0 ? 300 : 0.25 * (number % 9)),
        ...(number % 3 === 0 && number > 0 && { links: [{ trace_id: traceId(number - 1) }] }),
        ...fields,
      });
    };
    const check = async (): Promise<void> => {
      const all = store.list(Infinity).map((summary) => ({ summary, trace: store.get(summary.id) }));
      for (const [from, to] of [
        [-Infinity, Infinity],
        [9500, 10_400.5],
        [9900, Infinity],
        [10_050, 10_051],
      ] as const) {
        const active = all.flatMap(({ summary: { startTime, duration }, trace }) =>
          trace !== undefined && startTime < to && startTime + duration >= from ? [graphOf(trace)] : [],
        );
        expect(await store.graph({ from, to })).toEqual(mergeGraphs(active));
        const window = { from: Math.max(0, from), to: Math.min(1e6, to) };
        expect(await store.timeSeries(window, { period: 60 })).toEqual(
          timeSeriesStatistics(active, { ...window, period: 60 }),
        );
      }
    };
    for (let number = 0; number < 3000; number += 1) put(number, 1);
    await check();
    put(17, 2, { name: 'late', parent_id: entityId(1), fault: true });
    // It began before anything else did.
    put(2000, 3, { name: 'early', start_time: 5000 });
    await check();
    for (let number = 3000; number < 3700; number += 1) put(number, 1);
    await check();
    store.clear();
    expect(await store.graph({})).toEqual([]);
    put(4000, 1);
    await check();
    store.close();
  });
});
