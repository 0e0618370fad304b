/** An event of a trace that can be sent again, without what is in it. */
export interface KeptEvent {
  /** The deployed name of the function. */
  readonly functionName: string;
  readonly requestId: string;
  /** Bytes of the event. */
  readonly size: number;
}

/** What came of an event that was sent again. */
export interface Replay {
  /** Of the new invocation. */
  readonly traceId: string;
  readonly requestId: string;
  readonly functionName: string;
  /** Whether the function failed. */
  readonly failed: boolean;
}
