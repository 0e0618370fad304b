import type { AlarmListing, AlarmPage, AlarmSummary, MetricsPage, TimeRange } from '../../cloudwatch/view.ts';
import type { ServiceGraph, ServiceInfo, TraceListing } from '../../console-contract.ts';
import type { LogListing } from '../../logs/log-line.ts';
import type { Losses, TracePage, TraceSummary } from '../../xray/trace.ts';

/** Everything the page asks of its server; a test or a demonstration hands in another one. */
export interface ConsoleApi {
  service(): Promise<ServiceInfo>;
  /** Newest first; with a range, those that overlap it. */
  traces(range?: TimeRange): Promise<TraceListing>;
  /** Undefined when there is no such trace (any more). */
  trace(traceId: string): Promise<TracePage | undefined>;
  clear(): Promise<void>;
  graph(question: GraphQuestion): Promise<ServiceGraph>;
  logs(question: LogQuestion): Promise<LogListing>;
  /** The traces that a filter expression finds, the newest first. */
  tracesWith(filter: string): Promise<TraceListing>;
  alarms(): Promise<AlarmListing>;
  /** Undefined when there is no such alarm. The range is that of its chart. */
  alarm(name: string, range?: TimeRange): Promise<AlarmPage | undefined>;
  metrics(range?: TimeRange): Promise<MetricsPage>;
  /** Returns the function that ends the subscription. Reconnects by itself until then. */
  subscribe(listener: (event: ConsoleEvent) => void): () => void;
}

/** The traces whose service graph is asked for: those of a time that match a filter, or those that are named. */
export interface GraphQuestion {
  readonly filter?: string;
  readonly range?: TimeRange | undefined;
  readonly traceIds?: readonly string[];
}

/** `/api/logs`, with its names; what is undefined or empty is not asked. */
export type LogQuestion = Readonly<Record<string, string | undefined>>;

export type ConsoleEvent =
  /** Whatever happened while there was no connection was missed: ask again. */
  | { readonly type: 'connected' }
  | { readonly type: 'lost' }
  | { readonly type: 'summary'; readonly summary: TraceSummary }
  | { readonly type: 'losses'; readonly losses: Losses }
  | { readonly type: 'cleared' }
  /** Log lines came. */
  | { readonly type: 'logs' }
  /** Another state or reason. */
  | { readonly type: 'alarm'; readonly alarm: AlarmSummary }
  /** Something about the service changed: the tracing of a function. */
  | { readonly type: 'service'; readonly service: ServiceInfo };
