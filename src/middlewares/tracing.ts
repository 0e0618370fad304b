import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions } from '../check-options.ts';
import type { BodyEnding } from '../lifecycle/observe-body.ts';
import { observeBody } from '../lifecycle/observe-body.ts';
import { thrownError, whenHooksAreSkipped } from '../lifecycle/request-ending.ts';
import { watchTimeout } from '../lifecycle/timeout-watch.ts';
import { getCorrelationId } from '../propagation/correlation.ts';
import { takeColdStart } from '../telemetry/cold-start.ts';
import { tracer as processTracer } from '../telemetry/current-tracer.ts';
import { logger as processLogger } from '../telemetry/logger.ts';
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
   * Milliseconds before Lambda's timeout at which everything known so far is sent, so that an invocation that is
   * killed leaves its evidence. 0 sends nothing early.
   *
   * @default 500
   */
  readonly timeoutReserve?: number;
  /**
   * What records.
   *
   * @default the tracer of the process: inert unless `POWERTOOLS_TRACE_ENABLED` is `true`
   */
  readonly tracer?: Tracer;
  /**
   * Who is told that the timeout is near.
   *
   * @default the shared logger
   */
  readonly logger?: { warn(message: string): void };
}

const DEFAULT_TIMEOUT_RESERVE = 500;

/** Where Lantern's own metadata is found on the handler's subsegment. */
const NAMESPACE = 'lantern';

interface Invocation {
  readonly trace: InvocationTrace;
  readonly stopWatching: () => void;
}

/**
 * Records the handler as one subsegment, closed and sent exactly once whichever way the invocation ends, with the error
 * that was thrown first and the HTTP status of the answer. A streamed response is closed when its body has ended. Sets
 * the annotations `ColdStart`, `Service` and, where there is one, `CorrelationId`.
 *
 * Use it before the middlewares whose time and errors it should cover.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function tracing(options: TracingOptions = {}): MiddlewareObj {
  checkOptions('tracing', options, {
    name: 'string',
    timeoutReserve: 'milliseconds',
    tracer: 'object',
    logger: 'object',
  });
  const {
    tracer = processTracer,
    logger = processLogger,
    timeoutReserve = DEFAULT_TIMEOUT_RESERVE,
  } = options;
  const invocations = new WeakMap<object, Invocation>();

  const begin = (request: Request): Invocation => {
    const trace = tracer.startInvocation(options.name ?? handlerName(request));
    const stopWatching =
      timeoutReserve === 0
        ? () => undefined
        : watchTimeout(request.context, timeoutReserve, (remaining) => {
            logger.warn(
              `The invocation times out in ${remaining} ms; its trace so far is sent as in progress`,
            );
            trace.checkpoint();
          });
    const invocation = { trace, stopWatching };
    invocations.set(request, invocation);
    return invocation;
  };

  const finish = (request: Request, canReplaceResponse: boolean): Promise<void> | undefined => {
    // The hook of an error may run although a middleware before this one threw and `before` never did.
    const { trace, stopWatching } = invocations.get(request) ?? begin(request);
    const end = (): Promise<void> | undefined => {
      stopWatching();
      return trace.end();
    };
    const thrown = thrownError(request);
    if (thrown !== undefined) trace.fail(thrown.error);
    const status = statusOf(request.response);
    if (status !== undefined) trace.setStatus(status);
    if (!trace.recording || !canReplaceResponse) return end();
    const observed = observeBody(request.response, (ending) => {
      recordBody(trace, ending);
      void end();
    });
    if (observed === undefined) return end();
    request.response = observed.response;
    return undefined;
  };

  const annotate = (request: Request): void => {
    tracer.annotate('ColdStart', takeColdStart());
    const service = process.env.POWERTOOLS_SERVICE_NAME ?? process.env.AWS_LAMBDA_FUNCTION_NAME;
    if (service !== undefined) tracer.annotate('Service', service);
    const correlationId = getCorrelationId();
    if (correlationId !== undefined) tracer.annotate('CorrelationId', correlationId);
    // A durable execution that waits ends the invocation without a word to any middleware.
    if (isDurable(request.context)) invocations.get(request)?.trace.checkpoint();
  };

  const tracingBefore = (request: Request): Promise<void> | undefined => {
    if (!tracer.enabled) return undefined;
    const { ready } = begin(request).trace;
    // By then Middy has taken the response; watching a body that it reads itself would take chunks away from it.
    whenHooksAreSkipped(request, () => void finish(request, false));
    if (ready !== undefined) return ready.then(() => annotate(request));
    annotate(request);
    return undefined;
  };
  const tracingAfter = (request: Request): Promise<void> | undefined =>
    tracer.enabled ? finish(request, true) : undefined;
  const tracingOnError = (request: Request): Promise<void> | undefined =>
    tracer.enabled ? finish(request, true) : undefined;
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

function recordBody(trace: InvocationTrace, { bytes, failure }: BodyEnding): void {
  trace.addMetadata(NAMESPACE, 'streamedBytes', bytes);
  if (failure !== undefined) trace.fail(failure.error);
}

/** Middy's durable mode hands over the durable context, which holds Lambda's. */
function isDurable(context: unknown): boolean {
  return typeof context === 'object' && context !== null && 'lambdaContext' in context;
}
