import { AsyncLocalStorage } from 'node:async_hooks';

/** What the code of one scope sees. Code that a scope has leaked to sees through it once the scope has been left. */
interface Cell<T> {
  value: T | undefined;
  /** The invocation that it belongs to. */
  readonly invocation: unknown;
  /** The scope around it, in the same invocation. */
  readonly outer?: Cell<T> | undefined;
  /** The scope of the whole invocation; absent where this one is that, or stands in none. */
  readonly outermost?: object | undefined;
  left: boolean;
}

/** A scope that was opened beyond its opener. */
export interface OpenedScope<T> {
  set(value: T): void;
  /** Stands for the invocation, of which pipelines within others are a part. */
  readonly invocation: object;
  /** Ends the scope: what it has leaked to stands in the one around it again. Doing so twice is harmless. */
  leave(): void;
}

/** What {@link Scope.swap} has put aside. */
export type Aside<T> = Cell<T> | undefined;

/** A value that everything called from here on can see, and nothing else. */
export class Scope<T> {
  readonly #storage = new AsyncLocalStorage<Cell<T> | undefined>();

  /** The value of the innermost scope, or undefined outside of every scope. */
  get(): T | undefined {
    return this.#innermost()?.value;
  }

  /** Runs `fn` inside a scope of its own and returns what it returns. */
  run<R>(value: T, fn: () => R): R {
    const before = this.swap(value);
    try {
      return fn();
    } finally {
      this.restore(before);
    }
  }

  /**
   * As {@link Scope.run}, without a frame on the stack: what follows runs in a scope of its own until `restore` is
   * called with what this returns, in the same turn.
   */
  swap(value: T): Aside<T> {
    const before = this.#storage.getStore();
    const around = this.#innermost();
    this.#storage.enterWith({
      value,
      invocation: around?.invocation,
      outermost: around?.outermost ?? around,
      left: false,
    });
    return before;
  }

  restore(before: Aside<T>): void {
    this.#storage.enterWith(before);
  }

  /** Whether the code runs in scopes that have all been left: it is still at work when what it was begun for has ended. */
  isOver(): boolean {
    return this.#storage.getStore() !== undefined && this.#innermost() === undefined;
  }

  /** What stands for the running invocation, see {@link OpenedScope}; undefined outside of every one. */
  invocation(): object | undefined {
    const innermost = this.#innermost();
    return innermost?.outermost ?? innermost;
  }

  /** The value of the scope that one opened for this invocation would stand in. */
  around(invocation: unknown): T | undefined {
    return this.#around(invocation)?.value;
  }

  /**
   * Opens a scope that lasts beyond the caller: a Middy `before` hook opens it, and the handler sees it. Call it in
   * the synchronous part of the hook; after an `await` the handler would not see it.
   *
   * `enterWith` also reaches the code that called the handler: the pipeline around this one, which stands in its own scope
   * again when this one is left, or the runtime, where one invocation would be visible in the next if it was not left.
   *
   * @param invocation Lambda's context: it tells a pipeline within another from an invocation that overlaps.
   */
  enter(invocation: unknown, value?: T): OpenedScope<T> {
    const outer = this.#around(invocation);
    const cell: Cell<T> = {
      value,
      invocation: outer?.invocation ?? keyOf(invocation),
      outer,
      outermost: outer?.outermost ?? outer,
      left: false,
    };
    this.#storage.enterWith(cell);
    return {
      invocation: cell.outermost ?? cell,
      set(next) {
        if (!cell.left) cell.value = next;
      },
      leave() {
        cell.left = true;
        cell.value = undefined;
      },
    };
  }

  #innermost(): Cell<T> | undefined {
    let cell = this.#storage.getStore();
    while (cell?.left === true) cell = cell.outer;
    return cell;
  }

  #around(invocation: unknown): Cell<T> | undefined {
    const cell = this.#innermost();
    const key = keyOf(invocation);
    // Lambda gives every invocation an id; a handler that is called by another may be given none.
    const isWithin =
      cell?.invocation === key || (typeof cell?.invocation === 'string' && typeof key !== 'string');
    return isWithin ? cell : undefined;
  }
}

/** What tells an invocation from another. In Middy's durable mode Lambda's context is a property of the durable one. */
function keyOf(context: unknown): unknown {
  if (typeof context !== 'object' || context === null) return context;
  try {
    const { awsRequestId, lambdaContext } = context as {
      awsRequestId?: unknown;
      lambdaContext?: { awsRequestId?: unknown };
    };
    return awsRequestId ?? lambdaContext?.awsRequestId ?? context;
  } catch {
    // A context that somebody made up may throw when it is read.
    return context;
  }
}
