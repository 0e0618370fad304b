import { CLIENT } from './calls.ts';
import type { ServicePattern } from './service-pattern.ts';
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

/** The statistics of `timeSeriesStatistics` while the traces come one after the other. */
export class GrowingTimeSeries {
  readonly #options: TimeSeriesOptions;
  readonly #windows = new Map<number, Counter>();

  constructor(options: TimeSeriesOptions) {
    this.#options = options;
  }

  add(graph: TraceGraph): void {
    const { from, to, period = 60, selector } = this.#options;
    for (const observation of selected(graph, selector)) {
      const { start, end } = observation;
      if (end === undefined || start < from || start >= to) continue;
      const timestamp = Math.floor(start / period) * period;
      const counter = this.#windows.get(timestamp) ?? new Counter();
      this.#windows.set(timestamp, counter);
      counter.add(observation);
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
}

function selected(
  { nodes, requests, calls }: TraceGraph,
  selector: EntitySelector | undefined,
): readonly Observation[] {
  const fits = (pattern: ServicePattern | undefined, index: number): boolean => {
    const node = nodes[index];
    return node !== undefined && matchesService(pattern, node);
  };
  if (selector === undefined) return calls;
  // What a client did is seen on its edges alone.
  if (selector.kind === 'service' && selector.service?.type === CLIENT) {
    return calls.filter(({ from }) => fits(selector.service, from));
  }
  return selector.kind === 'service'
    ? requests.filter(({ node }) => fits(selector.service, node))
    : calls.filter(({ from, to }) => fits(selector.source, from) && fits(selector.destination, to));
}
