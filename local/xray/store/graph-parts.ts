import { MinuteSeries } from '../graph/time-series.ts';
import type { TraceGraph } from '../graph/trace-graph.ts';
import { GrowingGraph } from '../graph/trace-graph.ts';
import type { Sql } from './search.ts';
import type { Turns } from './turns.ts';

/** Parts whose sum is kept, too: of a long time there are many. */
const PARTS_OF_A_SUM = 16;

/** A part whose traces lie further apart has no numbers by minutes: they would be as many as its requests. Seconds. */
const MAX_SERIES_SECONDS = 3600;

/** What is read of the traces that are kept. May throw SQLite's errors. */
export interface GraphSource {
  readonly select: (question: Sql) => readonly Readonly<Record<string, unknown>>[];
  readonly graphOf: (key: number) => TraceGraph | undefined;
  /** Of the newest trace that is meant: those that come while the others are read are left out. */
  readonly lastKey: number;
}

/** Traces that begin one after the other: from one moment until before that of the next part. */
export interface Part {
  readonly from: number;
  to: number;
  traces: number;
  /** Grows with every change. */
  version: number;
  /** Of all of its traces. Absent where one has changed since, or nobody has asked. */
  graph?: GrowingGraph | undefined;
  series?: MinuteSeries | 'too sparse' | undefined;
}

/** What a range consists of: parts that are in it as a whole, and the traces that are in it besides. */
export interface RangeOfGraphs {
  readonly parts: readonly Part[];
  readonly keys: readonly number[];
}

/**
 * The service graph of all traces in parts, by when they begin: the graph of a range is the sum of the parts that lie in it and of
 * the traces at its ends. Of a part in which nothing has changed nothing is read again, in whatever order documents arrive.
 */
export class GraphParts {
  readonly #size: number;
  /** In the order of time, without gaps, from the beginning of time to its end. Undefined until somebody asks. */
  #parts: Part[] | undefined;
  /** Sums of parts, with what the parts were then. */
  readonly #sums = new Map<
    number,
    {
      readonly parts: readonly { readonly part: Part; readonly version: number }[];
      readonly graph: GrowingGraph;
    }
  >();

  /** @param size traces of one part, about: so many are read again when one of them has changed. */
  constructor(size = 500) {
    this.#size = size;
  }

  /** A trace began, as far as was known, at `before`, and begins at `after`; undefined where it was, or is, not kept. */
  changed(before: number | undefined, after: number | undefined): void {
    for (const [start, more] of [
      [before, -1],
      [after, 1],
    ] as const) {
      const part = start === undefined ? undefined : this.#parts?.[this.#placeOf(start)];
      if (part === undefined) continue;
      part.traces += more;
      part.version += 1;
      part.graph = part.series = undefined;
    }
  }

  clear(): void {
    this.#parts = undefined;
    this.#sums.clear();
  }

  /** The traces that are active from `from` until before `to`, in epoch seconds. */
  within(from: number, to: number, source: GraphSource): RangeOfGraphs {
    this.#divide(source);
    const [ends] = source.select({
      text: 'SELECT min(start) AS first, max(start) AS last FROM traces',
      values: [],
    });
    const [first, last] = [Number(ends?.['first'] ?? Infinity), Number(ends?.['last'] ?? -Infinity)];
    const parts = (this.#parts ?? []).filter(
      (part) => Math.max(part.from, first) >= from && (part.to <= to || last < to),
    );
    const [begin, end] = [parts[0]?.from ?? 0, parts.at(-1)?.to ?? 0];
    const conditions: Sql[] = [
      { text: 'finish >= ?', values: [from] },
      { text: 'start < ?', values: [to] },
      { text: 'key <= ?', values: [source.lastKey] },
      { text: 'NOT (start >= ? AND start < ?)', values: [begin, end] },
    ].map(({ text, values }) => ({ text, values: values.map(finite) }));
    const isWhole = begin === -Infinity && end === Infinity;
    const rows = isWhole
      ? []
      : source.select({
          text: `SELECT key FROM traces WHERE ${conditions.map(({ text }) => text).join(' AND ')}`,
          values: conditions.flatMap(({ values }) => values),
        });
    return { parts, keys: rows.map(({ key }) => Number(key)) };
  }

  keysOf(part: Part, source: GraphSource): readonly number[] {
    return allKeysOf(part, source).filter((key) => key <= source.lastKey);
  }

