import { AsyncLocalStorage } from 'node:async_hooks';

/** A value that everything called from here on can see, and nothing else. */
export class Scope<T> {
  readonly #storage = new AsyncLocalStorage<{ value: T | undefined }>();

  /** The value of the innermost scope, or undefined outside of every scope. */
  get(): T | undefined {
    return this.#storage.getStore()?.value;
  }

  /** Runs `fn` inside a scope of its own and returns what it returns. */
  run<R>(value: T, fn: () => R): R {
    return this.#storage.run({ value }, fn);
  }

  /**
   * Opens a scope that lasts beyond the caller: a Middy `before` hook opens it, and the handler sees it. Call it in
   * the synchronous part of the hook; after an `await` the handler would not see it.
   *
   * @returns sets another value, and without one empties the scope. `enterWith` also reaches the code that called the
   * handler, so one invocation would be visible in the next if its scope was not emptied. Doing so twice is harmless.
   */
  enter(value?: T): (value?: T) => void {
    const cell = { value };
    this.#storage.enterWith(cell);
    return (next) => {
      cell.value = next;
    };
  }
}
