import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions, milliseconds, object, text } from '../check-options.ts';
import { Followers } from '../lifecycle/request-ending.ts';
import { incomingTraceHeader } from '../propagation/trace-header.ts';
import { attempt, mayRecord } from '../telemetry/guarded-span.ts';
import { InvocationRecord, passOn } from '../telemetry/invocation-record.ts';
import { isInitialisedFaster } from '../telemetry/cold-start.ts';
import { processLogger } from '../telemetry/process-logger.ts';
import { isProcessTracing, mayProcessRecord } from '../telemetry/process-tracer.ts';
import type { PipelineRecorder } from '../telemetry/record-invocation.ts';
import { waitingLines } from '../telemetry/shared-logger.ts';
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
   * Milliseconds that the answer waits at most, once it is there, until the record has left the process, as when the name
   * of the X-Ray daemon's host is looked up. What has not left then leaves with the next invocation, or never.
   *
   * @default what the recorder asks for: 50 with X-Ray's, 500 with OpenTelemetry's
   */
  readonly flushTimeout?: number;
  /**
   * What records this pipeline: `traced()`, `annotate()`, `withRecord()`, `responseCapture()` and the clients speak to it
   * while one of its invocations runs.
   *
   * @default where `POWERTOOLS_TRACE_ENABLED` is `true` what `LANTERN_RECORDER` names, `xray` or `opentelemetry`, or else X-Ray's;
   * elsewhere none
   */
  readonly tracer?: Tracer;
  /**
   * Who is told that the timeout is near.
   *
   * @default the shared logger
   */
  readonly logger?: { warn(message: string): void };
}

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
  checkOptions('tracing()', options, {
    name: text,
    timeoutReserve: milliseconds,
    flushTimeout: milliseconds,
    tracer: object,
    logger: object,
  });
  // Middy wants a hook of every middleware.
  if (options.tracer === undefined && !isProcessTracing()) return { before: function tracingBefore() {} };

  const { tracer } = options;
  const followers = new Followers<InvocationRecord>();
  // All that records is loaded with the recorder: while tracing is off none of it is read.
  let recorder: PipelineRecorder | undefined;
  let loading: Promise<PipelineRecorder> | undefined;
  const load = (): Promise<PipelineRecorder> =>
    (loading ??= import('../lazy/recorder.ts')
      .then(({ createPipelineRecorder }) => createPipelineRecorder(options, followers))
      .catch((error: unknown) => {
        processLogger.warn('Tracing is on, but its recorder could not be loaded; nothing will be traced', {
          error: error instanceof Error ? error : new Error(String(error)),
        });
        return { begin: () => undefined, finish: () => undefined };
      })
      .then((loaded) => (recorder = loaded)));
  const withRecorder = <R>(fn: (recorder: PipelineRecorder) => R): R | Promise<Awaited<R>> =>
    recorder === undefined ? (load().then(fn) as Promise<Awaited<R>>) : fn(recorder);
  if (isInitialisedFaster()) void load();

  const tracingBefore = (request: Request): Promise<void> | undefined => {
    // At once, because only the synchronous part of a hook can; recording begins when the recorder is there.
    const scope = enterTraceScope(request.context);
    const header = attempt('read the trace header', incomingTraceHeader);
    // Below a pipeline around this one another header counts.
    const isSurelyUnrecorded =
      scope.outer === undefined &&
      !(tracer === undefined ? mayProcessRecord(header) : mayRecord(tracer, header));
    if (isSurelyUnrecorded) {
      followers.add(request, new InvocationRecord(followers, passOn(request, scope, header)));
      return undefined;
    }
    return withRecorder((loaded) => loaded.begin(request, scope));
  };
  const tracingAfter = (request: Request): Promise<void> | undefined => {
    const record = followers.of(request);
    const left =
      record === undefined ? withRecorder((loaded) => loaded.finish(request)) : record.finish(true);
    // What records may have had something to say, also while it was waited for.
    return left === undefined ? waitingLines() : left.then(waitingLines);
  };
  return { before: tracingBefore, after: tracingAfter, onError: tracingAfter };
}
