/** The part of Middy's request that tells how an invocation ends. */
export interface ObservableRequest {
  response: unknown;
  error: unknown;
}

/** What is known of a request while it runs; it stands on the request, under a symbol. */
interface Observation {
  /** The one that it is of: a copy of a request brings the observation of another. */
  readonly request: object;
  response: unknown;
  error: unknown;
  /** What was thrown first. An error handler may replace `request.error` afterwards. */
  thrown?: { readonly error: unknown };
  readonly listeners: Array<() => void>;
  readonly replacements: Array<(response: unknown) => unknown>;
}

const OBSERVATION = Symbol('lambda-lantern.observation');

interface ObservedRequest extends ObservableRequest {
  [OBSERVATION]?: Observation;
}

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
  const observation = observationOf(request);
  if (observation !== undefined) return observation.thrown;
  return request.error === undefined ? undefined : { error: request.error };
}

function observationOf(request: ObservedRequest): Observation | undefined {
  const observation = request[OBSERVATION];
  return observation?.request === request ? observation : undefined;
}

function observe(request: ObservedRequest): Observation {
  let observation = observationOf(request);
  if (observation !== undefined) return observation;
  const { response, error } = request;
  observation = { request, response, error, listeners: [], replacements: [] };
  request[OBSERVATION] = observation;
  Object.defineProperty(request, 'response', RESPONSE);
  Object.defineProperty(request, 'error', ERROR);
  return observation;
}

/*
 * One pair of accessors for all requests, which read what they are of from `this`: a pair for each would be a new shape of
 * object in every invocation, which the engine can learn nothing about and has to clear away.
 */
type Watched = Required<ObservedRequest>;

const RESPONSE: PropertyDescriptor & ThisType<Watched> = {
  configurable: true,
  enumerable: true,
  get() {
    return this[OBSERVATION].response;
  },
  set(response: unknown) {
    const observation = this[OBSERVATION];
    if (!isEarly(observation)) {
      observation.response = response;
      return;
    }
    notifyIf(observation, isEarly);
    observation.response = observation.replacements.reduce(
      (replaced, replace) => attempt(() => replace(replaced), replaced),
      response,
    );
  },
};

const ERROR: PropertyDescriptor & ThisType<Watched> = {
  configurable: true,
  enumerable: true,
  get() {
    return this[OBSERVATION].error;
  },
  set(error: unknown) {
    const observation = this[OBSERVATION];
    if (observation.thrown === undefined) observation.thrown = { error };
    // The second assignment is either an `onError` hook that threw, which ends the chain without a response, or
    // an error handler that replaces the error and goes on to set one.
    else notifyIf(observation, hasNoResponse);
    observation.error = error;
  },
};

function isEarly({ request }: Observation): boolean {
  return 'earlyResponse' in request;
}

function hasNoResponse({ response }: Observation): boolean {
  return response === undefined;
}

/** Once the turn is over: an error in the same turn takes an early response back, and one that is replaced is answered. */
function notifyIf(observation: Observation, isOver: (observation: Observation) => boolean): void {
  void Promise.resolve().then(() => {
    if (isOver(observation)) for (const listener of observation.listeners) attempt(listener, undefined);
  });
}

/** What is done here is done within an assignment of Middy's: what threw would be thrown at the handler. */
function attempt<R>(fn: () => R, otherwise: R): R {
  try {
    return fn();
  } catch {
    return otherwise;
  }
}
