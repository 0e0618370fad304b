import type { CorrelationContext } from './correlation.ts';
import type { ExtractionOptions } from './extract-correlation.ts';
import { CORRELATION_ID_KEY, isCorrelationId, newCorrelationId } from './correlation-id.ts';
import { TRACE_HEADER_NAME } from './trace-header.ts';
import { isHeaderValue, MAX_TRACE_HEADER_LENGTH } from './header-value.ts';

/** What tells other events from those of API Gateway, in lower case. */
const OF_OTHERS = ['type', 'raw_path', 'elb', 'connectionid', 'servicenetworkarn', 'targetgrouparn'] as const;
/** Carriers that are to be checked, or looked through, before they are sent on. */
const OF_W3C = ['traceparent', 'tracestate', 'baggage'] as const;
const TRACE_HEADER = TRACE_HEADER_NAME.toLowerCase();

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
    const { version, httpMethod, headers, multiValueHeaders, requestContext } = event as Fields;
    const isRest = Boolean(httpMethod);
    if (
      typeof headers !== 'object' ||
      (isRest
        ? !headers && multiValueHeaders
        : httpMethod !== undefined || version !== '2.0' || multiValueHeaders) ||
      (lambdaContext as Fields | undefined)?.clientContext ||
      String((requestContext as Fields | undefined)?.domainName).includes('.lambda-url.') ||
      // A direct invocation may carry the id beside the headers.
      hasAny(event, OF_OTHERS, idKey) ||
      hasAny(requestContext, OF_OTHERS, idKey)
    ) {
      return undefined;
    }
    // Those with several values come first, as everywhere.
    const found: Found = {};
    if (!readHeaders(multiValueHeaders, idKey, found) || !readHeaders(headers, idKey, found))
      return undefined;
    let { id } = found;
    const { traceHeader } = found;
    const ofGateway = requestId === true ? (requestContext as Fields | undefined)?.requestId : undefined;
    if (id === undefined || id === null) {
      id = isCorrelationId(ofGateway) ? ofGateway : newCorrelationId(lambdaContext);
    } else if (!isCorrelationId(id)) {
      return undefined;
    }
    const context = {
      correlationId: id as string,
      source: isRest ? 'api-gateway-rest' : 'api-gateway-http',
      ...(header !== undefined && { header }),
    };
    if (traceHeader === undefined || traceHeader === null) return context;
    return isHeaderValue(traceHeader, MAX_TRACE_HEADER_LENGTH)
      ? { ...context, incoming: { traceHeader } }
      : undefined;
  } catch {
    // A getter or a proxy that throws, or no object at all.
    return undefined;
  }
}

/** What the headers carry, as it stands there. */
interface Found {
  id?: unknown;
  traceHeader?: unknown;
}

/**
 * Looks through headers; what was found before stays.
 *
 * @returns whether they carry nothing else that is to be read.
 */
function readHeaders(headers: unknown, idKey: string, found: Found): boolean {
  for (const name of Object.keys(headers ?? {})) {
    if (isAnyOf(OF_W3C, name)) return false;
    // Read whether it is of use or not: what throws is an event of another kind.
    const value = (headers as Fields)[name];
    const isId = isNamed(idKey, name);
    if (!isId && !isNamed(TRACE_HEADER, name)) continue;
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (isId) found.id ??= first;
    else found.traceHeader ??= first;
  }
  return true;
}

/** Whether an object has a member of one of these names, whatever its case. */
function hasAny(object: unknown, names: readonly string[], name: string): boolean {
  for (const key of Object.keys(object ?? {})) if (isNamed(name, key) || isAnyOf(names, key)) return true;
  return false;
}

function isAnyOf(known: readonly string[], name: string): boolean {
  for (const each of known) if (isNamed(each, name)) return true;
  return false;
}

/** Whether a name is one that is known, which is in lower case; most are told from it by their length alone. */
function isNamed(known: string, name: string): boolean {
  return name.length === known.length && (name === known || name.toLowerCase() === known);
}

type Fields = Readonly<Record<string, unknown>>;
