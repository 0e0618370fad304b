import http from 'node:http';
import type { ClientRequest, RequestOptions } from 'node:http';
import https from 'node:https';
import { attempt } from '../telemetry/guarded-span.ts';
import { allowedHosts } from './allowed-hosts.ts';
import { withHeaders } from './headers.ts';
import { whenAnswered } from './http-answer.ts';
import { readRequestArguments, urlOfRequest } from './http-arguments.ts';
import { remoteCall } from './remote-call.ts';
import { traceUntilEnded } from './trace-until-ended.ts';

/** `request` and `get` of `node:http` or `node:https`. */
export type ObservedHttp = Pick<typeof http, 'request' | 'get'>;
export type ObservedHttps = Pick<typeof https, 'request' | 'get'>;

/**
 * `request` and `get` of `node:http` that show up in the timeline until the response has ended, and carry the trace
 * onwards; the correlation id goes only to loopback and to the hosts that `LANTERN_PROPAGATE_TO` names. A header that
 * the caller set is kept. Nothing is patched: other code that uses `node:http` is not affected.
 */
export const observedHttp: ObservedHttp = observe(http, 'http:');

/** As {@link observedHttp}, for `node:https`. */
export const observedHttps: ObservedHttps = observe(https, 'https:');

function observe(module: ObservedHttp, defaultProtocol: string): ObservedHttp {
  const request = (...args: readonly unknown[]): ClientRequest => {
    const { options, callback } = readRequestArguments(args);
    // What cannot be read is for Node to refuse.
    const call = attempt('read a request', () => {
      const url = urlOfRequest(options, defaultProtocol);
      return url && remoteCall(options.method ?? 'GET', url, allowedHosts());
    });
    if (call === undefined) return module.request(options, callback);
    return traceUntilEnded(call.description, (record, asCaller) => {
      const headers =
        attempt('carry the trace on', () => withHeaders(options.headers, call.headers(record.headers))) ??
        options.headers;
      const result = asCaller(() => module.request({ ...options, headers } as RequestOptions, callback));
      if (!record.recording) return { result };
      record.describe(call.describe());
      // A stub of a test may be no more than what that test needs.
      const watched = attempt('watch a request', () => ({
        ended: whenAnswered(result, ({ statusCode, headers: answered }) =>
          record.describe(call.describe(statusCode, answered['content-length'])),
        ),
      }));
      return { result, ended: watched?.ended };
    });
  };
  const get = (...args: readonly unknown[]): ClientRequest => {
    const sent = request(...args);
    sent.end();
    return sent;
  };
  return { request, get };
}
