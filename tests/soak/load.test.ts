import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from '../../benchmarks/support/table.ts';
import type { Entity } from '../../local/xray/document.ts';
import { subsegmentsOf } from '../../local/xray/entities.ts';
import type { Trace } from '../../local/xray/trace.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { FROM_SOURCES } from '../helpers/run.ts';
import { INSPECTED, liveHeap } from './inspector.ts';
import type { PlacedOrder } from './shop.ts';
import { copyShop, eventually, isComplete, residentMemory, Shop } from './shop.ts';

/** `npm run soak` sets both: see `scripts/soak.ts`. Of the load alone, for each way to keep traces. */
const { SOAK_SECONDS = '10', SOAK_SEED = '1' } = process.env;
const seconds = Number(SOAK_SECONDS);
const seed = Number(SOAK_SEED);

/** How many customers order at the same time, one order after the other, in each round of the ramp. */
const RAMP = [1, 2, 4, 8, 16];
/** Rounds at what the machine bears, after each of which memory is looked at. */
const ROUNDS = 4;
/** Of the whole time. */
const RAMP_SHARE = 0.4;

/** kB that an order may leave in the heap when its traces have been cleared: its row in the table, its numbers in the metrics. */
const MOST_LEFT_OF_AN_ORDER = 8;
/** MB that the heap may grow apart from that: code that was compiled meanwhile, caches that fill. */
const MOST_OF_ITS_OWN = 12;
/** Questions that are asked at the same time when traces are looked at. */
const READERS = 8;

/** What is ordered, by how often of a hundred, and what the order comes to. */
const SKUS = [
  { sku: 'tea', share: 45, ending: 'paid' },
  { sku: 'mug', share: 40, ending: 'paid' },
  { sku: 'kettle', share: 10, ending: 'paid' },
  { sku: 'declined-voucher', share: 4, ending: 'declined' },
  { sku: 'slow-teapot', share: 1, ending: 'paid' },
] as const;

interface Round {
  readonly clients: number;
  readonly seconds: number;
  readonly placed: PlacedOrder[];
  /** Milliseconds until 201. */
  readonly durations: number[];
  /** Answers other than 201, and how many of each. */
  readonly others: Record<string, number>;
}

let orderNumber = 0;

/** The next order: the same ones for the same seed. */
function nextSku(): string {
  // A linear congruence goes through all hundred before it comes to one again.
  const place = (seed * 37 + orderNumber * 61) % 100;
  let sum = 0;
  return SKUS.find(({ share }) => (sum += share) > place)?.sku ?? 'tea';
}

async function runRound(shop: Shop, clients: number, length: number): Promise<Round> {
  const round: Round = { clients, seconds: length, placed: [], durations: [], others: {} };
  const deadline = performance.now() + length * 1000;
  const customer = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const sku = nextSku();
      const correlationId = `soak-${seed}-${orderNumber++}`;
      const begun = performance.now();
      const answer = await shop.stack
        .order(sku, { 'x-correlation-id': correlationId })
        .then(async (response) => ({ status: String(response.status), body: await response.text() }))
        .catch((error: unknown) => ({ status: String(error), body: '' }));
      if (answer.status === '201') {
        round.durations.push(performance.now() - begun);
        round.placed.push({ id: (JSON.parse(answer.body) as { id: string }).id, correlationId, sku });
      } else {
        round.others[answer.status] = (round.others[answer.status] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, customer));
  return round;
}

function percentile(sorted: readonly number[], share: number): string {
  return `${(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN).toFixed(0)} ms`;
}

function describeRounds(rounds: readonly Round[]): string {
  return table(
    ['customers', 'orders/s', 'p50', 'p95', 'p99', 'other answers'],
    rounds.map(({ clients, seconds: length, placed, durations, others }) => {
      const sorted = durations.toSorted((one, other) => one - other);
      const refused = Object.entries(others).map(([status, count]) => `${count} × ${status}`);
      return [
        String(clients),
        (placed.length / length).toFixed(1),
        ...[0.5, 0.95, 0.99].map((share) => percentile(sorted, share)),
        refused.join(', ') || '-',
      ];
    }),
  );
}

