import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions } from '../check-options.ts';
import { whenHooksAreSkipped } from '../lifecycle/request-ending.ts';
import { decodeEvent, EVENT_FIELD_NAMES } from '../redaction/walk/decode-event.ts';
import type { RedactionPolicy } from '../redaction/redact.ts';
import type { Capture } from '../telemetry/capture.ts';
import { createCapture } from '../telemetry/capture.ts';
import { tracer as processTracer } from '../telemetry/current-tracer.ts';
import { setPipelineCapture } from '../telemetry/trace-scope.ts';
import type { Tracer } from '../telemetry/tracer.ts';

/** Options of {@link responseCapture}: what may be shown, and what records it. */
export interface ResponseCaptureOptions extends RedactionPolicy {
  /**
   * Whether the event is captured too, as it arrived: `true` by the policy of the response, or a policy of its own.
   *
   * @default false
   */
  readonly captureEvent?: boolean | RedactionPolicy;
  /**
   * What records.
   *
   * @default the tracer of the process: inert unless `POWERTOOLS_TRACE_ENABLED` is `true`
   */
  readonly tracer?: Tracer;
}

/** Where captures are found on the handler's subsegment: `metadata.lantern.response` and `metadata.lantern.event`. */
const NAMESPACE = 'lantern';

/** Of the room in the document that the event may take: the response comes later, and is missed more. */
const SHARE_OF_EVENT = 0.5;

/**
 * Puts the response on the handler's subsegment in a form that is safe to show: its shape, and values only where the
 * policy allows them, in what is left of the document; the event too where that is asked for. The policy also holds for
 * what `traced()` captures and for the texts of the trace. Nothing is computed for an invocation that is not recorded.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function responseCapture(options: ResponseCaptureOptions = {}): MiddlewareObj {
  const { tracer = processTracer, captureEvent = false, ...policy } = options;
  checkOptions('responseCapture', { tracer, captureEvent }, { tracer: 'object', captureEvent: 'policy' });
  const ofResponse = createCapture(policy);
  const ofEvent = createCapture(forEvents(typeof captureEvent === 'object' ? captureEvent : policy));

  const add = (key: string, value: unknown, capture: Capture, share: number): void => {
    const captured = capture.show(value, Math.floor(tracer.metadataRoom() * share));
    if (captured !== undefined) tracer.addMetadata(NAMESPACE, key, captured);
  };
  const capture = (request: Request): void => {
    if (tracer.recording && request.response !== undefined) add('response', request.response, ofResponse, 1);
  };

  const responseCaptureBefore = (request: Request): void => {
    if (!tracer.enabled) return;
    whenHooksAreSkipped(request, () => capture(request));
    if (!tracer.recording) return;
    setPipelineCapture(ofResponse);
    // Now, because the middlewares that follow change it: parsers put objects in the place of bodies.
    if (captureEvent !== false) add('event', decodeEvent(request.event), ofEvent, SHARE_OF_EVENT);
  };
  const responseCaptureAfter = capture;
  const responseCaptureOnError = capture;
  return { before: responseCaptureBefore, after: responseCaptureAfter, onError: responseCaptureOnError };
}

/** The policy with the names of what AWS delivers. */
function forEvents(policy: RedactionPolicy): RedactionPolicy {
  return { ...policy, fieldNames: [...(policy.fieldNames ?? []), ...EVENT_FIELD_NAMES] };
}
