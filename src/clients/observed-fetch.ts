import { callback, checkOptions, texts } from '../check-options.ts';
import { correlationHeader } from '../propagation/correlation.ts';
import { attempt } from '../telemetry/guarded-span.ts';
import { inCallSpan } from '../telemetry/trace-scope.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { allowedHosts, hostsOfOption } from './allowed-hosts.ts';
import { dispatcherThatHidesTheId } from './fetch-redirects.ts';
import type { RemoteCall } from './remote-call.ts';
import { remoteCall } from './remote-call.ts';

export interface ObservedFetchOptions {
  /**
   * Hosts that may learn our correlation ids besides loopback; each covers its subdomains.
   *
   * @default what `LANTERN_PROPAGATE_TO` lists
   */
  readonly propagateTo?: readonly string[];
  /**
   * The `fetch` that does the work. One of your own follows redirects by its own rules: it may carry the id on to
   * another host, unless the call says `redirect: 'manual'` or `'error'`, or gives its `dispatcher`.
   *
   * @default the global one at the time of the call
   */
  readonly fetch?: typeof fetch;
}

type Input = Parameters<typeof fetch>[0];
type Init = NonNullable<Parameters<typeof fetch>[1]>;

/** The members of Fetch's `RequestInit`, and undici's own. They may be getters: a Request can be an init. */
const INIT_MEMBERS = [
  ...[
    'method',
    'body',
    'referrer',
    'referrerPolicy',
    'mode',
    'credentials',
    'cache',
    'redirect',
    'integrity',
  ],
  ...['keepalive', 'signal', 'duplex', 'priority', 'window', 'dispatcher'],
] as const;

/**
 * A `fetch` that shows up in the timeline under the host's name, until the answer's headers are there, and carries the
 * trace onwards. The correlation id goes only to loopback and to the hosts that are named for it, also when the answer
 * redirects to another. A header that the caller set is kept. Everything else is as with `fetch` itself.
 *
 * @throws TypeError for an option that does not exist, or a host that is none.
 */
export function createObservedFetch(options: ObservedFetchOptions = {}): typeof fetch {
  checkOptions('createObservedFetch()', options, { propagateTo: texts, fetch: callback });
  const { propagateTo, fetch: own } = options;
  const named = propagateTo && hostsOfOption('createObservedFetch', propagateTo);
  return async (input, init) => {
    const send = own ?? globalThis.fetch;
    const hosts = named ?? allowedHosts();
    // What cannot be read is for `fetch` to refuse, or for a stub of it to take.
    const call = attempt('read a request', () => describeCall(input, init, hosts));
    if (call === undefined) return send(input, init);
    return inCallSpan(call.description, async (record) => {
      record.describe(call.describe());
      const carried = attempt('carry the trace on', () => ({
        init: withContext(input, init, call, record.headers, hosts, own === undefined),
      }));
      const response = await send(input, carried === undefined ? init : carried.init);
      // A stub answers with no more than its test needs.
      attempt('describe a call', () => {
        const { status, headers } = response as Partial<Response>;
        record.describe(call.describe(status, headers?.get('content-length')));
      });
      return response;
    });
  };
}

/** {@link createObservedFetch} with its defaults. */
export const observedFetch: typeof fetch = createObservedFetch();

/** Undefined for what does not go over HTTP, such as `data:`, and for what `fetch` itself will refuse. */
function describeCall(input: Input, init: Init | undefined, hosts: AllowedHosts): RemoteCall | undefined {
  const request = asRequest(input);
  const href = request?.url ?? (input as string | URL).toString();
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return undefined;
  }
  return remoteCall(init?.method ?? request?.method ?? 'GET', url, hosts);
}

/** The caller's init with our headers in it; the very same where there is nothing to add. */
function withContext(
  input: Input,
  init: Init | undefined,
  call: RemoteCall,
  traceHeaders: Readonly<Record<string, string>>,
  hosts: AllowedHosts,
  isNodes: boolean,
): Init | undefined {
  const request = asRequest(input);
  const headers = new Headers(init?.headers ?? request?.headers);
  const added = call
    .headers(traceHeaders)
    .filter((header): header is [string, string] => header[1] !== undefined && !headers.has(header[0]));
  if (added.length === 0) return init;
  for (const [name, value] of added) headers.set(name, value);
  const copy = copyInit(init);
  // An init, however small, makes fetch forget the referrer of a Request.
  if (request !== undefined && Object.keys(copy).length === 0) {
    Object.assign(copy, { referrer: request.referrer, referrerPolicy: request.referrerPolicy });
  }
  const follows = (copy.redirect ?? request?.redirect ?? 'follow') === 'follow';
  const idHeader = correlationHeader();
  if (follows && added.some(([name]) => name === idHeader)) {
    const dispatcher = dispatcherThatHidesTheId(copy.dispatcher, idHeader, isNodes, hosts);
    if (dispatcher !== undefined) Object.assign(copy, { dispatcher });
  }
  return { ...copy, headers };
}

function copyInit(init: Init | undefined): Init {
  const copy: Record<string, unknown> = { ...init };
  for (const member of INIT_MEMBERS) {
    const value = (init as Readonly<Record<string, unknown>> | undefined)?.[member];
    if (value !== undefined) copy[member] = value;
  }
  return copy;
}

/** Of any implementation: `fetch` of the npm package undici takes only Requests of its own. */
function asRequest(input: Input): Request | undefined {
  return typeof input === 'object' && 'headers' in input && 'url' in input ? input : undefined;
}
