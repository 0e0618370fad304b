import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions, object } from '../check-options.ts';
import { copyWith } from '../copy-with.ts';
import { whenBodyEnds, withWatchedBody } from '../lifecycle/observe-body.ts';
import { replaceEarlyResponse, whenHooksAreSkipped } from '../lifecycle/request-ending.ts';
import { enterCorrelation } from '../propagation/correlation.ts';
import { CORRELATION_ID_KEY, newCorrelationId } from '../propagation/correlation-id.ts';
import type { IdentifiedEvent, identifyEvent as identify } from '../propagation/extract-correlation.ts';
import { readHttpEvent } from '../propagation/read-http-event.ts';
import { processLogger } from '../telemetry/process-logger.ts';
import { waitingLines } from '../telemetry/shared-logger.ts';

/** Options of {@link correlationId}. */
export interface CorrelationIdOptions {
  /**
   * Who is told when an incoming id was refused.
   *
   * @default the shared logger
   */
  readonly logger?: { warn(message: string): void };
}

/**
 * Gives the invocation a correlation id: the one its event carries, or a new one. `getCorrelationId()` returns it
 * anywhere in the call tree, log lines and outgoing calls carry it, and HTTP answers repeat it in `x-correlation-id`.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function correlationId(options: CorrelationIdOptions = {}): MiddlewareObj {
  checkOptions('correlationId()', options, { logger: object });
  const { logger = processLogger } = options;
  const endings = new WeakMap<object, (response: unknown) => unknown>();

  const correlationIdBefore = (request: Request): Promise<void> | undefined => {
    const { event, context: lambdaContext } = request;
    let context = readHttpEvent(event, lambdaContext);
    let headersField: IdentifiedEvent['headersField'] = 'headers';
    // At once, because only the synchronous part of a hook can.
    const scope = enterCorrelation(lambdaContext, context);
    const repeatId = (response: unknown): unknown =>
      withHeader(withWatchedBody(response), context?.correlationId, headersField);
    /** Leaves the scope, now or when the body of a streamed answer has ended; what is logged until then carries the id. */
    const leave = (response: unknown): void => {
      const isStreamed = whenBodyEnds(response, () => {
        scope.leave();
        return waitingLines();
      });
      if (!isStreamed) scope.leave();
    };
    endings.set(request, (response) => {
      const answer = repeatId(response);
      leave(answer);
      return answer;
    });
    let early: unknown;
    // Nothing that was logged may be lost with the process, which freezes with the answer.
    replaceEarlyResponse(request, (response) => {
      early = repeatId(response);
      const lines = response === undefined ? undefined : waitingLines();
      return lines === undefined ? early : lines.then(() => early);
    });
    whenHooksAreSkipped(request, () => leave(early));
    if (context !== undefined) return undefined;
    const identifyAnew = (): void => {
      context = { correlationId: newCorrelationId(lambdaContext), source: 'unknown' };
      scope.set(context);
    };
    const identifyBy = (identifyEvent: IdentifyEvent): void => {
      try {
        const identified = identifyEvent(event, lambdaContext);
        ({ context, headersField } = identified);
        scope.set(context);
        if (identified.replaced) {
          logger.warn('The incoming correlation id was not valid and has been replaced');
        }
      } catch {
        // An event that throws when it is read, or a logger that throws.
        if (context === undefined) identifyAnew();
      }
    };
    if (loadedIdentifyEvent === undefined) return loadIdentifyEvent().then(identifyBy, identifyAnew);
    identifyBy(loadedIdentifyEvent);
    return undefined;
  };
  const correlationIdAfter = (request: Request): Promise<void> | undefined => {
    const end = endings.get(request);
    if (end !== undefined) {
      const response = end(request.response);
      if (response !== request.response) request.response = response;
    }
    return waitingLines();
  };
  return { before: correlationIdBefore, after: correlationIdAfter, onError: correlationIdAfter };
}

type IdentifyEvent = typeof identify;

/** Kept once it is loaded: another `import()` would take longer than all the rest of an invocation. */
let loadedIdentifyEvent: IdentifyEvent | undefined;

async function loadIdentifyEvent(): Promise<IdentifyEvent> {
  const { identifyEvent } = await import('../lazy/events.ts');
  loadedIdentifyEvent = identifyEvent;
  return identifyEvent;
}

/**
 * An HTTP answer with the id added, as a copy; anything else as it is, and so an answer that cannot be copied. A header that
 * is already there wins.
 */
function withHeader(
  response: unknown,
  id: string | undefined,
  field: IdentifiedEvent['headersField'],
): unknown {
  if (field === undefined || id === undefined) return response;
  try {
    if (typeof response !== 'object' || response === null || !Object.hasOwn(response, 'statusCode')) {
      return response;
    }
    const { headers, multiValueHeaders } = response as Partial<Record<string, object>>;
    const names = [headers, multiValueHeaders].flatMap((each) => Object.keys(each ?? {}));
    if (names.some((name) => name.toLowerCase() === CORRELATION_ID_KEY)) return response;
    const value = field === 'headers' ? id : [id];
    const given = field === 'headers' ? headers : multiValueHeaders;
    const carrying = copyWith(given ?? {}, { [CORRELATION_ID_KEY]: value });
    return (carrying && copyWith(response, { [field]: carrying })) ?? response;
  } catch {
    // A getter or a proxy that throws: whoever sends the answer will see it too.
    return response;
  }
}
