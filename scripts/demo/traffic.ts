import { setTimeout as sleep } from 'node:timers/promises';

/** Customers of the shop, who order one thing after the other. */
export interface Traffic {
  /** What they order from now on: a sku of the catalogue. */
  order(sku: string): void;
  /** Orders that were accepted, and what went wrong with the others. */
  readonly placed: () => number;
  readonly failures: () => readonly string[];
  /** Resolves when nothing more is sent. */
  stop(): Promise<void>;
}

/**
 * Posts an order every `everyMs` real milliseconds to the shop at `api`, each on its own, whether the one before was
 * answered or not.
 */
export function startTraffic(api: string, sku: string, everyMs: number): Traffic {
  const ending = new AbortController();
  const failures: string[] = [];
  let [wanted, placed] = [sku, 0];

  async function post(): Promise<void> {
    try {
      const response = await fetch(`${api}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ customerId: 'c-1', items: [{ sku: wanted, quantity: 1 }] }),
        signal: ending.signal,
      });
      if (response.status === 201) placed += 1;
      else failures.push(`POST /orders was answered ${response.status}: ${await response.text()}`);
    } catch (error) {
      if (!ending.signal.aborted) failures.push(`POST /orders failed: ${String(error)}`);
    }
  }

  async function goOn(): Promise<void> {
    const open = new Set<Promise<void>>();
    while (!ending.signal.aborted) {
      const order = post();
      open.add(order);
      void order.then(() => open.delete(order));
      await sleep(everyMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    await Promise.all(open);
  }

  const running = goOn();
  return {
    order: (next) => (wanted = next),
    placed: () => placed,
    failures: () => failures,
    async stop() {
      ending.abort();
      await running;
    },
  };
}
