import type { ExecutionEnvironment } from './execution-environment.ts';
import { ThrottledError } from './invocation.ts';

export interface PoolOptions {
  /** For messages. */
  readonly functionName: string;
  /** Most environments at once. */
  readonly limit: number;
  /** Milliseconds after which an unused environment is ended. */
  readonly idleTimeoutMs: number;
  readonly start: () => ExecutionEnvironment;
}

/** The environments of one function. Each is with one invocation, or idle. */
export class EnvironmentPool {
  readonly #options: PoolOptions;
  readonly #all = new Set<ExecutionEnvironment>();
  /** Idle for too long, or outdated, and on their way out: they no longer count. */
  readonly #expired = new Set<ExecutionEnvironment>();
  /** Busy with their last invocation: the function has another configuration now. */
  readonly #outdated = new Set<ExecutionEnvironment>();
  /** Most recently used last. */
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #timers = new Map<ExecutionEnvironment, NodeJS.Timeout>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * The environment used last, or a new one when all are busy.
   *
   * @throws ThrottledError at the limit
   */
  acquire(): ExecutionEnvironment {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      this.#clearTimer(idle);
      return idle;
    }
    const { functionName, limit, start } = this.#options;
    if (this.#all.size >= limit) {
      throw new ThrottledError(
        `${functionName} has ${limit} environments, its limit, and all are busy. Try again later.`,
      );
    }
    const environment = start();
    this.#all.add(environment);
    void environment.ended.then(() => this.#forget(environment));
    return environment;
  }

  /** Takes an environment back after its invocation. */
  release(environment: ExecutionEnvironment): void {
    if (!environment.alive || !this.#all.has(environment)) return;
    if (this.#outdated.has(environment)) {
      this.#expire(environment);
      return;
    }
    this.#idle.push(environment);
    const timer = setTimeout(() => this.#expire(environment), this.#options.idleTimeoutMs);
    timer.unref();
    this.#timers.set(environment, timer);
  }

  /**
   * Lets no later invocation have an environment of today: the idle ones end, the busy ones after their invocation.
   *
   * @returns resolves when all of them have ended.
   */
  async renew(): Promise<void> {
    const today = [...this.#all, ...this.#expired];
    for (const environment of [...this.#idle]) this.#expire(environment);
    for (const environment of this.#all) this.#outdated.add(environment);
    await Promise.all(today.map(({ ended }) => ended));
  }

  /** Ends every environment, busy or not. */
  async stop(): Promise<void> {
    await Promise.all([...this.#all, ...this.#expired].map((environment) => environment.stop()));
  }

  #expire(environment: ExecutionEnvironment): void {
    this.#forget(environment);
    this.#expired.add(environment);
    void environment.stop().then(() => this.#expired.delete(environment));
  }

  #forget(environment: ExecutionEnvironment): void {
    this.#clearTimer(environment);
    this.#all.delete(environment);
    this.#outdated.delete(environment);
    const at = this.#idle.indexOf(environment);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  #clearTimer(environment: ExecutionEnvironment): void {
    clearTimeout(this.#timers.get(environment));
    this.#timers.delete(environment);
  }
}
