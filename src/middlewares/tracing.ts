import type { MiddlewareObj, Request } from '@middy/core';
import { thrownError, whenHooksAreSkipped } from '../lifecycle/request-ending.ts';
import { getCorrelationId } from '../propagation/correlation.ts';
import { takeColdStart } from '../telemetry/cold-start.ts';
import { tracer as processTracer } from '../telemetry/current-tracer.ts';
import type { InvocationTrace, Tracer } from '../telemetry/tracer.ts';

/** Options of {@link tracing}. */
export interface TracingOptions {
  /**
   * Name of the handler's subsegment.
   *
   * @default `## ` and Lambda's handler string, as Powertools names it
   */
  readonly name?: string;
  /**
   * What records.
   *
   * @default the tracer of the process: inert unless `POWERTOOLS_TRACE_ENABLED` is `true`
   */
  readonly tracer?: Tracer;
}

/**
 * Records the handler as one subsegment, closed and sent exactly once whichever way the invocation ends, with the error
 * that was thrown first and the HTTP status of the answer. Sets the annotations `ColdStart`, `Service` and, where
 * there is one, `CorrelationId`.
 *
 * Use it before the middlewares whose time and errors it should cover.
 */
export function tracing(options: TracingOptions = {}): MiddlewareObj {
  const { tracer = processTracer } = options;
  const invocations = new WeakMap<object, InvocationTrace>();

  const begin = (request: Request): InvocationTrace => {
    const invocation = tracer.startInvocation(options.name ?? handlerName(request));
    invocations.set(request, invocation);
    return invocation;
  };

  const finish = (request: Request): void => {
    // The hook of an error may run although a middleware before this one threw and `before` never did.
    const invocation = invocations.get(request) ?? begin(request);
    const thrown = thrownError(request);
    if (thrown !== undefined) invocation.fail(thrown.error);
    const status = statusOf(request.response);
    if (status !== undefined) invocation.setStatus(status);
    invocation.end();
  };

  const annotate = (): void => {
    tracer.annotate('ColdStart', takeColdStart());
    const service = process.env.POWERTOOLS_SERVICE_NAME ?? process.env.AWS_LAMBDA_FUNCTION_NAME;
    if (service !== undefined) tracer.annotate('Service', service);
    const correlationId = getCorrelationId();
    if (correlationId !== undefined) tracer.annotate('CorrelationId', correlationId);
  };

  const tracingBefore = (request: Request): Promise<void> | undefined => {
    if (!tracer.enabled) return undefined;
    const { ready } = begin(request);
    whenHooksAreSkipped(request, () => finish(request));
    if (ready !== undefined) return ready.then(annotate);
    annotate();
    return undefined;
  };
  const tracingAfter = (request: Request): void => {
    if (tracer.enabled) finish(request);
  };
  const tracingOnError = (request: Request): void => {
    if (tracer.enabled) finish(request);
  };
  return { before: tracingBefore, after: tracingAfter, onError: tracingOnError };
}

function handlerName(request: Request): string {
  // The context is whatever a test or another runtime passes, whatever its type says.
  const context = request.context as Partial<Request['context']>;
  return `## ${process.env._HANDLER ?? context.functionName ?? 'handler'}`;
}

function statusOf(response: unknown): number | undefined {
  if (typeof response !== 'object' || response === null || !('statusCode' in response)) return undefined;
  return typeof response.statusCode === 'number' ? response.statusCode : undefined;
}