/** All subsegments and segments of a trace. */
function entitiesOf(trace: Trace): Entity[] {
  const entities: Entity[] = [...trace.segments, ...trace.orphans];
  for (const entity of entities) entities.push(...subsegmentsOf(entity));
  return entities;
}

/** How often each order is in traces: as a request and as a payment, by its correlation id. */
interface Seen {
  readonly requests: Map<string, number>;
  readonly payments: Map<string, number>;
}

function countIn(trace: Trace, { requests, payments }: Seen): void {
  for (const { name, annotations } of entitiesOf(trace)) {
    const counts = { '## src/handlers/create-order.handler': requests, record: payments }[name];
    const correlationId = String(annotations?.CorrelationId);
    counts?.set(correlationId, (counts.get(correlationId) ?? 0) + 1);
  }
}

describe.each([
  { where: 'in memory', keepsTraces: false },
  { where: 'in a file', keepsTraces: true },
])('the shop under load, with its traces $where', ({ keepsTraces }) => {
  let project: ProjectCopy;
  let state: string;
  let shop: Shop;
  let begun: number;
  const rounds: Round[] = [];
  const placed: PlacedOrder[] = [];
  const memory: { readonly orders: number; readonly heap: number; readonly row: readonly string[] }[] = [];
  /** What was wrong with the traces of each round, and how many losses Lantern admitted. */
  const wrong: string[] = [];
  let admitted = 0;

  beforeAll(async () => {
    project = await copyShop();
    state = await mkdtemp(join(tmpdir(), 'lantern-soak-state-'));
    shop = await Shop.start(project, {
      keepsTraces,
      env: { XDG_STATE_HOME: state, NODE_OPTIONS: `${FROM_SOURCES} ${INSPECTED}` },
    });
    begun = Date.now();
  });
  afterAll(async () => {
    await shop.stack.stop();
    await project.remove();
    await rm(state, { recursive: true, force: true });
  });

  async function take(clients: number, length: number): Promise<Round> {
    const round = await runRound(shop, clients, length);
    rounds.push(round);
    placed.push(...round.placed);
    return round;
  }

  /** Waits until every order has come to its end, judges the traces, clears them, and looks at what is left of them. */
  async function settle(orders: readonly PlacedOrder[]): Promise<void> {
    await shop.untilQuiet();
    await judgeTraces(orders);
    await fetch(`${shop.stack.console}/api/traces`, { method: 'DELETE' });
    const { pid = 0 } = shop.stack.run.child;
    const processes = await shop.functionProcesses();
    const functions = await Promise.all(processes.map((each) => residentMemory(each.pid)));
    const heap = await liveHeap(shop.stack.run);
    const figures = [heap, await residentMemory(pid), Math.max(...functions)];
    const row = [String(placed.length), ...figures.map((value) => `${value.toFixed(0)} MB`)];
    memory.push({ orders: placed.length, heap, row });
  }

  async function judgeTraces(orders: readonly PlacedOrder[]): Promise<void> {
    await eventually(
      async () => (await shop.summaries()).every(({ isPartial }) => !isPartial),
      'traces of which nothing is missing',
    ).catch(() => undefined);
    const seen: Seen = { requests: new Map(), payments: new Map() };
    const ids = (await shop.summaries()).map(({ id }) => id);
    const readers = Array.from({ length: READERS }, async () => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        const { trace } = await shop.stack.trace(id);
        if (!isComplete(trace)) wrong.push(`${id} is not complete`);
        countIn(trace, seen);
      }
    });
    await Promise.all(readers);
    for (const { correlationId } of orders) {
      const counts = [seen.requests.get(correlationId) ?? 0, seen.payments.get(correlationId) ?? 0];
      if (counts.join() !== '1,1')
        wrong.push(`${correlationId} is in ${counts.join(' requests and ')} payments`);
    }
    const { droppedDatagrams, evictedTraces, invalid, refusedDocuments } = (await shop.stack.traces()).losses;
    admitted += droppedDatagrams + evictedTraces + invalid + refusedDocuments;
  }

  it('takes orders, as many as the machine bears', async () => {
    for (const clients of RAMP) await take(clients, (seconds * RAMP_SHARE) / RAMP.length);
    await settle(placed);
    const rate = (round: Round): number => round.placed.length / round.seconds;
    const best = rounds.reduce((most, round) => (rate(round) > rate(most) ? round : most));
    for (let index = 0; index < ROUNDS; index += 1) {
      const round = await take(best.clients, (seconds * (1 - RAMP_SHARE)) / ROUNDS);
      await settle(round.placed);
    }
    console.log(`${describeRounds(rounds)}\n`);
    console.log(
      table(
        ['orders so far', 'heap in use', 'Lantern holds', 'the largest function holds'],
        memory.map(({ row }) => row),
      ),
    );
    expect(placed.length).toBeGreaterThan(0);
  });

  it('loses none between 201 and its payment', async () => {
    const statuses = await shop.statuses();
    const lost = placed.filter(({ id, sku }) => {
      const expected = SKUS.find((each) => each.sku === sku)?.ending;
      return statuses.get(id) !== expected;
    });
    expect(lost).toEqual([]);
    expect(await shop.deadLetters()).toEqual([]);
  });

  it('shows each in one complete trace of its request and one payment, but for losses that it counts', () => {
    // One datagram that did not arrive leaves a trace incomplete, and may be all that names an order in it.
    if (wrong.length > 2 * admitted) expect(wrong).toEqual([]);
  });

  it('measures as many as were sent', async () => {
    const sums = await metricsSince(shop, begun);
    const answers = rounds.flatMap(({ placed: orders, others }) => [
      orders.length,
      ...Object.entries(others).flatMap(([status, count]) => (/^\d+$/.test(status) ? [count] : [])),
    ]);
    const sent = answers.reduce((sum, count) => sum + count, 0);
    const stored = (await shop.statuses()).size;
    expect(sums).toMatchObject({ created: sent, throttled: 0, published: stored, deleted: stored });
    expect(sums.requests).toBe(sent + sums.payments);
  });

  it('keeps nothing of an order whose traces are cleared', () => {
    const [first, last] = [memory.at(0), memory.at(-1)];
    const growth = (last?.heap ?? 0) - (first?.heap ?? 0);
    const orders = (last?.orders ?? 0) - (first?.orders ?? 0);
    expect(growth).toBeLessThan(MOST_OF_ITS_OWN + (orders * MOST_LEFT_OF_AN_ORDER) / 1000);
  });
});

