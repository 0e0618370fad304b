import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { MiddyfiedHandler } from '@middy/core';
import { observability } from '../../src/middlewares/observability.ts';

/** One way to run the same handler. */
export interface Variant {
  readonly title: string;
  /** Value of `POWERTOOLS_TRACE_ENABLED`, which is read as the process starts. */
  readonly tracing: 'true' | 'false';
  readonly sampled: boolean;
  readonly pipeline: () => MiddyfiedHandler;
}

function answer() {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'o-1', status: 'placed', items: [{ sku: 'tea', quantity: 2 }], total: 1198 }),
  };
}

function plain(): MiddyfiedHandler {
  return middy().handler(answer);
}

function observed(): MiddyfiedHandler {
  return middy().use(observability()).handler(answer);
}

function powertools(): MiddyfiedHandler {
  return middy()
    .use(captureLambdaHandler(new Tracer({ serviceName: 'benchmark' })))
    .handler(answer);
}

/** What is compared; the first is what the others are measured against. */
export const VARIANTS: readonly Variant[] = [
  { title: 'plain Middy', tracing: 'false', sampled: false, pipeline: plain },
  { title: 'observability(), tracing off', tracing: 'false', sampled: true, pipeline: observed },
  { title: 'observability(), on, not sampled', tracing: 'true', sampled: false, pipeline: observed },
  { title: 'observability(), on, sampled', tracing: 'true', sampled: true, pipeline: observed },
  { title: 'Powertools captureLambdaHandler, sampled', tracing: 'true', sampled: true, pipeline: powertools },
];
