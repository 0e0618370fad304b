import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceInfo, TraceListing } from '../../local/console-contract.ts';
import type { TracePage } from '../../local/xray/trace.ts';
import { freePorts, portsOf } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { addService, copyProject } from '../helpers/project-copy.ts';
import type { Run } from '../helpers/run.ts';
import { runServerless } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';

type Name = 'orders' | 'billing';

let project: ProjectCopy;
let port: number;
const directories = new Map<Name, string>();
const runs: Run[] = [];

beforeAll(async () => {
  project = await copyProject();
  for (const name of ['orders', 'billing'] as const) directories.set(name, await addService(project, name));
  port = await freePorts(20);
});

afterAll(async () => {
  for (const { child, exited } of runs) {
    child.kill('SIGKILL');
    await exited;
  }
  await project.remove();
});

/** All on the same ports, as two terminals without options would have it. */
function start(name: Name, ...options: readonly string[]): Run {
  const run = runServerless(
    ['local', '--stage', 'local', ...portsOf(port, port + 5), ...options],
    directories.get(name) ?? '',
    { XDG_STATE_HOME: join(project.directory, 'state') },
  );
  runs.push(run);
  return run;
}

async function read<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`http://localhost:${port + 1}${path}`)).json()) as Answer;
}

/** Where the API of a service answers, as its first lines say. */
function apiIn(run: Run): string {
  return /API \(REST\) +(http:\/\/localhost:\d+)/.exec(run.output())?.[1] ?? '';
}

async function place(orders: Run, order: string, by?: string): Promise<void> {
  const response = await fetch(`${apiIn(orders)}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ order, by }),
  });
  expect(response.status, await response.text()).toBe(202);
}

/** What billing says of the charge, when there is one. */
function chargeOf(billing: Run, order: string): Promise<Record<string, unknown>> {
  return until(async () => {
    const response = await fetch(`${apiIn(billing)}/charges/${order}`).catch(() => undefined);
    return response?.status === 200 && ((await response.json()) as Record<string, unknown>);
  }, `the charge of ${order}`);
}

/** The trace of a request that the gateway of a service took, when it is complete. */
function traceOf(method: string, contains: (page: TracePage) => boolean): Promise<TracePage> {
  return until(async () => {
    const { traces } = await read<TraceListing>('/api/traces');
    for (const { id, http } of traces) {
      if (http?.method !== method) continue;
      const page = await read<TracePage>(`/api/traces/${id}`);
      if (contains(page)) return page;
    }
    return false;
  }, `a trace of ${method}`);
}

function namesIn({ trace, linked }: TracePage): string[] {
  return [trace, ...linked].flatMap(({ segments }) => segments.map(({ name }) => name));
}

describe('two services of one product', () => {
  let orders: Run;
  let billing: Run;

  it('run in one Lantern: the second joins the first, and what the first takes from its stack is there', async () => {
    orders = start('orders');
    await orders.until('Ctrl-C stops everything');
    billing = start('billing');
    await billing.until('Ctrl-C stops this service');
    expect(billing.output()).toContain(
      `it has joined the Lantern of orders (local) at http://localhost:${port + 1}`,
    );
    expect(orders.output()).toContain('billing (local) has joined');
    expect(apiIn(billing)).not.toBe(apiIn(orders));

    await place(orders, 'o-1');
    await place(orders, 'o-2', 'stack');
    await place(orders, 'o-3', 'event');
    expect(await chargeOf(billing, 'o-1')).toMatchObject({
      by: 'queue',
      orders: apiIn(orders).replace('localhost', '127.0.0.1'),
    });
    expect(await chargeOf(billing, 'o-2')).toMatchObject({ by: 'queue' });
    expect(await chargeOf(billing, 'o-3')).toMatchObject({ by: 'event' });
  });

  it('write to the terminal of their own', async () => {
    await billing.until('charged o-1 by queue');
    await orders.until('placed o-1');
    expect(orders.output()).not.toContain('charged o-1');
    expect(billing.output()).not.toContain('placed o-1');
  });

  it('have one page: functions of both, one map, and traces that go through both', async () => {
    const { services, functions } = await read<ServiceInfo>('/api/service');
    expect(services).toEqual([
      { name: 'orders', stage: 'local' },
      { name: 'billing', stage: 'local' },
    ]);
    expect(functions.map(({ key, service }) => `${service ?? ''} ${key}`)).toEqual([
      'orders place',
      'orders show',
      'billing charge',
      'billing readCharge',
      'billing onOrder',
    ]);

    const response = await fetch(`${apiIn(orders)}/orders/o-1`);
    expect(await response.json()).toMatchObject({ byHttp: { order: 'o-1' }, byName: { order: 'o-1' } });
    const shown = await traceOf('GET', (page) => namesIn(page).includes('orders-local-show'));
    expect(shown.linked).toEqual([]);
    expect(new Set(namesIn(shown))).toEqual(
      new Set(['local-orders/local', 'orders-local-show', 'local-billing/local', 'billing-local-readCharge']),
    );
    const placed = await traceOf('POST', (page) => namesIn(page).includes('billing-local-charge'));
    expect(placed.linked).not.toEqual([]);
    const { services: nodes } = await read<{ services: { Name: string }[] }>('/api/graph');
    expect(nodes.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining(['orders-local-place', 'billing-local-charge']),
    );
  });

  it('go on when the other one stops, and it finds what it had when it comes back', async () => {
    billing.child.kill('SIGINT');
    expect(await billing.exited).toBe(0);
    await orders.until('billing has left');
    await place(orders, 'o-4');
    const { services } = await read<ServiceInfo>('/api/service');
    expect(services).toEqual([{ name: 'orders', stage: 'local' }]);

    billing = start('billing');
    await billing.until('Ctrl-C stops this service');
    expect(await chargeOf(billing, 'o-1')).toMatchObject({ by: 'queue' });
    expect(await chargeOf(billing, 'o-4')).toMatchObject({ by: 'queue' });
  });

  it('go on when the first is killed: the second takes its place, and the first joins it', async () => {
    orders.child.kill('SIGKILL');
    await orders.exited;
    await billing.until('The Lantern of orders (local)');
    await billing.until('Ctrl-C stops everything');
    orders = start('orders');
    await orders.until('it has joined the Lantern of billing (local)');
    await orders.until('Ctrl-C stops this service');
    await place(orders, 'o-5', 'stack');
    expect(
      await chargeOf({ ...billing, output: () => billing.output().split('has ended').at(-1) ?? '' }, 'o-5'),
    ).toMatchObject({
      by: 'queue',
    });
  });

  it('refuse a third that is one of them, before anything is built', async () => {
    await rm(join(directories.get('orders') ?? '', '.serverless'), { recursive: true, force: true });
    const again = start('orders');
    expect(await again.exited).toBe(1);
    expect(again.output()).toMatch(
      /runs orders \(local\) already\. Stop it, or start this service with --alone/,
    );
    const alone = start('orders', '--alone');
    expect(await alone.exited).toBe(1);
    expect(alone.output()).toMatch(new RegExp(`Port ${port + 1} on 127\\.0\\.0\\.1.* is taken`));
  });

  it('end by Ctrl-C in both terminals, whichever comes first', async () => {
    billing.child.kill('SIGINT');
    expect(await billing.exited).toBe(0);
    await orders.until('Ctrl-C stops everything');
    orders.child.kill('SIGINT');
    expect(await orders.exited).toBe(0);
  });
});
