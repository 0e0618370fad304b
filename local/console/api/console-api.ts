import type { AlarmListing, AlarmPage, AlarmSummary, MetricsPage, TimeRange } from '../../cloudwatch/view.ts';
import type {
  ScheduleEntry,
  ServiceGraph,
  ServiceInfo,
  SortOrder,
  SourcePlace,
  TraceListing,
} from '../../console-contract.ts';
import type { LogListing } from '../../logs/log-line.ts';
import type { KeptEvent, Replay } from '../../xray/replay.ts';
import type { Differences } from '../../xray/differences.ts';
import type { Durations } from '../../xray/durations.ts';
import type { TraceHistory } from '../../xray/history.ts';
import type { Imported } from '../../xray/trace-file.ts';
import type { KnownTerms, Losses, TracePage, TraceSummary } from '../../xray/trace.ts';

/** Everything the page asks of its server; a test or a demonstration hands in another one. */
export interface ConsoleApi {
  service(): Promise<ServiceInfo>;
  traces(question: TraceQuestion): Promise<TraceListing>;
  durations(question: Pick<TraceQuestion, 'filter' | 'range'>): Promise<Durations>;
  /** What those that match `filter` have more or less often than the rest of those that match `within`. */
  differences(question: DifferenceQuestion): Promise<Differences>;
  /** What traces can be found by; with a text, by values that have it in them. */
  known(containing?: string): Promise<KnownTerms>;
  /** Undefined when there is no such trace (any more). */
  trace(traceId: string): Promise<TracePage | undefined>;
  /** How long the same took in other traces; undefined when there is no such trace. */
  history(traceId: string): Promise<TraceHistory | undefined>;
  /** Where frames of stacks are in the sources, as far as it is known; `frameKey` makes what is asked for. */
  sources(frames: readonly string[]): Promise<readonly SourcePlace[]>;
  /** The events of a trace that can be sent again. */
  events(traceId: string): Promise<readonly KeptEvent[]>;
  /** Resolves when the invocation has ended; undefined when its event is not kept any more. */
  replay(traceId: string, requestId: string): Promise<Replay | undefined>;
  /** @param file the text of a file of traces */
  importTraces(file: string): Promise<Imported>;
  clear(): Promise<void>;
  graph(question: GraphQuestion): Promise<ServiceGraph>;
  logs(question: LogQuestion): Promise<LogListing>;
  alarms(): Promise<AlarmListing>;
  /** Undefined when there is no such alarm. The range is that of its chart. */
  alarm(name: string, range?: TimeRange): Promise<AlarmPage | undefined>;
  metrics(range?: TimeRange): Promise<MetricsPage>;
  /** What runs by the clock. */
  schedules(): Promise<readonly ScheduleEntry[]>;
  /** Runs one now; resolves when its event is on its way. */
  runSchedule(id: string): Promise<void>;
  /** Returns the function that ends the subscription. Reconnects by itself until then. */
  subscribe(listener: (event: ConsoleEvent) => void): () => void;
}

/** Which traces are meant. */
export interface TraceQuestion {
  /** An expression that can be read; empty for every trace. */
  readonly filter: string;
  /** Those that overlap it. */
  readonly range?: TimeRange | undefined;
  /** @default 'start' */
  readonly sort?: SortOrder;
  /** Of the answer before: what follows it. */
  readonly cursor?: string;
  /** Of these alone. */
  readonly ids?: readonly string[];
}

export interface DifferenceQuestion extends Pick<TraceQuestion, 'filter' | 'range'> {
  readonly within: string;
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
