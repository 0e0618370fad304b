import { getCorrelationId } from '../propagation/correlation.ts';
import { CORRELATION_ID_KEY } from '../propagation/correlation-id.ts';
import { TRACE_HEADER_NAME } from '../propagation/trace-header.ts';
import { tracer } from '../telemetry/current-tracer.ts';
import { allowedHosts, isAllowedHost } from './allowed-hosts.ts';

/**
 * `fetch` that shows up in the timeline under the host's name and carries the trace onwards. The correlation id goes only
 * to loopback and to the hosts that `LANTERN_PROPAGATE_TO` names. A header that the caller set is kept.
 */
export const observedFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { hostname, origin, pathname } = new URL(request.url);
  const ours = isAllowedHost(hostname, allowedHosts());
  return tracer.traceCall({ name: hostname, namespace: 'remote' }, async (call) => {
    setHeader(request.headers, TRACE_HEADER_NAME, call.traceHeader);
    if (ours) setHeader(request.headers, CORRELATION_ID_KEY, getCorrelationId());
    // Without the query string: it is where tokens and search terms are.
    const described = { method: request.method, url: `${origin}${pathname}` };
    call.describe({ http: { request: described }, ...(ours && { traced: true }) });
    const response = await fetch(request);
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    call.describe({
      http: {
        request: described,
        response: {
          status: response.status,
          ...(Number.isSafeInteger(length) && { content_length: length }),
        },
      },
    });
    return response;
  });
};

function setHeader(headers: Headers, name: string, value: string | undefined): void {
  if (value !== undefined && !headers.has(name)) headers.set(name, value);
}
