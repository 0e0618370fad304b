/**
 * Runs `fn`, synchronous or not, and tells when it has settled, without changing what the caller gets: its result, its
 * promise, or what it throws.
 *
 * @param onSettled must not throw.
 */
export function whenSettled<R>(fn: () => R, onSettled: (failure?: { readonly error: unknown }) => void): R {
  let result: R;
  try {
    result = fn();
  } catch (error) {
    onSettled({ error });
    throw error;
  }
  if (!isThenable(result)) {
    onSettled();
    return result;
  }
  return result.then(
    (value) => {
      onSettled();
      return value;
    },
    (error: unknown) => {
      onSettled({ error });
      throw error;
    },
  ) as R;
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
