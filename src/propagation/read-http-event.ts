import type { CorrelationContext } from './correlation.ts';
import type { ExtractionOptions } from './extract-correlation.ts';
import { CORRELATION_ID_KEY, isCorrelationId, newCorrelationId } from './correlation-id.ts';
import { TRACE_HEADER_NAME } from './trace-header.ts';
import { isHeaderValue, MAX_TRACE_HEADER_LENGTH } from './header-value.ts';

/** Carriers that are to be checked, or looked through, before they are sent on; in lower case, as the next. */
const OF_W3C: readonly string[] = ['traceparent', 'tracestate', 'baggage'];
const TRACE_HEADER = TRACE_HEADER_NAME.toLowerCase();
/** The lengths of these names, a bit each: almost every other header is told from all of them by its length. */
const LENGTHS = lengthsOf([...OF_W3C, TRACE_HEADER]);

/*
 * Every invocation runs this, and most processes end before the engine has made all of it fast: loops over what the event holds call
 * nothing for most of it.
 */

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
    const { version, httpMethod, headers, multiValueHeaders, requestContext, type } = event as Fields;
    const { raw_path: ofLattice } = event as Fields;
    const isRest = Boolean(httpMethod);
    if (
      typeof headers !== 'object' ||
      (isRest
        ? !headers && multiValueHeaders
        : httpMethod !== undefined || version !== '2.0' || multiValueHeaders) ||
      (lambdaContext as Fields | undefined)?.clientContext ||
      // What tells other events from those of API Gateway.
      type !== undefined ||
      ofLattice !== undefined ||
      (requestContext && isOfOthers(requestContext as Fields)) ||
      // A direct invocation may carry the id beside the headers.
      hasMember(event as Fields, idKey)
    ) {
      return undefined;
    }
    // Those with several values come first, as everywhere.
    const found: Found = { id: undefined, traceHeader: undefined };
    if (multiValueHeaders && !readHeaders(multiValueHeaders, idKey, found)) return undefined;
    if (headers && !readHeaders(headers, idKey, found)) return undefined;
    let { id } = found;
    const { traceHeader } = found;
    const ofGateway = requestId === true ? (requestContext as Fields | undefined)?.requestId : undefined;
    if (id === undefined || id === null) {
      id = isCorrelationId(ofGateway) ? ofGateway : newCorrelationId(lambdaContext);
    } else if (!isCorrelationId(id)) {
      return undefined;
    }
    const correlationId = id as string;
    const source = isRest ? 'api-gateway-rest' : 'api-gateway-http';
    const own = header === undefined ? undefined : { header };
    if (traceHeader === undefined || traceHeader === null) return { correlationId, source, ...own };
    return isHeaderValue(traceHeader, MAX_TRACE_HEADER_LENGTH)
      ? { correlationId, source, incoming: { traceHeader }, ...own }
      : undefined;
  } catch {
    // A getter or a proxy that throws, or no object at all.
    return undefined;
  }
}

/** Whether what stands beside a request is of a function URL, a load balancer, a WebSocket or VPC Lattice. */
function isOfOthers({ domainName, elb, connectionId, serviceNetworkArn, targetGroupArn }: Fields): boolean {
  return (
    (typeof domainName === 'string' ? domainName : String(domainName)).includes('.lambda-url.') ||
    elb !== undefined ||
    connectionId !== undefined ||
    serviceNetworkArn !== undefined ||
    targetGroupArn !== undefined
  );
}

/** What the headers carry, as it stands there. */
interface Found {
  id: unknown;
  traceHeader: unknown;
}

/**
 * Looks through headers; what was found before stays.
 *
 * @returns whether they carry nothing else that is to be read.
 */
function readHeaders(headers: object, idKey: string, found: Found): boolean {
  const names = Object.keys(headers);
  // All are read, whether they are of use or not: what throws is an event of another kind.
  const values: unknown[] = Object.values(headers);
  const lengths = LENGTHS | lengthOf(idKey);
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] as string;
    if ((lengths & (1 << name.length)) === 0) continue;
    const known = name.toLowerCase();
    if (OF_W3C.includes(known)) return false;
    const value = values[at];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (known === idKey) found.id ??= first;
    else if (known === TRACE_HEADER) found.traceHeader ??= first;
  }
  return true;
}

/** Whether an object has a member of this name, which is in lower case, whatever its case there. */
function hasMember(object: Fields, name: string): boolean {
  if (object[name] !== undefined) return true;
  const names = Object.keys(object);
  const { length } = name;
  for (let at = 0; at < names.length; at += 1) {
    if (names[at]?.length === length && names[at]?.toLowerCase() === name) return true;
  }
  return false;
}

function lengthsOf(names: readonly string[]): number {
  return names.reduce((lengths, name) => lengths | lengthOf(name), 0);
}

/** A bit for the length of a name; names that differ by 32 share it. */
function lengthOf({ length }: string): number {
  return 1 << length;
}

type Fields = Readonly<Record<string, unknown>>;
