import type { CorrelationContext } from './correlation.ts';
import type { ExtractionOptions } from './extract-correlation.ts';
import { CORRELATION_ID_KEY, isCorrelationId, newCorrelationId } from './correlation-id.ts';
import { TRACE_HEADER_NAME } from './trace-header.ts';
import { isHeaderValue, MAX_TRACE_HEADER_LENGTH } from './header-value.ts';

/** Names in lower case that are looked for among many others, whatever the case of those. */
class Names {
  readonly #names: readonly string[];
  /** Which lengths they have, a bit each: almost every other name is told from all of them by its length. */
  readonly #lengths: number;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#lengths = names.reduce((lengths, { length }) => lengths | (1 << length), 0);
  }

  has(name: string): boolean {
    if ((this.#lengths & (1 << name.length)) === 0) return false;
    for (const each of this.#names) if (isNamed(each, name)) return true;
    return false;
  }
}

/** What tells other events from those of API Gateway. */
const OF_OTHERS = new Names([
  'type',
  'raw_path',
  'elb',
  'connectionid',
  'servicenetworkarn',
  'targetgrouparn',
]);
/** Carriers that are to be checked, or looked through, before they are sent on. */
const OF_W3C = new Names(['traceparent', 'tracestate', 'baggage']);
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
    if (OF_W3C.has(name)) return false;
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
function hasAny(object: unknown, names: Names, name: string): boolean {
  for (const key of Object.keys(object ?? {})) if (isNamed(name, key) || names.has(key)) return true;
  return false;
}

/** Whether a name is one that is known, which is in lower case. */
function isNamed(known: string, name: string): boolean {
  return (
    name.length === known.length &&
    mayBeginAs(known, name) &&
    (name === known || name.toLowerCase() === known)
  );
}

/** A first look, since `toLowerCase` makes a text: false where the first characters differ by more than their case. */
function mayBeginAs(known: string, name: string): boolean {
  const first = name.charCodeAt(0);
  return (first | CASE) === (known.charCodeAt(0) | CASE) || first > LAST_OF_ASCII;
}

/** What the codes of a letter of ASCII in its two cases differ by. */
const CASE = 0x20;
const LAST_OF_ASCII = 0x7f;

type Fields = Readonly<Record<string, unknown>>;
