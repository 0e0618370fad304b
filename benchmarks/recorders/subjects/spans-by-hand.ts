import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { SpanKind, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { createOrder } from './order.ts';
import type { TraceFunction } from './order.ts';

/** Where the spans of an invocation begin and end. */
interface Ends {
  /** What stands above the handler, as Lambda's header says. */
  readonly parent: () => Context;
  /** Sends what has ended; the answer waits for it. */
  readonly flush: () => Promise<void>;
}

/** The handler, with spans that are made by hand with OpenTelemetry's API: one of its own, and one for each inner function. */
export function handlerInSpans({ parent, flush }: Ends) {
  const logger = new Logger();
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
  return middy()
    .use(injectLambdaContext(logger))
    .use(httpJsonBodyParser())
    .handler(async (event: { readonly body?: unknown }) =>
      tracer.startActiveSpan('handler', { kind: SpanKind.SERVER }, parent(), async (span) => {
        try {
          return await order(event);
        } finally {
          span.end();
          await flush();
        }
      }),
    );
}
