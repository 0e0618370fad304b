import type { Carried } from './carried.ts';

/** The clients of ours that cause events; the names of AWS services are the AWS SDK's. */
export type Sender =
  'HTTP' | 'SNS' | 'SQS' | 'EventBridge' | 'Lambda' | 'SFN' | 'Kinesis' | 'Firehose' | 'Scheduler';

/** One line of the table in docs/correlation.md: what is read from one kind of event. Markdown. */
export interface Reading {
  /** The event, in AWS's words. */
  readonly event: string;
  /** Where the id is looked for, in this order; absent where the event has no place for one. */
  readonly id?: readonly string[];
  /** Where trace context is looked for. */
  readonly trace?: readonly string[];
  /** Which clients of ours may have sent it, and so which carrier they write. */
  readonly senders?: readonly Sender[];
}

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
  readonly readings: readonly Reading[];
  /** Whether the answer goes back as an HTTP response, and may carry headers. */
  readonly answersHttp?: true;
  /** Whether the event is of this kind. Looks at a few properties only: events may have 10 MB. */
  matches(event: unknown, context?: unknown): boolean;
  /** What the event carries as a whole; for a batch, what its records share. */
  read(event: unknown, context?: unknown): Carried;
  /** Absent where an event is one unit of work. */
  readonly batch?: Batch;
}
