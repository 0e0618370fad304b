import type { MiddlewareObj, Request } from '@middy/core';
import { checkOptions, object } from '../check-options.ts';
import { replaceEarlyResponse, whenHooksAreSkipped } from '../lifecycle/request-ending.ts';
import { enterCorrelation } from '../propagation/correlation.ts';
import { CORRELATION_ID_KEY } from '../propagation/correlation-id.ts';
import { answersHttp } from '../propagation/event-sources.ts';
import { extractCorrelation, toCorrelationContext } from '../propagation/extract-correlation.ts';
import { logger as processLogger } from '../telemetry/logger.ts';

/** Options of {@link correlationId}. */
export interface CorrelationIdOptions {
  /**
   * Who is told when an incoming id was refused.
   *
   * @default the shared logger
   */
  readonly logger?: { warn(message: string): void };
}

interface Invocation {
  readonly correlationId: string;
  /** Where the answer repeats the id; undefined when nobody reads headers of it. */
  readonly headersField: 'headers' | 'multiValueHeaders' | undefined;
  readonly leave: () => void;
}

/**
 * Gives the invocation a correlation id: the one its event carries, or a new one. `getCorrelationId()` returns it
 * anywhere in the call tree, log lines and outgoing calls carry it, and HTTP answers repeat it in `x-correlation-id`.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function correlationId(options: CorrelationIdOptions = {}): MiddlewareObj {
  checkOptions('correlationId', options, { logger: object });
  const { logger = processLogger } = options;
  const invocations = new WeakMap<object, Invocation>();

  const finish = (request: Request): void => {
    const invocation = invocations.get(request);
    if (invocation === undefined) return;
    request.response = withHeader(request.response, invocation);
    invocation.leave();
  };

  const correlationIdBefore = (request: Request): void => {
    const extracted = extractCorrelation(request.event, request.context);
    const leave = enterCorrelation(toCorrelationContext(extracted));
    const { correlationId } = extracted;
    const headersField = answersHttp(extracted.source) ? headersFieldFor(request.event) : undefined;
    const invocation = { correlationId, headersField, leave };
    invocations.set(request, invocation);
    replaceEarlyResponse(request, (response) => withHeader(response, invocation));
    whenHooksAreSkipped(request, leave);
    if (extracted.replaced) logger.warn('The incoming correlation id was not valid and has been replaced');
  };
  const correlationIdAfter = finish;
  const correlationIdOnError = finish;
  return { before: correlationIdBefore, after: correlationIdAfter, onError: correlationIdOnError };
}

/** An ALB whose target group is set to multi-value headers sends only those, and reads only those. */
function headersFieldFor(event: unknown): 'headers' | 'multiValueHeaders' {
  const { headers, multiValueHeaders } = (event ?? {}) as { headers?: unknown; multiValueHeaders?: unknown };
  return Boolean(multiValueHeaders) && !headers ? 'multiValueHeaders' : 'headers';
}

/** An HTTP answer with the id added, as a copy; anything else as it is. A header that is already there wins. */
function withHeader(response: unknown, { correlationId, headersField }: Invocation): unknown {
  if (headersField === undefined || typeof response !== 'object' || response === null) return response;
  if (!('statusCode' in response)) return response;
  const answer = response as Partial<Record<'headers' | 'multiValueHeaders', Record<string, unknown>>>;
  const names = [answer.headers, answer.multiValueHeaders].flatMap((headers) => Object.keys(headers ?? {}));
  if (names.some((name) => name.toLowerCase() === CORRELATION_ID_KEY)) return response;
  const value = headersField === 'headers' ? correlationId : [correlationId];
  return { ...response, [headersField]: { ...answer[headersField], [CORRELATION_ID_KEY]: value } };
}
