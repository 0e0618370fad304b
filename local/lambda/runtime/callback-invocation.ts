/**
 * How a handler ends an invocation in the runtimes before nodejs24.x: by a promise, by its callback, or by `done`, `succeed` and
 * `fail` of its context. The first of them counts; a value that is returned without a promise counts for nothing.
 */

type Handler = (event: unknown, context: object, callback: Callback) => unknown;
type Callback = (error?: unknown, result?: unknown) => void;

/**
 * Calls the handler and waits for its end. Where nothing is left that the process could wait for, the result is undefined.
 *
 * @param context to which its functions and `callbackWaitsForEmptyEventLoop` are added
 * @throws what the handler threw, rejected with, or gave as its error: also what is no Error
 */
export function withCallback(handler: Handler, event: unknown, context: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let waits: unknown = true;
    let ended = false;
    let result: unknown;
    // Node emits it when nothing keeps the process alive, and the answer that is sent then does so again.
    const whenIdle = (): void => {
      ended = true;
      resolve(result);
    };
    process.once('beforeExit', whenIdle);
    const settle = (error: unknown, value: unknown): void => {
      process.off('beforeExit', whenIdle);
      if (error === undefined || error === null) resolve(value);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- Lambda tells of what was thrown, whatever it is.
      else reject(error);
    };
    const once = (end: Callback): Callback => {
      return (error, value) => {
        if (ended) return;
        ended = true;
        end(error, value);
      };
    };
    const done = once(settle);
    const callback = once((error, value) => {
      const succeeded = error === undefined || error === null;
      if (succeeded && Boolean(waits)) result = value;
      else settle(error, value);
    });
    const succeed = (value?: unknown): void => done(null, value);
    const fail = (error?: unknown): void => done(error ?? 'handled');
    Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
      configurable: true,
      enumerable: true,
      get: () => waits,
      set: (value: unknown) => (waits = value),
    });
    Object.assign(context, { done, succeed, fail });
    try {
      const returned = handler(event, context, callback);
      if (isThenable(returned)) returned.then(succeed, fail);
    } catch (error) {
      // As its callback would: what is thrown after an end changes nothing.
      callback(error ?? 'handled');
    }
  });
}

/** Waits until nothing is left that keeps the process alive. */
export function untilIdle(): Promise<void> {
  return new Promise((resolve) => process.once('beforeExit', () => resolve()));
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
