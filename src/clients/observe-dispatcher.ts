import { copyWith } from '../copy-with.ts';
import { checkOptions, textOrUrl, texts } from '../check-options.ts';
import { attempt } from '../telemetry/guarded-span.ts';
import { allowedHosts, hostsOfOption } from './allowed-hosts.ts';
import { watchHandler } from './dispatch-handler.ts';
import { withHeaders } from './headers.ts';
import type { RemoteCall } from './remote-call.ts';
import { remoteCall } from './remote-call.ts';
import { traceUntilEnded } from './trace-until-ended.ts';

export interface ObserveDispatcherOptions {
  /**
   * Hosts that may learn our correlation ids besides loopback; each covers its subdomains.
   *
   * @default what `LANTERN_PROPAGATE_TO` lists
   */
  readonly propagateTo?: readonly string[];
  /**
   * The origin of a `Client` or `Pool`, such as `https://api.example.com`: their requests do not name it. Those of an
   * `Agent` do.
   */
  readonly origin?: string | URL;
}

/** The part of undici's request options that an interceptor of ours reads. */
export interface DispatchTarget {
  readonly origin?: string | URL | undefined;
  readonly path: string;
  readonly method: string;
  readonly headers?: unknown;
}

/** undici's `DispatcherComposeInterceptor`, without a dependency on undici. */
export type DispatchInterceptor = <Options extends DispatchTarget, Handler extends object>(
  dispatch: (options: Options, handler: Handler) => boolean,
) => (options: Options, handler: Handler) => boolean;

/**
 * An interceptor for undici's `dispatcher.compose(...)`: every request shows up in the timeline until its answer has
 * ended, carries the trace onwards, and the correlation id to allowed hosts. A header that the caller set is kept.
 *
 * Give it to `compose` first, before `redirect` and `retry`: then every hop and every attempt is seen for itself, and no
 * redirect takes the id to a host that may not have it.
 *
 * @throws TypeError for an option that does not exist, a host that is none, or an origin that is no URL.
 *
 * @example
 * const agent = new Agent().compose(observeDispatcher(), interceptors.retry());
 */
export function observeDispatcher(options: ObserveDispatcherOptions = {}): DispatchInterceptor {
  checkOptions('observeDispatcher()', options, { propagateTo: texts, origin: textOrUrl });
  const named = options.propagateTo && hostsOfOption('observeDispatcher', options.propagateTo);
  const ownOrigin = options.origin === undefined ? undefined : new URL(options.origin);

  const describeCall = ({ origin, path, method }: DispatchTarget): RemoteCall | undefined => {
    const base = (origin ?? ownOrigin)?.toString();
    // A tunnel is opened for a request that is observed itself.
    if (base === undefined || method === 'CONNECT' || !URL.canParse(path, base)) return undefined;
    return remoteCall(method, new URL(path, base), named ?? allowedHosts());
  };

  return (dispatch) =>
    function observedDispatch(request, handler) {
      const call = attempt('read a request', () => describeCall(request));
      if (call === undefined) return dispatch(request, handler);
      return traceUntilEnded(call.description, (record, asCaller) => {
        const carrying = attempt('carry the trace on', () =>
          copyWith(request, { headers: withHeaders(request.headers, call.headers(record.headers)) }),
        );
        const send = (to: typeof handler): boolean => asCaller(() => dispatch(carrying ?? request, to));
        if (!record.recording) return { result: send(handler) };
        record.describe(call.describe());
        const { watched, ended } = watchHandler(handler, (status, contentLength) =>
          record.describe(call.describe(status, contentLength)),
        );
        return { result: send(watched), ended };
      });
    };
}
