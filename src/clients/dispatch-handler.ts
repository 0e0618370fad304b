import { standInFor } from './stand-in.ts';

type Methods = Readonly<Record<string | symbol, unknown>>;
type Callback = (...args: readonly unknown[]) => void;

export interface WatchedHandler<Handler> {
  /** To be given to undici in the place of the handler. */
  readonly watched: Handler;
  /** Settles when the answer has ended, and rejects with what failed. */
  readonly ended: Promise<undefined>;
}

/**
 * Watches how a request of undici goes. Handlers come with one of two interfaces, the one of undici 7 (`onRequestStart`
 * and others) or the older (`onConnect` and others); they keep theirs, and are called as before.
 *
 * @param onResponse told of the final status, and the length where it is known.
 */
export function watchHandler<Handler extends object>(
  handler: Handler,
  onResponse: (status: number, contentLength?: unknown) => void,
): WatchedHandler<Handler> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<undefined>();
  // Where nobody waits for it (the request was refused at once), the handler or the caller has heard of the failure.
  ended.catch(() => undefined);
  const respond = (status: unknown, headers?: unknown): void => {
    // 1xx only announce what is coming.
    if (typeof status !== 'number' || status < 200) return;
    onResponse(status, (headers as Methods | null | undefined)?.['content-length']);
  };
  const upgrade = (status: unknown): void => {
    if (typeof status === 'number') onResponse(status);
    resolve(undefined);
  };
  const watches: Readonly<Record<string | symbol, Callback | undefined>> = isOfUndici7(handler)
    ? {
        onResponseStart: (_controller, status, headers) => respond(status, headers),
        onResponseEnd: () => resolve(undefined),
        onResponseError: (_controller, error) => reject(error),
        onRequestUpgrade: (_controller, status) => upgrade(status),
      }
    : {
        onHeaders: (status) => respond(status),
        onComplete: () => resolve(undefined),
        onError: (error) => reject(error),
        onUpgrade: (status) => upgrade(status),
      };

  const watched = standInFor(handler, (key, own) => {
    const watch = watches[key];
    if (typeof own !== 'function') return isOptional(key) ? (watch ?? own) : own;
    return (...args: unknown[]): unknown => {
      watch?.(...args);
      return Reflect.apply(own, handler, args) as unknown;
    };
  });
  return { watched, ended };
}

function isOfUndici7(handler: object): boolean {
  return 'onRequestStart' in handler && typeof handler.onRequestStart === 'function';
}

/** A handler without a method for errors has them thrown, and must go on having them thrown. */
function isOptional(key: string | symbol): boolean {
  return key !== 'onResponseError' && key !== 'onError';
}
