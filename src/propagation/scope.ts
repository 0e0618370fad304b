import { AsyncLocalStorage } from 'node:async_hooks';

/** A scope that was opened beyond its opener. */
export interface OpenedScope<T> {
  set(value: T): void;
  /** Stands for the invocation, of which pipelines within others are a part. */
  readonly invocation: object;
  /** Ends the scope: what it has leaked to stands in the one around it again. Doing so twice is harmless. */
  leave(): void;
}

/** What the code of one scope sees. Code that a scope has leaked to sees through it once the scope has been left. */
class Cell<T> implements OpenedScope<T> {
  value: T | undefined;
  /** What tells the invocation that it belongs to. */
  readonly key: unknown;
  /** The scope around it, in the same invocation. */
  readonly outer: Cell<T> | undefined;
  /** The scope of the whole invocation; absent where this one is that, or stands in none. */
  readonly outermost: Cell<T> | undefined;
  left = false;

  constructor(
    value: T | undefined,
    key: unknown,
    outer: Cell<T> | undefined,
    outermost: Cell<T> | undefined,
  ) {
    this.value = value;
    this.key = key;
    this.outer = outer;
    this.outermost = outermost;
  }

  get invocation(): object {
    return this.outermost ?? this;
  }

  set(value: T): void {
    if (!this.left) this.value = value;
  }

  leave(): void {
    this.left = true;
    this.value = undefined;
  }
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
    this.#storage.enterWith(new Cell(value, around?.key, undefined, around?.outermost ?? around));
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
    return this.#innermost()?.invocation;
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
    const key = outer?.key ?? keyOf(invocation);
    const cell = new Cell(value, key, outer, outer?.outermost ?? outer);
    this.#storage.enterWith(cell);
    return cell;
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
    const isWithin = cell?.key === key || (typeof cell?.key === 'string' && typeof key !== 'string');
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
