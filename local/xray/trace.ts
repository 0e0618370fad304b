import type { Segment, Subsegment, SegmentDocument } from './document.ts';

/** Everything received under one trace id, put together as X-Ray does. */
export interface Trace {
  readonly id: string;
  /** Grows with every document: two readings with the same revision are the same. */
  readonly revision: number;
  /**
   * Segments with every known subsegment folded in under its parent, oldest first. A segment hangs under the
   * entity whose id is its `parent_id`, which may lie in another segment; that is for the reader to follow.
   */
  readonly segments: readonly Segment[];
  /** Subsegments whose parent has not arrived, each with what did arrive below it. */
  readonly orphans: readonly Subsegment[];
  /** As received, newest version of each id, for the raw view. */
  readonly documents: readonly SegmentDocument[];
  /** Documents refused because the trace had reached its size limit. */
  readonly dropped: number;
}

/** One row of the list of traces. Times in epoch seconds, durations in seconds. */
export interface TraceSummary {
  readonly id: string;
  readonly revision: number;
  /** Name of the root segment, or of the oldest entity while the root is missing. */
  readonly name: string;
  readonly startTime: number;
  /** First start to last end of everything in the trace. */
  readonly duration: number;
  /** Start to end of the root segment; undefined while it is missing or in progress. */
  readonly responseTime?: number;
  readonly http?: { readonly method?: string; readonly url?: string; readonly status?: number };
  /** The worst that happened anywhere in the trace, not only at its root. */
  readonly status: EntityStatus;
  /** A segment is in progress, or an entity's parent is missing. */
  readonly isPartial: boolean;
  readonly coldStart: boolean;
  /** Names of the segments, each once, in order of appearance. */
  readonly services: readonly string[];
  readonly entityCount: number;
  /** Traces this one links to or is linked from. */
  readonly linkedTraceIds: readonly string[];
}

/** `ok` includes what is not yet known to have failed. Worst first: fault, throttle, error, in_progress, ok. */
export type EntityStatus = 'fault' | 'throttle' | 'error' | 'in_progress' | 'ok';

/** What was not kept, so that nothing is lost silently. */
export interface Losses {
  /** Documents, spans and requests that were refused. */
  readonly invalid: number;
  /** How many of these for which kind of reason: `InvalidTraceId`. */
  readonly invalidReasons: Readonly<Record<string, number>>;
  /** Datagrams that the system dropped, where it says so. */
  readonly droppedDatagrams: number;
  /** Whole traces evicted, oldest first, when the store was full. */
  readonly evictedTraces: number;
  /** Documents refused by traces that had reached their limit. */
  readonly refusedDocuments: number;
  /** Why traces end with this process, although a file was to keep them. Absent while it does, and where none was asked for. */
  readonly fileFailure?: string;
}

/** One trace and every trace reachable through links, so that a whole order can be followed on one page. */
export interface TracePage {
  readonly trace: Trace;
  /** Oldest first, without `trace` itself. */
  readonly linked: readonly Trace[];
}

/** What the traces that are kept can be found by. Of values the newest, and at most a hundred. */
export interface KnownTerms {
  /** Names, in order. */
  readonly services: readonly string[];
  /** Of keywords whose values are texts, such as `user` and `http.url`. */
  readonly texts: readonly { readonly keyword: string; readonly values: readonly string[] }[];
  readonly annotations: readonly {
    readonly key: string;
    readonly values: readonly (string | number | boolean)[];
  }[];
}
