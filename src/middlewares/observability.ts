import type { MiddlewareObj } from '@middy/core';
import { checkOptions, object, optionsOrFalse, policyOrFlag } from '../check-options.ts';
import { currentCorrelation } from '../propagation/correlation.ts';
import type { RedactionPolicy } from '../redaction/redact.ts';
import { processLogger } from '../telemetry/process-logger.ts';
import type { PipelineLogger } from '../telemetry/process-logger.ts';
import { shared } from '../telemetry/shared-logger.ts';
import type { CorrelationIdOptions } from './correlation-id.ts';
import { correlationId } from './correlation-id.ts';
import type { LoggingOptions } from './log-context.ts';
import { findByPath, logContext } from './log-context.ts';
import type { ResponseCaptureOptions } from './response-capture.ts';
import { responseCapture } from './response-capture.ts';
import type { TracingOptions } from './tracing.ts';
import { tracing } from './tracing.ts';

/** Options of {@link observability}: those of its middlewares. */
export interface ObservabilityOptions {
  readonly correlation?: CorrelationIdOptions;
  readonly tracing?: TracingOptions;
  /** What of the response may be shown in a trace; `false` captures nothing. */
  readonly capture?: ResponseCaptureOptions | false;
  /**
   * Whether the event may be shown in a trace too: `true` by the policy of `capture`, or a policy of its own.
   *
   * @default false
   */
  readonly captureEvent?: boolean | RedactionPolicy;
  /**
   * Your own Powertools Logger, which gets Lambda's context and says what goes wrong. Give it a
   * `RedactingLogFormatter`, or its lines show what they are given.
   *
   * @default the shared logger
   */
  readonly logger?: PipelineLogger;
  /** What Powertools' `injectLambdaContext` can do, and when temporary keys end. */
  readonly logging?: LoggingOptions;
}

/**
 * The whole stack, for `.use()`, to be used before every other middleware. The order is decided here, and only here:
 *
 * 1. the correlation id first, so that everything below, its errors included, carries it, and so that the header is added
 *    to the answer last;
 * 2. Lambda's context for the log lines, as Powertools' `injectLambdaContext` gives it, and the end of their keys;
 * 3. tracing, which covers whatever is used after it;
 * 4. response capture last: its `after` runs first, while the handler's subsegment is still open.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function observability(options: ObservabilityOptions = {}): MiddlewareObj[] {
  checkOptions('observability()', options, {
    correlation: object,
    tracing: object,
    capture: optionsOrFalse,
    captureEvent: policyOrFlag,
    logger: object,
    logging: object,
  });
  const { logging = {} } = options;
  // The shared logger is one for all pipelines, whoever names it.
  const logger = options.logger === shared.logger ? processLogger : (options.logger ?? processLogger);
  const path = logging.correlationIdPath;
  const captured = captureOptions(options);
  return [
    ownTurn,
    correlationId({
      logger,
      ...(path !== undefined && { find: findByPath(logger, path) }),
      ...options.correlation,
    }),
    logContext(logger, logging),
    tracing({ logger, ...options.tracing }),
    ...(captured === undefined ? [] : [responseCapture(captured)]),
  ];
}

/**
 * Scopes that are opened before the first `await` reach whoever called the pipeline. That is another pipeline where the
 * code stands in a scope already; it must not share ours while both go on.
 */
const ownTurn: MiddlewareObj = {
  before: function ownTurnBefore(): Promise<void> | undefined {
    return currentCorrelation() && Promise.resolve();
  },
};

function captureOptions({
  capture = {},
  captureEvent,
}: ObservabilityOptions): ResponseCaptureOptions | undefined {
  if (capture !== false) return captureEvent === undefined ? capture : { captureEvent, ...capture };
  if (captureEvent === undefined || captureEvent === false) return undefined;
  // Of the response nothing; of the event what its policy shows.
  return { mode: 'off', captureEvent: captureEvent === true ? {} : captureEvent };
}
