import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { registerXRayUdp } from '../../../src/opentelemetry/xray-udp.ts';
import { createOrder } from './order.ts';
import type { TraceFunction } from './order.ts';

/* Our provider alone: spans are made by hand with OpenTelemetry's API, and sent before the answer. */
const logger = new Logger();
const provider = registerXRayUdp();
const tracer = trace.getTracer('benchmark');

const inSpan: TraceFunction =
  (name, fn) =>
  async (...args) =>
    await tracer.startActiveSpan(name, async (span) => {
      try {
        return await fn(...args);
      } finally {
        span.end();
      }
    });

const order = createOrder(logger, inSpan);

export const handler = middy()
  .use(injectLambdaContext(logger))
  .use(httpJsonBodyParser())
  .handler(async (event: { readonly body?: unknown }) => {
    const parent = propagation.extract(context.active(), { 'x-amzn-trace-id': process.env._X_AMZN_TRACE_ID });
    return await tracer.startActiveSpan('handler', { kind: SpanKind.SERVER }, parent, async (span) => {
      try {
        return await order(event);
      } finally {
        span.end();
        await provider.forceFlush();
      }
    });
  });
