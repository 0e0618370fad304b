import type { MiddlewareObj, Request } from '@middy/core';
import { whenHooksAreSkipped } from '../lifecycle/request-ending.ts';
import type { RedactionPolicy } from '../redaction/redact.ts';
import { createRedactor } from '../redaction/redact.ts';
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
  const { tracer = processTracer, ...policy } = options;
  const redact = createRedactor(policy);

  const capture = (request: Request): void => {
    if (!tracer.recording || request.response === undefined) return;
    const captured = redact(request.response);
    if (captured !== undefined) tracer.addMetadata(NAMESPACE, 'response', captured);
  };

  const responseCaptureBefore = (request: Request): void => {
    if (tracer.enabled) whenHooksAreSkipped(request, () => capture(request));
  };
  const responseCaptureAfter = capture;
  const responseCaptureOnError = capture;
  return { before: responseCaptureBefore, after: responseCaptureAfter, onError: responseCaptureOnError };
}
