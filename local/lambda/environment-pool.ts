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

/** The environments of one function. Each is with one invocation, or idle. An environment that has served a tenant serves no other. */
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
  /** Whom each serves, of a function that isolates its tenants. */
  readonly #tenants = new Map<ExecutionEnvironment, string>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * The environment used last, or a new one when all are busy; of a tenant, those that have served no other. An idle one of another
   * tenant gives way where there is no room.
   *
   * @param tenant of a function that isolates its tenants
   * @throws ThrottledError at the limit
   */
  acquire(tenant?: string): ExecutionEnvironment {
    const idle = this.#idle.findLast((environment) => this.#tenants.get(environment) === tenant);
    if (idle !== undefined) {
      this.#idle.splice(this.#idle.indexOf(idle), 1);
      this.#clearTimer(idle);
      return idle;
    }
    const { functionName, limit, start } = this.#options;
    const [leastUsed] = this.#idle;
    if (this.#all.size >= limit && leastUsed !== undefined) this.#expire(leastUsed);
    if (this.#all.size >= limit) {
      throw new ThrottledError(
        `${functionName} has ${limit} environments, its limit, and all are busy. Try again later.`,
      );
    }
    const environment = start();
    this.#all.add(environment);
    if (tenant !== undefined) this.#tenants.set(environment, tenant);
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
    this.#tenants.delete(environment);
    const at = this.#idle.indexOf(environment);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  #clearTimer(environment: ExecutionEnvironment): void {
    clearTimeout(this.#timers.get(environment));
    this.#timers.delete(environment);
  }
}
