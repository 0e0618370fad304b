import { context, trace, TraceFlags } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { handlerInSpans } from './spans-by-hand.ts';

/* AWS's distribution of OpenTelemetry, which was loaded before, as its layer does it, and has registered its provider. */
interface Provider {
  readonly getDelegate?: () => Provider;
  readonly forceFlush?: () => Promise<void>;
}

const registered = trace.getTracerProvider() as unknown as Provider;
const provider = registered.getDelegate?.() ?? registered;
if (provider.forceFlush === undefined)
  throw new Error('Expected the distribution to have registered a provider');

export const handler = handlerInSpans({
  parent: lambdaParent,
  flush: async () => {
    await provider.forceFlush?.();
  },
});

/** By hand: its quick start registers nothing that reads the header. */
function lambdaParent(): Context {
  const header = process.env._X_AMZN_TRACE_ID ?? '';
  const [, time = '', id = ''] = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(header) ?? [];
  const [, spanId = ''] = /Parent=([0-9a-f]{16})/.exec(header) ?? [];
  const traceFlags = header.includes('Sampled=1') ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(context.active(), { traceId: time + id, spanId, traceFlags, isRemote: true });
}
