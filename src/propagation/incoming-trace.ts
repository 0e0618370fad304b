import { formatBaggage, parseBaggage } from './baggage.ts';
import type { Carried } from './carried.ts';
import { isHeaderValue, MAX_TRACE_HEADER_LENGTH } from './header-value.ts';
import { formatTraceHeader } from './trace-header.ts';
import { formatTraceparent, parseTraceparent, traceHeaderOf } from './w3c.ts';

/** The trace context that came in, each field safe to send on as a header. */
export interface IncomingTrace {
  /** `X-Amzn-Trace-Id`; made from `traceparent` where only that came. */
  readonly traceHeader?: string;
  readonly traceparent?: string;
  /** Only beside a valid `traceparent`: alone it has no meaning. */
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** What everyone must pass on at least (W3C Trace Context, section "tracestate limits"). */
const MAX_TRACESTATE_LENGTH = 512;

/** The trace context of an event or record. What is not valid, or too long, counts as absent. */
export function incomingTrace(carried: Carried): IncomingTrace {
  const parsed = parseTraceparent(carried.traceparent);
  const traceHeader =
    printable(carried.traceHeader, MAX_TRACE_HEADER_LENGTH) ??
    (parsed && formatTraceHeader(traceHeaderOf(parsed)));
  const tracestate = parsed && printable(carried.tracestate, MAX_TRACESTATE_LENGTH);
  const baggage = formatBaggage(parseBaggage(carried.baggage));
  return {
    ...(traceHeader !== undefined && { traceHeader }),
    ...(parsed !== undefined && { traceparent: formatTraceparent(parsed) }),
    ...(tracestate !== undefined && { tracestate }),
    ...(baggage !== '' && { baggage }),
  };
}

function printable(value: unknown, maxLength: number): string | undefined {
  return isHeaderValue(value, maxLength) ? value : undefined;
}
