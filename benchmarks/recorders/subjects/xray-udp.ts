import { context, propagation } from '@opentelemetry/api';
import { registerXRayUdp } from '../../../src/opentelemetry/xray-udp.ts';
import { handlerInSpans } from './spans-by-hand.ts';

/* Our provider alone. */
const provider = registerXRayUdp();

export const handler = handlerInSpans({
  parent: () => propagation.extract(context.active(), { 'x-amzn-trace-id': process.env._X_AMZN_TRACE_ID }),
  flush: () => provider.forceFlush(),
});
