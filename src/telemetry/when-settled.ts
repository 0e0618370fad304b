import { types } from 'node:util';

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
  if (!types.isPromise(result)) {
    onSettled({ value: result });
    return result;
  }
  const follow = (): Promise<unknown> =>
    then.call(
      result,
      (value) => {
        onSettled({ value });
        return value;
      },
      (error: unknown) => {
        onSettled({ error });
        throw error;
      },
    );
  if (isNew) return follow() as R;
  if (isOrdinary(result)) watch(result, follow);
  else onSettled({ value: result });
  return result;
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its promise; one of a subclass may do anything
const { then } = Promise.prototype;

/** Whether its reactions are those of the language, and it can be watched. */
function isOrdinary(promise: Promise<unknown>): boolean {
  try {
    return promise.then === then && Object.isExtensible(promise) && !Object.hasOwn(promise, 'constructor');
  } catch {
    return false;
  }
}

/**
 * Watches a promise on the side, so that a rejection that nobody handles is still reported, and one that is handled is
 * not. Being watched counts as being handled. So the promise that follows stands in for it: it rejects unhandled, until
 * somebody handles the watched one. Everything that does so reads its `constructor` first (`await`, `then`, `catch`,
 * `Promise.all`: ECMA-262, PromiseResolve and SpeciesConstructor), which is how it shows.
 */
function watch(promise: Promise<unknown>, follow: () => Promise<unknown>): void {
  let standIn: Promise<unknown> | undefined;
  Object.defineProperty(promise, 'constructor', {
    configurable: true,
    get: () => {
      // Ours: a subclass must not be asked to make one of its own.
      if (standIn === undefined) return Promise;
      void then.call(standIn, undefined, () => undefined);
      Reflect.deleteProperty(promise, 'constructor');
      return (Object.getPrototypeOf(promise) as object).constructor;
    },
    set: (value: unknown) => {
      Object.defineProperty(promise, 'constructor', {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    },
  });
  standIn = follow();
}

/** Whether something is awaited like a promise. What cannot even be asked, such as a revoked proxy, is not. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return 'then' in value && typeof value.then === 'function';
  } catch {
    return false;
  }
}
