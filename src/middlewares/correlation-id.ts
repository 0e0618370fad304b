import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions, object } from '../check-options.ts';
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
      withHeader(response, context?.correlationId, headersField);
    endings.set(request, (response) => {
      scope.leave();
      return repeatId(response);
    });
    // Nothing that was logged may be lost with the process, which freezes with the answer.
    replaceEarlyResponse(request, (response) => {
      const lines = response === undefined ? undefined : waitingLines();
      return lines === undefined ? repeatId(response) : lines.then(() => repeatId(response));
    });
    whenHooksAreSkipped(request, () => scope.leave());
    if (context !== undefined) return undefined;
    const identifyBy = (identifyEvent: IdentifyEvent): void => {
      const identified = identifyEvent(event, lambdaContext);
      ({ context, headersField } = identified);
      scope.set(context);
      if (identified.replaced) logger.warn('The incoming correlation id was not valid and has been replaced');
    };
    if (loadedIdentifyEvent === undefined) {
      return loadIdentifyEvent().then(identifyBy, () =>
        scope.set({ correlationId: newCorrelationId(lambdaContext), source: 'unknown' }),
      );
    }
    identifyBy(loadedIdentifyEvent);
    return undefined;
  };
  const correlationIdAfter = (request: Request): Promise<void> | undefined => {
    const end = endings.get(request);
    if (end !== undefined) request.response = end(request.response);
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

/** An HTTP answer with the id added, as a copy; anything else as it is. A header that is already there wins. */
function withHeader(
  response: unknown,
  id: string | undefined,
  field: IdentifiedEvent['headersField'],
): unknown {
  if (field === undefined || id === undefined) return response;
  if (typeof response !== 'object' || response === null || !('statusCode' in response)) return response;
  const { headers, multiValueHeaders } = response as Partial<Record<string, object>>;
  const names = Object.keys({ ...headers, ...multiValueHeaders });
  if (names.some((name) => name.toLowerCase() === CORRELATION_ID_KEY)) return response;
  const value = field === 'headers' ? id : [id];
  return {
    ...response,
    [field]: { ...(response as Partial<Record<string, object>>)[field], [CORRELATION_ID_KEY]: value },
  };
}
