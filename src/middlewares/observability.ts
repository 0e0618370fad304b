import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { MiddlewareObj } from '@middy/core';
import { checkOptions } from '../check-options.ts';
import { logger } from '../telemetry/logger.ts';
import type { CorrelationIdOptions } from './correlation-id.ts';
import { correlationId } from './correlation-id.ts';
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
}

/**
 * The whole stack, for `.use()`, to be used before every other middleware. The order is decided here, and only here:
 *
 * 1. the correlation id first, so that everything below, its errors included, carries it, and so that the header is added
 *    to the answer last;
 * 2. Lambda's context for the log lines;
 * 3. tracing, which covers whatever is used after it;
 * 4. response capture last: its `after` runs first, while the handler's subsegment is still open.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function observability(options: ObservabilityOptions = {}): MiddlewareObj[] {
  checkOptions('observability', options, {
    correlation: 'object',
    tracing: 'object',
    capture: 'options or false',
  });
  return [
    correlationId(options.correlation),
    injectLambdaContext(logger),
    tracing(options.tracing),
    ...(options.capture === false ? [] : [responseCapture(options.capture)]),
  ];
}
