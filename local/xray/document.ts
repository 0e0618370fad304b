/**
 * X-Ray's documents as they arrive: from the SDK over UDP, from our own Lambda service and API Gateway front,
 * or from any other sender. Fields follow the segment document of the X-Ray developer guide; senders are not
 * trusted to keep to it, so readers of values that are typed `unknown` must look before they use them.
 */

/** What a segment and a subsegment have in common. Times are epoch seconds with a fraction. */
export interface Entity {
  readonly id: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time?: number;
  readonly in_progress?: boolean;
  /** The client's mistake (4xx). */
  readonly error?: boolean;
  /** Refused for too many requests (429); set together with `error`. */
  readonly throttle?: boolean;
  /** The server's failure (5xx, or an exception that was not handled). */
  readonly fault?: boolean;
  readonly cause?: Cause | string;
  readonly http?: HttpData;
  readonly aws?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Traces that this one continues, for example the messages of a batch. X-Ray's SDKs have them on segments only. */
  readonly links?: readonly TraceLink[];
  readonly subsegments?: readonly Subsegment[];
}

export interface Segment extends Entity {
  readonly trace_id: string;
  readonly parent_id?: string;
  readonly type?: undefined;
  /** For example `AWS::Lambda::Function` or `AWS::ApiGateway::Stage`. */
  readonly origin?: string;
  readonly resource_arn?: string;
  readonly user?: string;
  readonly service?: Readonly<Record<string, unknown>>;
}

export interface Subsegment extends Entity {
  readonly namespace?: string;
  readonly traced?: boolean;
  readonly precursor_ids?: readonly string[];
  readonly sql?: Readonly<Record<string, unknown>>;
  /** Set only when it travels alone. */
  readonly type?: 'subsegment';
  readonly trace_id?: string;
  readonly parent_id?: string;
}

export interface TraceLink {
  readonly trace_id: string;
  readonly id?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** One document as it travels: a segment, or a subsegment sent alone. */
export type SegmentDocument =
  Segment | (Subsegment & { type: 'subsegment'; trace_id: string; parent_id: string });

export interface Cause {
  readonly working_directory?: string;
  readonly paths?: readonly string[];
  /** The SDK writes here the id of the subsegment that owns the exception. */
  readonly id?: string;
  readonly exceptions?: readonly ExceptionData[];
}

export interface ExceptionData {
  readonly id?: string;
  readonly message?: string;
  readonly type?: string;
  readonly remote?: boolean;
  readonly truncated?: number;
  readonly skipped?: number;
  /** Id of the exception that caused this one. */
  readonly cause?: string;
  readonly stack?: readonly StackFrame[];
}

export interface StackFrame {
  readonly path?: string;
  readonly line?: number;
  /** From 1. X-Ray's own frames have none; where it is known, a source map can tell one line of a minified file. */
  readonly column?: number;
  readonly label?: string;
}

export interface HttpData {
  readonly request?: {
    readonly method?: string;
    readonly url?: string;
    readonly user_agent?: string;
    readonly client_ip?: string;
    readonly x_forwarded_for?: boolean;
    readonly traced?: boolean;
  };
  readonly response?: { readonly status?: number; readonly content_length?: unknown };
}

/** Where every part of Lantern local that makes documents of its own hands them in. */
export type SegmentSink = (document: SegmentDocument) => void;
