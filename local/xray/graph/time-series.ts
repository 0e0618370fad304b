import { CLIENT } from './calls.ts';
import type { ServiceId, ServicePattern } from './service-pattern.ts';
import { matchesService } from './service-pattern.ts';
import type { Histogram, Observation, Statistics } from './statistics.ts';
import { Counter } from './statistics.ts';
import type { TraceGraph } from './trace-graph.ts';

/** What `GetTimeSeriesServiceStatistics` is asked of: the requests at some nodes of the service graph, or on some edges. */
export type EntitySelector =
  | { readonly kind: 'service'; readonly service?: ServicePattern }
  | { readonly kind: 'edge'; readonly source: ServicePattern; readonly destination: ServicePattern };

export interface TimeSeriesOptions {
  /** Epoch seconds: requests that begin from `from` until before `to`. */
  readonly from: number;
  readonly to: number;
  /** Seconds of one window; the API knows 60 and 300. @default 60 */
  readonly period?: number;
  /** Without one, all edges. */
  readonly selector?: EntitySelector | undefined;
}

/** X-Ray API Reference, "TimeSeriesServiceStatistics". */
export interface TimeSeriesStatistics {
  /** Epoch seconds at which the window begins, a multiple of the period. */
  readonly Timestamp: number;
  readonly EdgeSummaryStatistics?: Statistics;
  readonly ServiceSummaryStatistics?: Statistics;
  readonly ResponseTimeHistogram: Histogram;
}

/** How many requests there were and how they ended, window by window; windows without requests are left out. */
export function timeSeriesStatistics(
  graphs: Iterable<TraceGraph>,
  options: TimeSeriesOptions,
): readonly TimeSeriesStatistics[] {
  const growing = new GrowingTimeSeries(options);
  for (const graph of graphs) growing.add(graph);
  return growing.statistics();
}

/** The statistics of `timeSeriesStatistics` while the traces come one after the other, or as sums of some that were made before. */
export class GrowingTimeSeries {
  readonly #options: Required<Omit<TimeSeriesOptions, 'selector'>> & Pick<TimeSeriesOptions, 'selector'>;
  readonly #windows = new Map<number, Counter>();

  constructor({ period = MINUTE, ...options }: TimeSeriesOptions) {
    this.#options = { ...options, period };
  }

  add(graph: TraceGraph): void {
    const { from, to, selector } = this.#options;
    for (const { requests, ...entity } of entitiesOf(graph)) {
      if (!isSelected(selector, entity)) continue;
      for (const request of requests) {
        const { start, end } = request;
        if (end !== undefined && start >= from && start < to) this.#windowAt(start).add(request);
      }
    }
  }

  /** Whether the numbers of each minute say enough: of a window that begins within a minute they do not. */
  takes(series: MinuteSeries): boolean {
    const { from, to, period } = this.#options;
    return period % MINUTE === 0 && series.first >= from && series.last < to;
  }

  /** @param series that it takes. */
  merge(series: MinuteSeries): void {
    for (const { minutes, ...entity } of series.entities()) {
      if (!isSelected(this.#options.selector, entity)) continue;
      for (const [minute, counter] of minutes) this.#windowAt(minute).merge(counter);
    }
  }

  statistics(): readonly TimeSeriesStatistics[] {
    const isOfService = this.#options.selector?.kind === 'service';
    return [...this.#windows]
      .sort(([one], [other]) => one - other)
      .map(([Timestamp, { statistics, responseTimes }]) => ({
        Timestamp,
        ...(isOfService ? { ServiceSummaryStatistics: statistics } : { EdgeSummaryStatistics: statistics }),
        ResponseTimeHistogram: responseTimes,
      }));
  }

  #windowAt(moment: number): Counter {
    const { period } = this.#options;
    const timestamp = Math.floor(moment / period) * period;
    const counter = this.#windows.get(timestamp) ?? new Counter();
    this.#windows.set(timestamp, counter);
    return counter;
  }
}

/** Seconds. */
const MINUTE = 60;

/** The requests of some traces at each node and on each edge, minute by minute, whatever is asked of them then. */
export class MinuteSeries {
  readonly #entities = new Map<string, Entity & { readonly minutes: Map<number, Counter> }>();
  /** When the first and the last one began, in epoch seconds. */
  first = Infinity;
  last = -Infinity;

  add(graph: TraceGraph): void {
    for (const { requests, ...entity } of entitiesOf(graph)) {
      for (const request of requests) {
        if (request.end === undefined) continue;
        this.first = Math.min(this.first, request.start);
        this.last = Math.max(this.last, request.start);
        this.#counterOf(entity, Math.floor(request.start / MINUTE) * MINUTE).add(request);
      }
    }
  }

  entities(): Iterable<Entity & { readonly minutes: ReadonlyMap<number, Counter> }> {
    return this.#entities.values();
  }

  #counterOf(entity: Entity, minute: number): Counter {
    const key = JSON.stringify([entity.at, entity.from, entity.to]);
    const known = this.#entities.get(key) ?? { ...entity, minutes: new Map<number, Counter>() };
    this.#entities.set(key, known);
    const counter = known.minutes.get(minute) ?? new Counter();
    known.minutes.set(minute, counter);
    return counter;
  }
}

/** What has numbers of its own: a service, or an edge. */
interface Entity {
  readonly at?: ServiceId;
  readonly from?: ServiceId;
  readonly to?: ServiceId;
}

function* entitiesOf({
  nodes,
  requests,
  calls,
}: TraceGraph): Generator<Entity & { readonly requests: readonly Observation[] }> {
  const idOf = (index: number): ServiceId => {
    const { name = '', type, accountId } = nodes[index] ?? {};
    return { name, ...(type !== undefined && { type }), ...(accountId !== undefined && { accountId }) };
  };
  for (const request of requests) yield { at: idOf(request.node), requests: [request] };
  for (const call of calls) yield { from: idOf(call.from), to: idOf(call.to), requests: [call] };
}

function isSelected(selector: EntitySelector | undefined, { at, from, to }: Entity): boolean {
  if (selector === undefined) return at === undefined;
  const fits = (pattern: ServicePattern | undefined, service: ServiceId | undefined): boolean =>
    service !== undefined && matchesService(pattern, service);
  if (selector.kind === 'edge') return fits(selector.source, from) && fits(selector.destination, to);
  // What a client did is seen on its edges alone.
  return fits(selector.service, selector.service?.type === CLIENT ? from : at);
}
