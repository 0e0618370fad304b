import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions, flag, text } from '../check-options.ts';
import { isReplay } from '../lifecycle/durable.ts';
import { whenAnswered } from '../lifecycle/observe-body.ts';
import type { Follower } from '../lifecycle/request-ending.ts';
import { Followers, thrownError } from '../lifecycle/request-ending.ts';
import { addContextTo } from '../telemetry/cold-start.ts';
import { holdKeys, openLogKeys, withOwnLogKeys } from '../telemetry/log-keys.ts';
import { logsEvents, processLogger } from '../telemetry/process-logger.ts';
import type { PipelineLogger } from '../telemetry/process-logger.ts';
import { MASKS_LINES, shared } from '../telemetry/shared-logger.ts';

/** What Powertools' `injectLambdaContext` does besides adding Lambda's context, with its names. */
export interface LoggingOptions {
  /**
   * Whether the event of every invocation is logged, masked.
   *
   * @default false, or what `POWERTOOLS_LOGGER_LOG_EVENT` says
   */
  readonly logEvent?: boolean;
  /**
   * Whether keys that `appendKeys` adds in an invocation end with it. They then stand in its lines only, also while others
   * run. Without it they stay, as in Powertools: in the lines of the next customer.
   *
   * @default true
   */
  readonly resetKeys?: boolean;
  /**
   * What becomes of buffered lines (`logBufferOptions`) when the invocation fails, whoever answers the error: with `true` they
   * are written, and the error after them, as Powertools does; with `false` they are thrown away.
   *
   * @default the lines are written, without one for the error
   */
  readonly flushBufferOnUncaughtError?: boolean;
  /**
   * A JMESPath expression for the correlation id in the event, evaluated by the `correlationIdSearchFn` of your `logger`. What
   * it finds is the id of the invocation, for calls and traces too, if it is a valid one.
   *
   * @default none
   */
  readonly correlationIdPath?: string;
}

/** What Powertools says before it ends. */
const UNCAUGHT = 'Uncaught error detected, flushing log buffer before exit';

/**
 * Gives the lines of an invocation Lambda's context, and ends what belongs to it: its keys, and the lines that wait in a buffer.
 *
 * @throws TypeError when an option is unknown or of the wrong type, or needs a logger of another kind.
 */
export function logContext(logger: PipelineLogger, options: LoggingOptions = {}): MiddlewareObj {
  checkOptions('observability({ logging })', options, {
    logEvent: flag,
    resetKeys: flag,
    flushBufferOnUncaughtError: flag,
    correlationIdPath: text,
  });
  const { logEvent, resetKeys = true, flushBufferOnUncaughtError: flush } = options;
  const holds = logger === processLogger || holdKeys(logger);
  // Of a logger that cannot hold them: those of another invocation that still runs go too.
  const settings: EndSettings = { logger, flush, resetsLogger: resetKeys && !holds };
  const followers = new Followers<LoggedInvocation>();

  const logContextBefore = (request: Request): Promise<void> | undefined => {
    const { event, context } = request;
    if (resetKeys) openLogKeys();
    followers.add(request, new LoggedInvocation(followers, settings, request));
    // Each alone: what one of them throws is not the other's.
    quietly(() => logger.refreshSampleRateCalculation());
    quietly(() => {
      if (logger === processLogger) logger.addContext(context);
      else addContextTo(logger, context);
    });
    // The event of a durable execution stands in the log of its first invocation.
    if (isReplay(context)) return undefined;
    const isMasked = logger === processLogger || masksLines(logger);
    if (isMasked || !(logEvent ?? logsEvents())) {
      quietly(() => logger.logEventIfEnabled(event, logEvent));
      return undefined;
    }
    return import('../lazy/log-lines.ts').then(
      ({ LogLines }) => quietly(() => logger.logEventIfEnabled(new LogLines().event(event), logEvent)),
      // What cannot be masked is not shown.
      () => undefined,
    );
  };
  const logContextAfter = (request: Request): void => {
    followers.of(request)?.finish(true);
  };
  const logContextOnError = (request: Request): void => {
    followers.of(request)?.finish(false);
  };
  return { before: logContextBefore, after: logContextAfter, onError: logContextOnError };
}

/** What is done when an invocation ends. */
interface EndSettings {
  readonly logger: PipelineLogger;
  readonly flush: boolean | undefined;
  /** Whether the keys of the logger itself end. */
  readonly resetsLogger: boolean;
}

/** What belongs to the lines of one invocation, and ends with it. */
class LoggedInvocation implements Follower {
  readonly owner: Followers<LoggedInvocation>;
  older: Follower | undefined;
  readonly #settings: EndSettings;
  readonly #request: Request;
  #hasEnded = false;

  constructor(owner: Followers<LoggedInvocation>, settings: EndSettings, request: Request) {
    this.owner = owner;
    this.#settings = settings;
    this.#request = request;
  }

  whenSkipped(): void {
    this.finish(false);
  }

  /** @param canReplaceResponse see {@link whenAnswered}. */
  finish(canReplaceResponse: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#endBuffer();
    // A streamed answer is still being made.
    whenAnswered(this.#request, canReplaceResponse, () => this.#resetLogger());
  }

  #endBuffer(): void {
    const { logger, flush } = this.#settings;
    const thrown = thrownError(this.#request);
    quietly(() => {
      if (thrown === undefined || flush === false) logger.clearBuffer?.();
      else logger.flushBuffer?.();
      if (thrown !== undefined && flush === true) {
        logger.error?.({ message: UNCAUGHT, error: thrown.error });
      }
    });
  }

  #resetLogger(): void {
    const { logger, resetsLogger } = this.#settings;
    if (resetsLogger) quietly(() => logger.resetKeys?.());
  }
}

/**
 * Finds the correlation id by an expression of the user's, with the search function of the user's logger, for
 * `correlationId({ find })`.
 *
 * @throws TypeError when the logger cannot search.
 */
export function findByPath(logger: PipelineLogger, path: string): (event: unknown) => unknown {
  if (logger === processLogger || logger === shared.logger || logger.setCorrelationId === undefined) {
    throw new TypeError(
      'The option "correlationIdPath" of observability({ logging }) needs a "logger" of your own with a "correlationIdSearchFn": ' +
        'new Logger({ correlationIdSearchFn: search })',
    );
  }
  holdKeys(logger);
  return (event) =>
    withOwnLogKeys(() => {
      logger.setCorrelationId?.(event, path);
      const found = logger.getCorrelationId?.();
      logger.removeKeys?.(['correlation_id']);
      return found;
    });
}

/** Whether the lines of a logger are masked by us, whichever copy of this package its formatter is of. */
function masksLines(logger: object): boolean {
  try {
    const { getLogFormatter } = logger as { getLogFormatter?: () => object };
    return Reflect.get(getLogFormatter?.call(logger) ?? {}, MASKS_LINES) === true;
  } catch {
    // A logger that throws.
    return false;
  }
}

/** An event that cannot be written, or a logger that throws, changes nothing for the handler. */
function quietly(fn: () => unknown): void {
  try {
    fn();
  } catch {
    // Its lines then miss what it should have done.
  }
}
