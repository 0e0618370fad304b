import type { CorrelationContext } from './correlation.ts';
import type { ExtractionOptions } from './extract-correlation.ts';
import { CORRELATION_ID_KEY, isCorrelationId, newCorrelationId } from './correlation-id.ts';
import { isHeaderValue, MAX_TRACE_HEADER_LENGTH } from './header-value.ts';

/** What tells other events from those of API Gateway. */
const OF_OTHERS = /^(type|raw_path|elb|connectionId|serviceNetworkArn|targetGroupArn)$/i;
/** Carriers that are to be checked, or looked through, before they are sent on. */
const OF_W3C = /^(traceparent|tracestate|baggage)$/;

/**
 * Reads an event of API Gateway that carries nothing but a valid correlation id and a trace header, or less. Most functions
 * get no other, and do without the code that reads any. Of what it takes it says the same as `extractCorrelation`.
 *
 * @returns undefined for every other event. Never throws.
 */
export function readHttpEvent(
  event: unknown,
  lambdaContext: unknown,
  { header, requestId }: ExtractionOptions = {},
): CorrelationContext | undefined {
  try {
    const idKey = (header ?? CORRELATION_ID_KEY).toLowerCase();
    // A direct invocation may carry the id beside the headers.
    const isOfOthers = (key: string): boolean => OF_OTHERS.test(key) || key.toLowerCase() === idKey;
    const { version, httpMethod, headers, multiValueHeaders, requestContext } = event as Fields;
    const isRest = Boolean(httpMethod);
    if (
      typeof headers !== 'object' ||
      (isRest
        ? !headers && multiValueHeaders
        : httpMethod !== undefined || version !== '2.0' || multiValueHeaders) ||
      (lambdaContext as Fields | undefined)?.clientContext ||
      String((requestContext as Fields | undefined)?.domainName).includes('.lambda-url.') ||
      [event, requestContext].some((each) => Object.keys(each ?? {}).some(isOfOthers))
    ) {
      return undefined;
    }
    let id: unknown;
    let traceHeader: unknown;
    for (const [name, value] of [multiValueHeaders, headers].flatMap((each) => Object.entries(each ?? {}))) {
      const key = name.toLowerCase();
      const first: unknown = Array.isArray(value) ? value[0] : value;
      if (OF_W3C.test(key)) return undefined;
      if (key === idKey) id ??= first;
      if (key === 'x-amzn-trace-id') traceHeader ??= first;
    }
    const ofGateway = requestId === true ? (requestContext as Fields | undefined)?.requestId : undefined;
    id ??= isCorrelationId(ofGateway) ? ofGateway : newCorrelationId(lambdaContext);
    traceHeader ??= undefined;
    if (!isCorrelationId(id)) return undefined;
    const context = {
      correlationId: id,
      source: isRest ? 'api-gateway-rest' : 'api-gateway-http',
      ...(header !== undefined && { header }),
    };
    if (traceHeader === undefined) return context;
    return isHeaderValue(traceHeader, MAX_TRACE_HEADER_LENGTH)
      ? { ...context, incoming: { traceHeader } }
      : undefined;
  } catch {
    // A getter or a proxy that throws, or no object at all.
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;
