import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../local/xray/trace.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyShop, eventually, functionProcesses, isComplete, Shop } from './shop.ts';

/** What a process that is killed may lose, as docs/local.md has it. */
const LOST_AT_MOST_MS = 1000;
/** Customers that order all the time, so that something is under way whenever Lantern is killed. */
const CUSTOMERS = 4;

let project: ProjectCopy;
let state: string;

beforeAll(async () => {
  project = await copyShop();
  state = await mkdtemp(join(tmpdir(), 'lantern-soak-state-'));
});
afterAll(async () => {
  await project.remove();
  await rm(state, { recursive: true, force: true });
});

/** Documents of a trace, in whatever order they were read. */
function documentsOf({ documents }: Trace): string[] {
  return documents.map((document) => JSON.stringify(document)).sort();
}

/** The files of traces: one that was set aside, too. */
async function traceFiles(): Promise<string[]> {
  const names = await readdir(state, { recursive: true });
  return names.filter((name) => /traces.*\.sqlite$/.test(name));
}

describe('Lantern that is killed and started again', () => {
  it('has every trace of before, on the same ports at once, and leaves no process', async () => {
    const start = (port?: number): Promise<Shop> =>
      Shop.start(project, {
        keepsTraces: true,
        env: { XDG_STATE_HOME: state },
        ...(port !== undefined && { port }),
      });
    let shop = await start();
    const { port } = shop.stack;
    const known = new Map<string, string[]>();
    try {
      for (const round of ['first', 'second']) {
        const orders = await shop.placeAll(['tea', 'mug', 'declined-voucher'], round);
        for (const order of orders) {
          const traces = await eventually(async () => {
            const found = await shop.tracesOf(order);
            return found.length === 2 && found.every(isComplete) && found;
          }, `both traces of ${order.correlationId}`);
          for (const trace of traces) known.set(trace.id, documentsOf(trace));
        }
        await sleep(LOST_AT_MOST_MS);
        const ordering = new AbortController();
        const customers = Array.from({ length: CUSTOMERS }, async () => {
          while (!ordering.signal.aborted) await shop.stack.order('kettle').catch(() => ordering.abort());
        });
        await sleep(500);
        expect(await shop.functionProcesses()).not.toEqual([]);
        shop.stack.run.child.kill('SIGKILL');
        await shop.stack.run.exited;
        await Promise.all(customers);

        shop = await start(port);
        expect(
          await Promise.all(
            [...known.keys()].map(async (id) => documentsOf((await shop.stack.trace(id)).trace)),
          ),
        ).toEqual([...known.values()]);
        expect(known.size).toBeGreaterThan(0);
        expect(shop.stack.run.output()).not.toMatch(/cannot be (read|kept)|set aside|damaged/);
        expect(await traceFiles()).toHaveLength(1);
        // Those of now have not been called yet.
        expect(await functionProcesses(shop.stack.daemonPort)).toEqual([]);
      }
      const [order] = await shop.placeAll(['tea'], 'afterwards');
      if (order !== undefined) await shop.untilAll([order], 'paid');
    } finally {
      await shop.stack.stop();
    }
  });
});
