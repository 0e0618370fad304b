import type { IncomingMessage, RequestOptions } from 'node:http';
import { urlToHttpOptions } from 'node:url';

export type ResponseCallback = (response: IncomingMessage) => void;

/**
 * The arguments of `http.request` in every order it takes them: `(url, options, callback)` without any of the three but
 * the first. Options go before what the URL says, as they do in Node.
 *
 * @throws TypeError for a text that is no URL, as Node does.
 */
export function readRequestArguments(args: readonly unknown[]): {
  options: RequestOptions;
  callback: ResponseCallback | undefined;
} {
  const [first, ...others] = args;
  const url = typeof first === 'string' ? new URL(first) : first;
  const [options, callback] = isUrl(url)
    ? typeof others[0] === 'function'
      ? [undefined, others[0]]
      : others
    : [first, others[0]];
  return {
    options: { ...(isUrl(url) && urlToHttpOptions(url)), ...(options as RequestOptions | null | undefined) },
    callback: callback as ResponseCallback | undefined,
  };
}

/** What is called; undefined where it cannot be told, which is for Node to complain of. */
export function urlOfRequest(options: RequestOptions, defaultProtocol: string): URL | undefined {
  const { protocol, port } = options;
  const host: unknown = options.hostname || options.host || 'localhost';
  const path: unknown = options.path ?? '/';
  if (typeof host !== 'string' || typeof path !== 'string') return undefined;
  const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const origin = `${protocol ?? defaultProtocol}//${authority}${port ? `:${port}` : ''}`;
  // The path of a request to a proxy is the whole URL of its target.
  const href = path.startsWith('/') ? `${origin}${path}` : path;
  return URL.canParse(href) ? new URL(href) : undefined;
}

/** As Node tells a URL of any realm from options. */
function isUrl(value: unknown): value is URL {
  return (
    typeof value === 'object' &&
    value !== null &&
    'href' in value &&
    'protocol' in value &&
    !('path' in value)
  );
}
