import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { logger, observability, traced } from '../../../src/index.ts';
import { loadProcessTracer } from '../../../src/telemetry/process-tracer.ts';
import { createOrder } from './order.ts';

/* The whole stack as the README shows it; the environment says whether it records. */
export const handler = middy()
  .use(observability({ capture: { allow: ['id', 'status', 'total'] } }))
  .use(httpJsonBodyParser())
  .handler(createOrder(logger, (name, fn) => traced(name, fn)));

/** Loads what records, as the first invocation does. */
export function loadRecorder(): Promise<unknown> {
  return loadProcessTracer();
}
