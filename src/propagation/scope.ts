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
  /** The scope in which is kept what this one sees of that: itself, or one that it was opened in. */
  keeper: Cell<T> | undefined;
  /** What {@link Scope.keep} has put here. */
  kept: object | undefined = undefined;
  left = false;

  constructor(
    value: T | undefined,
    key: unknown,
    outer: Cell<T> | undefined,
    outermost: Cell<T> | undefined,
    keeper: Cell<T> | undefined,
  ) {
    this.value = value;
    this.key = key;
    this.outer = outer;
    this.outermost = outermost;
    this.keeper = keeper;
  }

  get invocation(): object {
    return this.outermost ?? this;
  }

  set(value: T): void {
    if (!this.left) this.value = value;
  }

  keep(kept: object): void {
    this.keeper = this;
    this.kept = kept;
  }

  leave(): void {
    this.left = true;
    this.value = undefined;
    this.kept = undefined;
  }
}

/** What {@link Scope.kept} gives once what was kept has ended with its scope. */
export const ENDED: object = Object.freeze({});

/** What {@link Scope.swap} has put aside. */
export type Aside<T> = Cell<T> | undefined;

/** A value that everything called from here on can see, and nothing else. */
export class Scope<T> {
  readonly #storage = new AsyncLocalStorage<Cell<T> | undefined>();

  /** The value of the innermost scope, or undefined outside of every scope. */
  get(): T | undefined {
    return unleft(this.#storage.getStore())?.value;
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
    const around = unleft(before);
    this.#storage.enterWith(cellWithin(around, value));
    return before;
  }

  restore(before: Aside<T>): void {
    this.#storage.enterWith(before);
  }

  /** What stands for the running invocation, see {@link OpenedScope}; undefined outside of every one. */
  invocation(): object | undefined {
    return unleft(this.#storage.getStore())?.invocation;
  }

  /** The value of the scope that one opened for this invocation would stand in. */
  around(invocation: unknown): T | undefined {
    const cell = unleft(this.#storage.getStore());
    return isWithin(cell, keyOf(invocation)) ? cell?.value : undefined;
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
    const innermost = unleft(this.#storage.getStore());
    const key = keyOf(invocation);
    const outer = isWithin(innermost, key) ? innermost : undefined;
    const cell = new Cell(value, outer?.key ?? key, outer, outer?.outermost ?? outer, innermost?.keeper);
    this.#storage.enterWith(cell);
    return cell;
  }

  /**
   * Keeps something else in the innermost scope, which everything within it sees by {@link Scope.kept} and which ends with it: it
   * takes half of what a second scope for it would. A scope within another of its invocation shares what is kept there.
   */
  keep(create: () => object): void {
    const cell = unleft(this.#storage.getStore());
    cell?.keep(cell.outer?.keeper?.kept ?? create());
  }

  /** What is kept where the code stands; {@link ENDED} for code that is still at work when that has ended. */
  kept(): object | undefined {
    const cell = this.#storage.getStore();
    const keeper = (unleft(cell) ?? cell)?.keeper;
    return keeper && (keeper.kept ?? ENDED);
  }

  /** Runs `fn` in a scope that sees the same and keeps something else, and returns what it returns. */
  runKeeping<R>(kept: object, fn: () => R): R {
    const before = this.#storage.getStore();
    const around = unleft(before);
    const cell = cellWithin(around, around?.value);
    cell.keep(kept);
    this.#storage.enterWith(cell);
    try {
      return fn();
    } finally {
      this.restore(before);
    }
  }
}

/** The innermost scope that has not been left, beginning with one. */
function unleft<T>(cell: Cell<T> | undefined): Cell<T> | undefined {
  let innermost = cell;
  while (innermost?.left === true) innermost = innermost.outer;
  return innermost;
}

/** A scope that is no invocation's own, in the one around it. */
function cellWithin<T>(around: Cell<T> | undefined, value: T | undefined): Cell<T> {
  return new Cell(value, around?.key, undefined, around?.outermost ?? around, around?.keeper);
}

/** Whether a scope that is opened for an invocation of this key stands in another one of that. */
function isWithin(cell: Cell<unknown> | undefined, key: unknown): boolean {
  // Lambda gives every invocation an id; a handler that is called by another may be given none.
  return cell?.key === key || (typeof cell?.key === 'string' && typeof key !== 'string');
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
