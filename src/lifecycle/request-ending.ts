/** The part of Middy's request that tells how an invocation ends. */
export interface ObservableRequest {
  response: unknown;
  error: unknown;
}

interface Observation {
  /** What was thrown first. An error handler may replace `request.error` afterwards. */
  thrown: { readonly error: unknown } | undefined;
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
 * sees it.
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
  const known = observations.get(request);
  if (known !== undefined) return known;
  const observation: Observation = { thrown: undefined, listeners: [], replacements: [] };
  observations.set(request, observation);
  let { response, error } = request;

  Object.defineProperty(request, 'response', {
    configurable: true,
    enumerable: true,
    get: () => response,
    set: (value: unknown) => {
      response = value;
      if (!('earlyResponse' in request)) return;
      for (const replace of observation.replacements) response = replace(response);
      // An error in the same turn takes the early response back, so look once the turn is over.
      queueMicrotask(() => 'earlyResponse' in request && notify(observation));
    },
  });
  Object.defineProperty(request, 'error', {
    configurable: true,
    enumerable: true,
    get: () => error,
    set: (value: unknown) => {
      error = value;
      if (observation.thrown === undefined) observation.thrown = { error: value };
      // The second assignment is either an `onError` hook that threw, which ends the chain without a response, or
      // an error handler that replaces the error and goes on to set one.
      else queueMicrotask(() => response === undefined && notify(observation));
    },
  });
  return observation;
}

function notify(observation: Observation): void {
  for (const listener of observation.listeners) listener();
}
