import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { logger, observability, traced } from '../../../src/index.ts';
import { createOpenTelemetryTracer } from '../../../src/opentelemetry/index.ts';
import { registerXRayUdp } from '../../../src/opentelemetry/xray-udp.ts';
import { createOrder } from './order.ts';

/* The whole stack, recorded by OpenTelemetry, whose spans go to the X-Ray daemon. */
registerXRayUdp();

export const handler = middy()
  .use(
    observability({
      capture: { allow: ['id', 'status', 'total'] },
      tracing: { tracer: createOpenTelemetryTracer() },
    }),
  )
  .use(httpJsonBodyParser())
  .handler(createOrder(logger, (name, fn) => traced(name, fn)));
