import { isPromise } from 'node:util/types';

/** How a function came out. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * Tells how the result of a function comes out: at once, or when it has settled if it is a promise. Any other
 * thenable is not touched: a query builder would be executed, and a promise with a `then` of its own may do anything.
 *
 * @param isNew whether nobody else can have the promise, as that of an `async` function.
 * @param onSettled must not throw.
 * @returns for the caller: the very `result`. In the place of a new promise it gets one that follows it, so that V8
 * still finds the caller for the stack of an error, which it does along promises with a single reaction.
 */
export function whenSettled<R>(result: R, isNew: boolean, onSettled: (outcome: Outcome) => void): R {
  if (!isPromise(result)) {
    onSettled({ value: result });
    return result;
  }
  if (isNew) return follow(result, onSettled) as R;
  const promise: Promise<unknown> = result;
  if (isOrdinary(promise)) watch(promise, onSettled);
  else onSettled({ value: result });
  return result;
}

/** A promise that comes out as another, once `onSettled` has been told how. */
function follow(promise: Promise<unknown>, onSettled: (outcome: Outcome) => void): Promise<unknown> {
  return then.call(
    promise,
    (value: unknown) => {
      onSettled({ value });
      return value;
    },
    (error: unknown) => {
      onSettled({ error });
      throw error;
    },
  );
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its promise; one of a subclass may do anything
const { then } = Promise.prototype;

/** Whether its reactions are those of the language, and it can be watched. */
function isOrdinary(promise: Promise<unknown>): boolean {
  try {
    if (promise.then !== then) return false;
    return watched.has(promise) || (Object.isExtensible(promise) && !Object.hasOwn(promise, 'constructor'));
  } catch {
    return false;
  }
}

/**
 * Watches a promise on the side, so that a rejection that nobody handles is still reported, and one that is handled is
 * not. Being watched counts as being handled. So the promise that follows stands in for it: it rejects unhandled, until
 * somebody handles the watched one. Everything that does so reads its `constructor` first (`await`, `then`, `catch`,
 * `Promise.all`: ECMA-262, PromiseResolve and SpeciesConstructor), which is how it shows.
 *
 * Nothing else does. `await` asks a promise for neither its `then` nor its `catch`; hooks of V8 and of `async_hooks` tell that a
 * promise has settled, not with which error, which only a reaction hears; and `unhandledRejection` comes when it is too late to
 * take a reaction back. Another promise in its place would not be what the function returned.
 */
function watch(promise: Promise<unknown>, onSettled: (outcome: Outcome) => void): void {
  let watch = watched.get(promise);
  if (watch === undefined) {
    const began: Watch = { standIns: [], isOurs: false };
    watch = began;
    watched.set(promise, began);
    void Object.defineProperty(promise, 'constructor', {
      configurable: true,
      get: () => {
        // A subclass must not be asked to make one of its own for us.
        if (began.isOurs) return Promise;
        for (const standIn of began.standIns) standIn.catch(() => undefined);
        watched.delete(promise);
        Reflect.deleteProperty(promise, 'constructor');
        return (Object.getPrototypeOf(promise) as object).constructor;
      },
    });
  }
  watch.isOurs = true;
  watch.standIns.push(follow(promise, onSettled));
  watch.isOurs = false;
}

interface Watch {
  readonly standIns: Array<Promise<unknown>>;
  isOurs: boolean;
}

/** Those that nobody has handled yet. */
const watched = new WeakMap<Promise<unknown>, Watch>();

/** Whether something is awaited like a promise. What cannot even be asked, such as a revoked proxy, is not. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return 'then' in value && typeof value.then === 'function';
  } catch {
    return false;
  }
}
