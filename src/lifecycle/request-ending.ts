/** The part of Middy's request that tells how an invocation ends. */
export interface ObservableRequest {
  response: unknown;
  error: unknown;
}

/**
 * What a middleware keeps of one invocation. It stands on the request itself: a `WeakMap` of requests would outlive each of them
 * until the next full collection of garbage, and everything that hangs on it too.
 */
export interface Follower {
  /** The {@link Followers} of the middleware that it is of. */
  readonly owner: object;
  /** The one that began before it; set by {@link Followers.add}. */
  older?: Follower | undefined;
  /**
   * Called when the invocation ends in a way that runs no further hook: a middleware replied early, or an `onError` hook threw. Every
   * other ending reaches the `after` or `onError` hook of the middleware. It may be called after that hook ran.
   */
  whenSkipped(): void;
  /** May change a response that a middleware replies with early, while that is still possible: no further hook sees it. */
  replaceEarly?(response: unknown): unknown;
  /**
   * What such a response waits for, because the process freezes with it; undefined where that is nothing. It neither throws nor
   * rejects.
   */
  holdEarly?(): Promise<unknown> | undefined;
}

/** What is known of a request while it runs; it stands on the request, under a symbol. */
interface Observation {
  /** The one that it is of: a copy of a request brings the observation of another. */
  readonly request: ObservableRequest;
  /** What the request has for a response: of one that is held back, a promise. */
  response: unknown;
  /** What an early reply answers. */
  early: unknown;
  /** Undefined until something may have been thrown. */
  failure: Failure | undefined;
  /** The one that began last. */
  newest: Follower | undefined;
}

/** The error of a request, from when it is observed. */
interface Failure {
  error: unknown;
  /** What was thrown first. An error handler may replace `request.error` afterwards. */
  thrown: { readonly error: unknown } | undefined;
}

const OBSERVATION = Symbol('lambda-lantern.observation');

interface ObservedRequest extends ObservableRequest {
  [OBSERVATION]?: Observation;
}

/**
 * What lets a middleware follow its requests to their end, whichever that is; each middleware has one of its own.
 *
 * A middleware given to `.use()` has no `requestEnd` hook, but Middy reports every ending by assigning `response` and
 * `error` on the request. Followers are told in reverse order, as `after` hooks are called.
 */
export class Followers<F extends Follower> {
  add(request: ObservableRequest, follower: F): void {
    const observation = observe(request);
    follower.older = observation.newest;
    observation.newest = follower;
  }

  /** The one that follows this request, and no copy of it; undefined where none does. */
  of(request: ObservableRequest): F | undefined {
    let follower = observationOf(request)?.newest;
    while (follower !== undefined && follower.owner !== this) follower = follower.older;
    return follower as F | undefined;
  }
}

/**
 * What was thrown first in this invocation, also when an error handler has replaced it since; undefined when nothing
 * was. It is wrapped because anything can be thrown, `undefined` too.
 */
export function thrownError(request: ObservableRequest): { readonly error: unknown } | undefined {
  const failure = observationOf(request)?.failure;
  return failure === undefined ? errorOf(request) : failure.thrown;
}

function errorOf({ error }: ObservableRequest): { readonly error: unknown } | undefined {
  return error === undefined ? undefined : { error };
}

function observationOf(request: ObservedRequest): Observation | undefined {
  const observation = request[OBSERVATION];
  return observation?.request === request ? observation : undefined;
}

function observe(request: ObservedRequest): Observation {
  let observation = observationOf(request);
  if (observation !== undefined) return observation;
  const { response } = request;
  observation = { request, response, early: undefined, failure: undefined, newest: undefined };
  request[OBSERVATION] = observation;
  Object.defineProperty(request, 'response', RESPONSE);
  return observation;
}

/** Only once it matters: most invocations fail at nothing, and each accessor takes its time. */
function observeError(observation: Observation): void {
  if (observation.failure !== undefined) return;
  const { request } = observation;
  observation.failure = { error: request.error, thrown: errorOf(request) };
  Object.defineProperty(request, 'error', ERROR);
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
    // So Middy begins with every error.
    if (response === undefined) observeError(observation);
    if (!isEarly(observation)) {
      observation.response = response;
      return;
    }
    notifyIf(observation, isEarly);
    observation.early = replacedBy(observation.newest, response);
    observation.response = heldBack(observation);
  },
};

const ERROR: PropertyDescriptor & ThisType<Watched> = {
  configurable: true,
  enumerable: true,
  get() {
    return this[OBSERVATION].failure?.error;
  },
  set(error: unknown) {
    const observation = this[OBSERVATION];
    const { failure } = observation;
    if (failure === undefined) return;
    if (failure.thrown === undefined) failure.thrown = { error };
    // The second assignment is either an `onError` hook that threw, which ends the chain without a response, or
    // an error handler that replaces the error and goes on to set one.
    else notifyIf(observation, hasNoResponse);
    failure.error = error;
  },
};

function isEarly({ request }: Observation): boolean {
  return 'earlyResponse' in request;
}

/** In the order in which they began. */
function replacedBy(follower: Follower | undefined, response: unknown): unknown {
  if (follower === undefined) return response;
  const replaced = replacedBy(follower.older, response);
  if (follower.replaceEarly === undefined) return replaced;
  return attempt(() => follower.replaceEarly?.(replaced), replaced);
}

/** Whoever called the handler waits for a promise. */
function heldBack({ newest, early }: Observation): unknown {
  let answer = early;
  for (let follower = newest; follower !== undefined && early !== undefined; follower = follower.older) {
    const before = answer;
    answer = follower.holdEarly?.()?.then(() => before) ?? before;
  }
  return answer;
}

function hasNoResponse({ response }: Observation): boolean {
  return response === undefined;
}

/** Once the turn is over: an error in the same turn takes an early response back, and one that is replaced is answered. */
function notifyIf(observation: Observation, isOver: (observation: Observation) => boolean): void {
  void Promise.resolve().then(() => {
    if (!isOver(observation)) return;
    // They see the answer, also where Middy is to wait for it.
    const { response } = observation;
    if (isEarly(observation)) observation.response = observation.early;
    for (let follower = observation.newest; follower !== undefined; follower = follower.older) {
      const told = follower;
      attempt(() => told.whenSkipped(), undefined);
    }
    observation.response = response;
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
