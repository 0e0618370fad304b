/** What one event, or one record of a batch, says about where it came from. */
export interface Carried {
  /** As received: not validated yet. */
  readonly correlationId?: unknown;
  /** `X-Amzn-Trace-Id`, where the source carries one. */
  readonly traceHeader?: string;
}

/** Reads one kind of Lambda event. Every method may throw on hostile input; the caller treats that as "not mine". */
export interface EventSource {
  readonly name: string;
  /** Whether the event is of this kind. */
  matches(event: object): boolean;
  /** What the event carries as a whole. */
  read(event: object): Carried;
  /** The records of a batch, one entry each, in order. Absent where an event is one unit of work. */
  records?(event: object): readonly Carried[];
}

/** The value of a property that may not be there. */
export function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** The property whose name is `key` whatever its case: REST events keep the case of the client. */
export function propertyIgnoringCase(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const name = Object.keys(value).find((candidate) => candidate.toLowerCase() === key);
  return name === undefined ? undefined : property(value, name);
}
