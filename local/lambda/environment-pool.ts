import type { ExecutionEnvironment } from './execution-environment.ts';
import { ThrottledError } from './invocation.ts';

export interface PoolOptions {
  /** For messages. */
  readonly functionName: string;
  /** Most environments at once: an invocation that finds them busy waits for one. */
  readonly limit: number;
  /** Most invocations at once, running or waiting: what is above is throttled. */
  readonly concurrency: number;
  /** Milliseconds after which an unused environment is ended. */
  readonly idleTimeoutMs: number;
  readonly start: () => ExecutionEnvironment;
}

interface Waiting extends PromiseWithResolvers<ExecutionEnvironment> {
  readonly tenant: string | undefined;
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
  /** Those that wait for an environment, the first to have one first. */
  readonly #waiting: Waiting[] = [];
  /** Whom each serves, of a function that isolates its tenants. */
  readonly #tenants = new Map<ExecutionEnvironment, string>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * The environment used last, a new one when all are busy, or the next that becomes free when there may be no more; of a tenant,
   * those that have served no other. An idle one of another tenant gives way where there is no room.
   *
   * @param tenant of a function that isolates its tenants
   * @throws ThrottledError where as many invocations run or wait as may.
   * @throws Error when the pool stops before there is one.
   */
  async acquire(tenant?: string): Promise<ExecutionEnvironment> {
    const idle = this.#idle.findLast((environment) => this.#tenants.get(environment) === tenant);
    if (idle !== undefined) {
      this.#idle.splice(this.#idle.indexOf(idle), 1);
      this.#clearTimer(idle);
      return idle;
    }
    const { functionName, limit, concurrency } = this.#options;
    if (this.#all.size - this.#idle.length + this.#waiting.length >= concurrency) {
      throw new ThrottledError(
        `${functionName} has ${concurrency} invocations at once, its limit, and all are busy. Try again later.`,
      );
    }
    const [leastUsed] = this.#idle;
    if (this.#all.size >= limit && leastUsed !== undefined) this.#expire(leastUsed);
    if (this.#all.size < limit) return this.#start(tenant);
    const waiting = { ...Promise.withResolvers<ExecutionEnvironment>(), tenant };
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** Takes an environment back after its invocation. */
  release(environment: ExecutionEnvironment): void {
    if (!environment.alive || !this.#all.has(environment)) return;
    if (this.#outdated.has(environment)) {
      this.#expire(environment);
      return;
    }
    const tenant = this.#tenants.get(environment);
    const next = this.#waiting.findIndex((waiting) => waiting.tenant === tenant);
    if (next !== -1) {
      this.#waiting.splice(next, 1)[0]?.resolve(environment);
      return;
    }
    if (this.#waiting.length > 0) {
      // All of them are of other tenants: it gives way.
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

  /** Ends every environment, busy or not, and lets nobody wait for one any more. */
  async stop(): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new Error(`${this.#options.functionName} has not run: Lantern is stopping.`));
    }
    await Promise.all([...this.#all, ...this.#expired].map((environment) => environment.stop()));
  }

  #start(tenant: string | undefined): ExecutionEnvironment {
    const environment = this.#options.start();
    this.#all.add(environment);
    if (tenant !== undefined) this.#tenants.set(environment, tenant);
    void environment.ended.then(() => this.#forget(environment));
    return environment;
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
    if (this.#all.size >= this.#options.limit) return;
    const next = this.#waiting.shift();
    next?.resolve(this.#start(next.tenant));
  }

  #clearTimer(environment: ExecutionEnvironment): void {
    clearTimeout(this.#timers.get(environment));
    this.#timers.delete(environment);
  }
}
