import type { Entity } from './document.ts';
import type { EntityStatus, Trace } from './trace.ts';

/** A trace (or several linked ones) laid out on one time axis. */
export interface Timeline {
  /** Epoch seconds of the earliest start and the latest end (or now, while something is in progress). */
  readonly start: number;
  readonly end: number;
  /** Depth first: every row stands below its parent. */
  readonly rows: readonly TimelineRow[];
}

export interface TimelineRow {
  /** Unique on the page: trace id and entity id. */
  readonly key: string;
  readonly parentKey?: string;
  readonly depth: number;
  readonly childCount: number;
  readonly traceId: string;
  readonly kind: 'segment' | 'subsegment';
  readonly name: string;
  /** A segment's origin (`AWS::Lambda::Function`) or a subsegment's namespace (`aws`, `remote`). */
  readonly type?: string;
  readonly status: EntityStatus;
  /** Epoch seconds. */
  readonly start: number;
  /** Undefined while in progress. */
  readonly end?: number;
  /** Its parent never arrived, or its segment is missing. */
  readonly orphan: boolean;
  /** Set on the first row of a linked trace: the link that led here, not a call. */
  readonly link?: { readonly fromTraceId: string };
  readonly entity: Entity;
}

export type BuildTimeline = (traces: readonly Trace[], now: number) => Timeline;
