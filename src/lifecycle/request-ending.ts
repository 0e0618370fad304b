/** The part of Middy's request that tells how an invocation ends. */
export interface ObservableRequest {
  response: unknown;
  error: unknown;
}

interface Observation {
  /** What was thrown first. An error handler may replace `request.error` afterwards. */
  thrown?: { readonly error: unknown };
  readonly listeners: Array<() => void>;
  readonly replacements: Array<(response: unknown) => unknown>;
}

const observations = new WeakMap<object, Observation>();

/**
 * Calls `onSkipped` when the invocation ends in a way that runs no further hook: a middleware replied early, or an
 * `onError` hook threw. Every other ending reaches the `after` or `onError` hook of the middleware that asks.
 *
 * A middleware given to `.use()` has no `requestEnd` hook, but Middy reports every ending by assigning `response` and
 * `error` on the request. Listeners are called in reverse order, as `after` hooks are, and may be called after
 * their own hook ran; they must tolerate that.
 */
export function whenHooksAreSkipped(request: ObservableRequest, onSkipped: () => void): void {
  observe(request).listeners.unshift(onSkipped);
}

/**
 * Lets `replace` change a response that a middleware replies with early, while that is still possible: no further hook
 * sees it. A promise is waited for by whoever called the handler.
 */
export function replaceEarlyResponse(
  request: ObservableRequest,
  replace: (response: unknown) => unknown,
): void {
  observe(request).replacements.push(replace);
}

/**
 * What was thrown first in this invocation, also when an error handler has replaced it since; undefined when nothing
 * was. It is wrapped because anything can be thrown, `undefined` too.
 */
export function thrownError(request: ObservableRequest): { readonly error: unknown } | undefined {
  const observation = observations.get(request);
  if (observation !== undefined) return observation.thrown;
  return request.error === undefined ? undefined : { error: request.error };
}

function observe(request: ObservableRequest): Observation {
  let observation = observations.get(request);
  if (observation !== undefined) return observation;
  observation = { listeners: [], replacements: [] };
  observations.set(request, observation);
  const { listeners, replacements } = observation;
  const state = observation;
  const isEarly = (): boolean => 'earlyResponse' in request;
  // Once the turn is over: an error in the same turn takes an early response back, and one that is replaced is answered.
  const notifyIf = (isOver: () => boolean): void =>
    void Promise.resolve().then(() => {
      if (isOver()) for (const listener of listeners) attempt(listener, undefined);
    });

  watch(request, 'response', (response) => {
    if (!isEarly()) return response;
    notifyIf(isEarly);
    return replacements.reduce((replaced, replace) => attempt(() => replace(replaced), replaced), response);
  });
  watch(request, 'error', (error) => {
    if (state.thrown === undefined) state.thrown = { error };
    // The second assignment is either an `onError` hook that threw, which ends the chain without a response, or
    // an error handler that replaces the error and goes on to set one.
    else notifyIf(() => request.response === undefined);
    return error;
  });
  return observation;
}

/** What is done here is done within an assignment of Middy's: what threw would be thrown at the handler. */
function attempt<R>(fn: () => R, otherwise: R): R {
  try {
    return fn();
  } catch {
    return otherwise;
  }
}

function watch(
  request: ObservableRequest,
  name: 'response' | 'error',
  onSet: (value: unknown) => unknown,
): void {
  let value = request[name];
  Object.defineProperty(request, name, {
    configurable: true,
    enumerable: true,
    get: () => value,
    set: (next: unknown) => {
      value = onSet(next);
    },
  });
}
