import type { AllowedHosts } from './allowed-hosts.ts';
import { isAllowedHost } from './allowed-hosts.ts';
import { withoutHeader } from './headers.ts';
import { standInFor } from './stand-in.ts';

/** What undici sends requests through, as far as we need it. */
interface Dispatcher {
  dispatch(options: { readonly origin?: unknown; readonly headers?: unknown }, handler: object): boolean;
}

/**
 * `fetch` sends the headers of a request to every host it is redirected to, all but `Authorization` and cookies. Each hop
 * goes through the dispatcher, so one that takes the id off for strangers keeps it from them, and leaves redirects to
 * `fetch`.
 *
 * A dispatcher that is hidden in a Request cannot be seen, and is replaced; in the init of the call it is kept.
 *
 * @param given the dispatcher of the call, if it has one.
 * @param idHeader the header that holds the id.
 * @param isNodes whether Node's own fetch sends; only its default dispatcher is known.
 */
export function dispatcherThatHidesTheId(
  given: unknown,
  idHeader: string,
  isNodes: boolean,
  hosts: AllowedHosts,
): object | undefined {
  const dispatcher = given ?? (isNodes ? nodesDispatcher() : undefined);
  if (!isDispatcher(dispatcher)) return undefined;
  const dispatch: Dispatcher['dispatch'] = (options, handler) => {
    const origin = String(options.origin);
    const isOurs = URL.canParse(origin) && isAllowedHost(new URL(origin).hostname, hosts);
    const headers = isOurs ? options.headers : withoutHeader(options.headers, idHeader);
    return dispatcher.dispatch({ ...options, headers }, handler);
  };
  return standInFor(dispatcher, (key, own) => (key === 'dispatch' ? dispatch : own));
}

/** Where undici keeps the dispatcher that `setGlobalDispatcher` sets; the number is that of its interface. */
function nodesDispatcher(): unknown {
  const globals = globalThis as unknown as Readonly<Record<symbol, unknown>>;
  return globals[Symbol.for('undici.globalDispatcher.1')];
}

function isDispatcher(value: unknown): value is Dispatcher {
  return (
    typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function'
  );
}
