import type { AlarmListing, AlarmPage, AlarmSummary, MetricsPage, TimeRange } from '../../cloudwatch/view.ts';
import type { ServiceInfo, TraceListing } from '../../console-contract.ts';
import type { TraceHistory } from '../../xray/history.ts';
import type { Losses, TracePage, TraceSummary } from '../../xray/trace.ts';

/** Everything the page asks of its server; a test or a demonstration hands in another one. */
export interface ConsoleApi {
  service(): Promise<ServiceInfo>;
  /** Newest first; with a range, those that overlap it. */
  traces(range?: TimeRange): Promise<TraceListing>;
  /** Undefined when there is no such trace (any more). */
  trace(traceId: string): Promise<TracePage | undefined>;
  /** How long the same took in other traces; undefined when there is no such trace. */
  history(traceId: string): Promise<TraceHistory | undefined>;
  clear(): Promise<void>;
  alarms(): Promise<AlarmListing>;
  /** Undefined when there is no such alarm. The range is that of its chart. */
  alarm(name: string, range?: TimeRange): Promise<AlarmPage | undefined>;
  metrics(range?: TimeRange): Promise<MetricsPage>;
  /** Returns the function that ends the subscription. Reconnects by itself until then. */
  subscribe(listener: (event: ConsoleEvent) => void): () => void;
}

export type ConsoleEvent =
  /** Whatever happened while there was no connection was missed: ask again. */
  | { readonly type: 'connected' }
  | { readonly type: 'lost' }
  | { readonly type: 'summary'; readonly summary: TraceSummary }
  | { readonly type: 'losses'; readonly losses: Losses }
  | { readonly type: 'cleared' }
  /** Another state or reason. */
  | { readonly type: 'alarm'; readonly alarm: AlarmSummary }
  /** Something about the service changed: the tracing of a function. */
  | { readonly type: 'service'; readonly service: ServiceInfo };
