import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions, policyOrFlag } from '../check-options.ts';
import type { Follower } from '../lifecycle/request-ending.ts';
import { Followers } from '../lifecycle/request-ending.ts';
import { checkPolicy } from '../redaction/policy/check-policy.ts';
import type { RedactionPolicy } from '../redaction/redact.ts';
import { currentCaptures, currentSpan } from '../telemetry/trace-scope.ts';

/** Options of {@link responseCapture}: what may be shown. */
export interface ResponseCaptureOptions extends RedactionPolicy {
  /**
   * Whether the event is captured too, as it arrived: `true` by the policy of the response, or a policy of its own.
   *
   * @default false
   */
  readonly captureEvent?: boolean | RedactionPolicy;
}

/**
 * Puts the response on the handler's span in a form that is safe to show: its shape, and values only where the
 * policy allows them, in what is left of the document; the event too where that is asked for. The policy also holds for
 * what `traced()` captures and for the texts of the trace. What records is what `tracing()` chose. Nothing is computed for an invocation that is not recorded.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function responseCapture(options: ResponseCaptureOptions = {}): MiddlewareObj {
  const { captureEvent = false, ...policy } = options;
  checkOptions('responseCapture()', { captureEvent }, { captureEvent: policyOrFlag });
  checkPolicy('redaction policy', policy);
  if (typeof captureEvent === 'object') checkPolicy('redaction policy', captureEvent);
  const settings = { policy, captureEvent };
  const followers = new Followers<CapturedInvocation>();

  const capture = (request: Request): void => {
    if (request.response !== undefined) followers.of(request)?.capture(request.response);
  };
  const responseCaptureBefore = (request: Request): void => {
    const span = currentSpan();
    const captures = span && currentCaptures();
    if (span === undefined || captures === undefined) return;
    followers.add(request, {
      owner: followers,
      // Now, because the middlewares that follow change the event: parsers put objects in the place of bodies.
      capture: captures.follow(settings, span, request.event),
      whenSkipped: () => capture(request),
    });
  };
  const responseCaptureAfter = capture;
  const responseCaptureOnError = capture;
  return { before: responseCaptureBefore, after: responseCaptureAfter, onError: responseCaptureOnError };
}

interface CapturedInvocation extends Follower {
  readonly capture: (response: unknown) => void;
}
