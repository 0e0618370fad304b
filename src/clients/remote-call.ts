import { correlationHeader, getCorrelationId } from '../propagation/correlation.ts';
import type { CallData, SpanDescription } from '../telemetry/tracer.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { isAllowedHost } from './allowed-hosts.ts';
import type { NewHeaders } from './headers.ts';

/** A call over HTTP to something that is not AWS: what its record says, and what it carries. */
export interface RemoteCall {
  readonly description: SpanDescription;
  /** Whether the host may learn our correlation ids; it is then expected to be ours, and to trace. */
  readonly isOurs: boolean;
  /** What the record says of the request alone, and of the request with its answer. */
  describe(status?: number, contentLength?: unknown): CallData;
  /** The headers that the request carries unless the caller set them. */
  headers(traceHeaders: Readonly<Record<string, string>>): NewHeaders;
}

/**
 * @param url what is called. Its query string, user and password are left out of the record: they are where search terms
 * and tokens are.
 */
export function remoteCall(method: string, url: URL, hosts: AllowedHosts): RemoteCall {
  const isOurs = isAllowedHost(url.hostname, hosts);
  const request = { method: method.toUpperCase(), url: `${url.protocol}//${url.host}${url.pathname}` };
  return {
    description: { name: url.hostname, kind: 'client', callee: 'remote' },
    isOurs,
    describe: (status, contentLength) => ({
      http: { request, ...(status !== undefined && { response: { status, ...lengthOf(contentLength) } }) },
      ...(isOurs && { traced: true }),
    }),
    headers: (traceHeaders) => [
      // What others have put into the baggage is as little a stranger's business as the correlation id.
      ...Object.entries(traceHeaders).filter(([name]) => isOurs || name.toLowerCase() !== 'baggage'),
      [correlationHeader(), isOurs ? getCorrelationId() : undefined],
    ],
  };
}

function lengthOf(value: unknown): { content_length: number } | undefined {
  const length = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(length) ? { content_length: length } : undefined;
}
