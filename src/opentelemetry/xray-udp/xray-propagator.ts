import { createContextKey, createTraceState, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api';
import { formatTraceHeader, parseTraceHeader, TRACE_HEADER_NAME } from '../../propagation/trace-header.ts';
import type { TraceHeader } from '../../propagation/trace-header.ts';
import { formatTraceparent, parseTraceparent, traceHeaderOf, traceparentOf } from '../../propagation/w3c.ts';

const W3C = 'traceparent';
const W3C_STATE = 'tracestate';
const XRAY = TRACE_HEADER_NAME.toLowerCase();

/** In a context: the fields of X-Ray's header that are not OpenTelemetry's. */
const REST = createContextKey('lambda-lantern: other fields of X-Amzn-Trace-Id');

/**
 * Carries the trace in both forms that the field has: `X-Amzn-Trace-Id` for AWS's services, which read nothing else, and W3C's
 * `traceparent` and `tracestate` for everybody else. Where both come in, X-Ray's decides, because AWS's services put theirs
 * last; `tracestate` belongs to `traceparent` and counts only where that is of the same trace. Other fields of X-Ray's header go on
 * as they came, `Lineage` among them.
 */
export class XRayAndW3CPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(context);
    if (span === undefined) return;
    const sampled = (span.traceFlags & TraceFlags.SAMPLED) !== 0;
    const parent = { traceId: span.traceId, parentId: span.spanId, sampled };
    setter.set(carrier, W3C, formatTraceparent(parent));
    const state = span.traceState?.serialize() ?? '';
    if (state !== '') setter.set(carrier, W3C_STATE, state);
    const rest = (context.getValue(REST) as TraceHeader['rest'] | undefined) ?? [];
    setter.set(carrier, TRACE_HEADER_NAME, formatTraceHeader({ ...traceHeaderOf(parent), rest }));
  }

  extract(context: Context = ROOT_CONTEXT, carrier: unknown, getter: TextMapGetter): Context {
    const header = parseTraceHeader(read(carrier, getter, XRAY) ?? read(carrier, getter, TRACE_HEADER_NAME));
    const ofW3C = parseTraceparent(read(carrier, getter, W3C));
    const found = traceparentOf(header) ?? ofW3C;
    if (found === undefined) return context;
    const { traceId, parentId, sampled } = found;
    const state = ofW3C?.traceId === traceId ? read(carrier, getter, W3C_STATE) : undefined;
    return trace.setSpanContext(header.rest.length === 0 ? context : context.setValue(REST, header.rest), {
      traceId,
      spanId: parentId,
      traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      isRemote: true,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- within version 1 the API alone has no other
      ...(state !== undefined && { traceState: createTraceState(state) }),
    });
  }

  fields(): string[] {
    return [W3C, W3C_STATE, TRACE_HEADER_NAME];
  }
}

function read(carrier: unknown, getter: TextMapGetter, name: string): string | undefined {
  const value = getter.get(carrier, name);
  return Array.isArray(value) ? value[0] : value;
}
