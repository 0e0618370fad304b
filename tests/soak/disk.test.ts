import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import type { PlacedOrder } from './shop.ts';
import { copyShop, eventually, isComplete, Shop } from './shop.ts';

/** Has room for the tables of the store, and for some orders. */
const DISK = '1500k';

/** Of so many there is not room on it. */
const MOST_ORDERS = 200;

/** In namespaces of its own nobody needs to be root to mount a disk, and it is gone with the process. */
function onSmallDisk(folder: string): readonly string[] {
  const mounting = `mount -t tmpfs -o size=${DISK} small "$0" && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mounting, folder];
}

function canMount(): boolean {
  try {
    const [program = '', ...args] = onSmallDisk(tmpdir());
    execFileSync(program, [...args, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let project: ProjectCopy;

beforeAll(async () => {
  project = await copyShop();
});
afterAll(() => project.remove());

describe('a disk that is full', () => {
  it.runIf(canMount())(
    'keeps no order from being paid, and its traces are in memory, which is said',
    async () => {
      const state = await mkdtemp(join(tmpdir(), 'lantern-soak-state-'));
      const shop = await Shop.start(project, {
        keepsTraces: true,
        env: { XDG_STATE_HOME: state },
        through: onSmallDisk(state),
      });
      try {
        const orders: PlacedOrder[] = [];
        while (!shop.stack.run.output().includes('Traces cannot be kept')) {
          expect(orders.length).toBeLessThan(MOST_ORDERS);
          orders.push(...(await shop.placeAll(['tea', 'mug'], `order-${orders.length}`)));
        }
        expect(orders.length).toBeGreaterThan(0);
        orders.push(...(await shop.placeAll(['mug', 'kettle', 'tea'], 'afterwards')));
        await shop.untilAll(orders, 'paid');
        for (const order of orders) {
          await eventually(async () => {
            const traces = await shop.tracesOf(order);
            return traces.length === 2 && traces.every(isComplete);
          }, `both traces of ${order.correlationId}`);
        }
        const { losses } = await shop.stack.traces();
        expect(losses).toMatchObject({
          evictedTraces: 0,
          fileFailure: expect.stringMatching(/full|I\/O/) as string,
        });
      } finally {
        await shop.stack.stop();
        await rm(state, { recursive: true, force: true });
      }
    },
  );
});
