import type { Carried } from './carried.ts';

/** The records of an event that delivers several units of work. */
export interface Batch {
  /** In the order of delivery. */
  records(event: unknown): readonly unknown[];
  /** Whether one record, seen alone, is of this kind. */
  owns(record: unknown): boolean;
  /** @param key under which the id is carried, in lower case; names count whatever their case. */
  read(record: unknown, key: string): Carried;
  /** The kind of a record, where that differs from the name of the source. */
  kindOf?(record: unknown): string;
}

/**
 * Reads one kind of Lambda event. Every method may throw on hostile input (a getter, a proxy); the caller treats that
 * as "unknown".
 */
export interface EventSource {
  readonly name: string;
  /** Whether the answer goes back as an HTTP response, and may carry headers: in API Gateway's form, or in CloudFront's. */
  readonly answersHttp?: 'headers' | 'cloudfront';
  /** The id that API Gateway has given the request. */
  requestId?(event: unknown): unknown;
  /** Whether the event is of this kind. Looks at a few properties only: events may have 10 MB. */
  matches(event: unknown, key: string, context?: unknown): boolean;
  /** What the event carries as a whole; for a batch, what its records share. */
  read(event: unknown, key: string, context?: unknown): Carried;
  /** Absent where an event is one unit of work. */
  readonly batch?: Batch;
}
