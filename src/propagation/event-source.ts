import type { Carried } from './carried.ts';

/** The records of an event that delivers several units of work. */
export interface Batch {
  /** In the order of delivery. */
  records(event: unknown): readonly unknown[];
  /** Whether one record, seen alone, is of this kind. */
  owns(record: unknown): boolean;
  read(record: unknown): Carried;
}

/**
 * Reads one kind of Lambda event. Every method may throw on hostile input (a getter, a proxy); the caller treats that
 * as "unknown".
 */
export interface EventSource {
  readonly name: string;
  /** Whether the answer goes back as an HTTP response, and may carry headers. */
  readonly answersHttp?: true;
  /** Whether the event is of this kind. Looks at a few properties only: events may have 10 MB. */
  matches(event: unknown, context?: unknown): boolean;
  /** What the event carries as a whole; for a batch, what its records share. */
  read(event: unknown, context?: unknown): Carried;
  /** Absent where an event is one unit of work. */
  readonly batch?: Batch;
}