  /** The sum of parts that follow each other, added up in turns from what is known and what has to be read. */
  async graphOf(parts: readonly Part[], source: GraphSource, turns: Turns): Promise<GrowingGraph> {
    const total = new GrowingGraph();
    const numbered = parts.map((part) => ({ part, number: this.#placeOf(part.from) }));
    const blocks = Map.groupBy(numbered, ({ number }) => Math.floor(number / PARTS_OF_A_SUM));
    for (const [block, members] of blocks) {
      const ofBlock = members.map(({ part }) => part);
      total.merge(await this.#sumOf(block, ofBlock, source, turns));
      if (turns.isOver) await turns.rest();
    }
    return total;
  }

  async #sumOf(
    block: number,
    parts: readonly Part[],
    source: GraphSource,
    turns: Turns,
  ): Promise<GrowingGraph> {
    const known = this.#sums.get(block);
    const isKnown =
      known?.parts.length === parts.length &&
      known.parts.every(({ part, version }, index) => part === parts[index] && part.version === version);
    if (isKnown) return known.graph;
    const graph = new GrowingGraph();
    const added: { readonly part: Part; readonly version: number }[] = [];
    for (const part of parts) {
      const { version } = part;
      graph.merge(await this.#graphOf(part, source, turns));
      added.push({ part, version });
      if (turns.isOver) await turns.rest();
    }
    graph.settleLinks();
    // What is not kept of a part is not kept of the sum.
    if (parts.every((part) => part.graph !== undefined)) this.#sums.set(block, { parts: added, graph });
    return graph;
  }

  async #graphOf(part: Part, source: GraphSource, turns: Turns): Promise<GrowingGraph> {
    if (part.graph !== undefined) return part.graph;
    const graph = new GrowingGraph();
    const isCurrent = await this.#read(part, source, turns, (each) => graph.add(each));
    graph.settleLinks();
    if (isCurrent) part.graph = graph;
    return graph;
  }

  /** The numbers of a part by minutes; undefined for one that has none. */
  async seriesOf(part: Part, source: GraphSource, turns: Turns): Promise<MinuteSeries | undefined> {
    if (part.series !== undefined) return part.series === 'too sparse' ? undefined : part.series;
    const series = new MinuteSeries();
    const isCurrent = await this.#read(part, source, turns, (each) => series.add(each));
    const isSparse = series.last - series.first > MAX_SERIES_SECONDS;
    if (isCurrent) part.series = isSparse ? 'too sparse' : series;
    return isSparse ? undefined : series;
  }

  /** @returns whether what was read is all that the part has still. */
  async #read(
    part: Part,
    source: GraphSource,
    turns: Turns,
    read: (graph: TraceGraph) => void,
  ): Promise<boolean> {
    const { version } = part;
    const keys = allKeysOf(part, source);
    for (const key of keys) {
      const graph = key <= source.lastKey ? source.graphOf(key) : undefined;
      if (graph !== undefined) read(graph);
      if (turns.isOver) await turns.rest();
    }
    return part.version === version && keys.every((key) => key <= source.lastKey);
  }

  /** Parts that have grown are divided, and those that have nothing any more are left to the one before. */
  #divide({ select }: GraphSource): void {
    const before = this.#parts ?? [{ from: -Infinity, to: Infinity, traces: Infinity, version: 0 }];
    this.#parts = before.flatMap((part) => {
      if (part.traces <= 2 * this.#size) return [part];
      const starts = [part.from];
      for (let start: number | undefined = part.from; start !== undefined;) {
        start = startAfter(start, this.#size, select);
        if (start !== undefined && start < part.to) starts.push(start);
        else start = undefined;
      }
      return starts.map((from, index) => ({
        from,
        to: starts[index + 1] ?? part.to,
        traces: this.#size,
        version: 0,
      }));
    });
    for (let index = this.#parts.length - 1; index > 0; index -= 1) {
      const [previous, part] = [this.#parts[index - 1], this.#parts[index]];
      if (previous === undefined || part === undefined || part.traces > 0) continue;
      previous.to = part.to;
      this.#parts.splice(index, 1);
    }
  }

  #placeOf(start: number): number {
    let [low, high] = [0, (this.#parts?.length ?? 1) - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#parts?.[middle]?.from ?? Infinity) <= start) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function allKeysOf({ from, to }: Part, { select }: GraphSource): readonly number[] {
  return select({
    text: 'SELECT key FROM traces WHERE start >= ? AND start < ?',
    values: [from, to].map(finite),
  }).map(({ key }) => Number(key));
}

/** Where the next part begins: a part's size of traces later, and later than all that begin together. */
function startAfter(start: number, size: number, select: GraphSource['select']): number | undefined {
  const begin = finite(start);
  const text = 'SELECT start FROM traces WHERE start >= ? ORDER BY start LIMIT 1 OFFSET ?';
  const [next] = select({ text, values: [begin, size] });
  if (next === undefined || Number(next['start']) > start) return optional(next?.['start']);
  const [later] = select({
    text: 'SELECT start FROM traces WHERE start > ? ORDER BY start LIMIT 1',
    values: [begin],
  });
  return optional(later?.['start']);
}

function optional(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** SQLite is given no infinity. */
function finite(moment: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, moment));
}
