/** What one event, or one record of a batch, carries: as received, nothing is validated yet. */
export interface Carried {
  readonly correlationId?: unknown;
  /** `X-Amzn-Trace-Id`, or the `AWSTraceHeader` of an SQS message. */
  readonly traceHeader?: unknown;
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
  readonly baggage?: unknown;
}

/** The names beside that of the id that are looked for wherever there are names and values: headers, attributes, properties. */
const FIELD_NAMED: ReadonlyMap<string, keyof Carried> = new Map<string, keyof Carried>([
  ['x-amzn-trace-id', 'traceHeader'],
  ['traceparent', 'traceparent'],
  ['tracestate', 'tracestate'],
  ['baggage', 'baggage'],
]);

type ValueOf = (value: unknown, field: keyof Carried) => unknown;

/**
 * What names and values carry, whatever the case of the names. Of two equal names the first counts.
 *
 * @param key that of the id, in lower case.
 * @param valueOf where the value is wrapped: the text of a message attribute, of an array of bytes.
 */
export function carriedInEntries(
  key: string,
  entries: Iterable<readonly [name: unknown, value: unknown]>,
  valueOf: ValueOf = (value) => value,
): Carried {
  const carried: { -readonly [Field in keyof Carried]: Carried[Field] } = {};
  for (const [name, value] of entries) {
    if (typeof name !== 'string') continue;
    const known = name.toLowerCase();
    const field = known === key ? 'correlationId' : FIELD_NAMED.get(known);
    if (field !== undefined) carried[field] ??= valueOf(value, field);
  }
  return carried;
}

/** {@link carriedInEntries} of an object; nothing where it is none. */
export function carriedIn(key: string, named: unknown, valueOf?: ValueOf): Carried {
  return typeof named === 'object' && named !== null
    ? carriedInEntries(key, Object.entries(named), valueOf)
    : {};
}

/**
 * What HTTP headers carry. Load balancers and REST APIs may list each value of a header; all of them are read then,
 * where the plain headers hold the last one only.
 */
export function carriedInHeaders(key: string, headers: unknown, multiValueHeaders?: unknown): Carried {
  return orElse(carriedIn(key, multiValueHeaders, headerValue), carriedIn(key, headers, headerValue));
}

/** The first id and the first trace header; the values of W3C's headers make one list. */
function headerValue(value: unknown, field: keyof Carried): unknown {
  if (!Array.isArray(value)) return value;
  const values = value as unknown[];
  if (field === 'correlationId' || field === 'traceHeader') return values[0];
  return values.filter((one) => typeof one === 'string').join(',');
}

/** Each field from the first that has it; `tracestate` belongs to its `traceparent` and stays beside it. */
export function orElse(first: Carried, second: Carried): Carried {
  const { traceparent, tracestate } = first.traceparent === undefined ? second : first;
  return {
    correlationId: first.correlationId ?? second.correlationId,
    traceHeader: first.traceHeader ?? second.traceHeader,
    traceparent,
    tracestate,
    baggage: first.baggage ?? second.baggage,
  };
}
