import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions, milliseconds, object, text } from '../check-options.ts';
import { whenHooksAreSkipped } from '../lifecycle/request-ending.ts';
import { logger as processLogger } from '../telemetry/logger.ts';
import { isProcessTracing } from '../telemetry/process-tracer.ts';
import type { FinishInvocation, RecordInvocation } from '../telemetry/record-invocation.ts';
import { enterTraceScope } from '../telemetry/trace-scope.ts';
import type { Tracer } from '../telemetry/tracer.ts';

/** Options of {@link tracing}. */
export interface TracingOptions {
  /**
   * Name of the handler's span.
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
   * What records this pipeline: `traced()`, `annotate()`, `withRecord()`, `responseCapture()` and the clients speak to it
   * while one of its invocations runs.
   *
   * @default X-Ray's where `POWERTOOLS_TRACE_ENABLED` is `true`, else none
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

/**
 * Records the handler as one span, closed and sent exactly once whichever way the invocation ends, with the error that was
 * thrown first and the HTTP status of the answer. A streamed response is closed when its body has ended. Sets the
 * annotations `ColdStart`, `Service` and, where there is one, `CorrelationId`.
 *
 * Use it before the middlewares whose time and errors it should cover.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function tracing(options: TracingOptions = {}): MiddlewareObj {
  checkOptions('tracing', options, {
    name: text,
    timeoutReserve: milliseconds,
    tracer: object,
    logger: object,
  });
  const { name, tracer, logger = processLogger, timeoutReserve = DEFAULT_TIMEOUT_RESERVE } = options;
  // Middy wants a hook of every middleware.
  if (tracer === undefined && !isProcessTracing()) return { before: function tracingBefore() {} };

  // All that records is loaded with the recorder: while tracing is off none of it is read.
  let record: RecordInvocation | undefined;
  const loading = import('../telemetry/record-invocation.ts')
    .then(({ loadRecorder }) => loadRecorder({ name, timeoutReserve, tracer, logger }))
    .catch((error: unknown) => {
      processLogger.warn('Tracing is on, but its recorder could not be loaded; nothing will be traced', {
        error: error instanceof Error ? error : new Error(String(error)),
      });
      return recordNothing;
    })
    .then((loaded) => (record = loaded));
  const invocations = new WeakMap<object, FinishInvocation>();

  /** Opens the scope at once, because only the synchronous part of a hook can, and records when the recorder is there. */
  const begin = (request: Request): Promise<FinishInvocation> | FinishInvocation => {
    const entered = enterTraceScope();
    const start = (recordInvocation: RecordInvocation): FinishInvocation => {
      const finish = recordInvocation(request, entered);
      invocations.set(request, finish);
      return finish;
    };
    return record === undefined ? loading.then(start) : start(record);
  };
  const finish = (request: Request, canReplaceResponse: boolean): Promise<void> | undefined => {
    // The hook of an error may run although a middleware before this one threw and `before` never did.
    const finishing = invocations.get(request) ?? begin(request);
    return finishing instanceof Promise
      ? finishing.then((finishInvocation) => finishInvocation(canReplaceResponse))
      : finishing(canReplaceResponse);
  };

  const tracingBefore = (request: Request): Promise<void> | undefined => {
    const begun = begin(request);
    // By then Middy has taken the response; watching a body that it reads itself would take chunks away from it.
    whenHooksAreSkipped(request, () => void finish(request, false));
    return begun instanceof Promise ? begun.then(() => undefined) : undefined;
  };
  const tracingAfter = (request: Request): Promise<void> | undefined => finish(request, true);
  const tracingOnError = (request: Request): Promise<void> | undefined => finish(request, true);
  return { before: tracingBefore, after: tracingAfter, onError: tracingOnError };
}

const recordNothing: RecordInvocation =
  (_request, { leave }) =>
  () => {
    leave();
    return undefined;
  };
