/** A moment on two clocks: the wall's, which people read, and a monotonic one, which measures. */
export interface Instant {
  /** Epoch milliseconds. */
  readonly epoch: number;
  /** Milliseconds since some fixed moment; only differences mean something. */
  readonly monotonic: number;
}

export function instant(): Instant {
  return { epoch: Date.now(), monotonic: performance.now() };
}

/** Milliseconds, never negative. */
export function elapsed(from: Instant, to: Instant): number {
  return Math.max(0, to.monotonic - from.monotonic);
}
