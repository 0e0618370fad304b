import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions } from '../check-options.ts';
import { whenHooksAreSkipped } from '../lifecycle/request-ending.ts';
import type { RedactionPolicy } from '../redaction/redact.ts';
import { redact } from '../redaction/redact.ts';
import { tracer as processTracer } from '../telemetry/current-tracer.ts';
import type { Tracer } from '../telemetry/tracer.ts';

/** Options of {@link responseCapture}: what may be shown, and what records it. */
export interface ResponseCaptureOptions extends RedactionPolicy {
  /**
   * What records.
   *
   * @default the tracer of the process: inert unless `POWERTOOLS_TRACE_ENABLED` is `true`
   */
  readonly tracer?: Tracer;
}

/** Where the captured response is found on the handler's subsegment: `metadata.lantern.response`. */
const NAMESPACE = 'lantern';

/**
 * Puts the response on the handler's subsegment in a form that is safe to show: its shape, and values only where the
 * policy allows them. Nothing is computed for an invocation that is not recorded.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function responseCapture(options: ResponseCaptureOptions = {}): MiddlewareObj {
  checkOptions('responseCapture', options, { allow: 'strings', tracer: 'object' });
  const { tracer = processTracer, ...policy } = options;

  const capture = (request: Request): void => {
    if (!tracer.recording || request.response === undefined) return;
    tracer.addMetadata(NAMESPACE, 'response', redact(request.response, policy));
  };

  const responseCaptureBefore = (request: Request): void => {
    if (tracer.enabled) whenHooksAreSkipped(request, () => capture(request));
  };
  const responseCaptureAfter = capture;
  const responseCaptureOnError = capture;
  return { before: responseCaptureBefore, after: responseCaptureAfter, onError: responseCaptureOnError };
}