type Sums = Record<'created' | 'throttled' | 'payments' | 'requests' | 'published' | 'deleted', number>;

/** What CloudWatch has counted of the shop so far. */
async function metricsSince(shop: Shop, begun: number): Promise<Sums> {
  const ofFunction = (name: string) => ['FunctionName', `order-shop-local-${name}`] as const;
  const metrics: Record<keyof Sums, readonly [string, string, readonly [string, string]]> = {
    created: ['AWS/Lambda', 'Invocations', ofFunction('create-order')],
    throttled: ['AWS/Lambda', 'Throttles', ofFunction('take-payment')],
    payments: ['AWS/Lambda', 'Invocations', ofFunction('take-payment')],
    requests: ['AWS/ApiGateway', 'Count', ['ApiName', 'local-order-shop']],
    published: ['AWS/SNS', 'NumberOfMessagesPublished', ['TopicName', 'order-shop-local-order-placed']],
    deleted: ['AWS/SQS', 'NumberOfMessagesDeleted', ['QueueName', 'order-shop-local-fulfilment']],
  };
  const cloudWatch = new CloudWatchClient({
    region: 'eu-west-1',
    endpoint: shop.stack.console,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(begun - 60_000),
      EndTime: new Date(Date.now() + 60_000),
      MetricDataQueries: Object.entries(metrics).map(([Id, [Namespace, MetricName, [Name, Value]]]) => ({
        Id,
        MetricStat: {
          Metric: { Namespace, MetricName, Dimensions: [{ Name, Value }] },
          Period: 60,
          Stat: 'Sum',
        },
      })),
    }),
  );
  cloudWatch.destroy();
  return Object.fromEntries(
    MetricDataResults.map(({ Id, Values = [] }) => [Id, Values.reduce((sum, value) => sum + value, 0)]),
  ) as Sums;
}
