import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from '../../benchmarks/support/table.ts';
import type { Trace } from '../../local/xray/trace.ts';
import { subsegmentsOf } from '../../local/xray/entities.ts';
import type { Entity } from '../../local/xray/document.ts';
import { buildTimeline } from '../../local/xray/timeline.ts';
import { FROM_SOURCES } from '../helpers/run.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { until } from '../helpers/until.ts';
import { INSPECTED, liveHeap } from './inspector.ts';
import type { PlacedOrder } from './shop.ts';
import { copyShop, residentMemory, Shop } from './shop.ts';

/** `npm run soak` sets both: see `scripts/soak.ts`. */
const { SOAK_SECONDS = '10', SOAK_SEED = '1' } = process.env;
const seconds = Number(SOAK_SECONDS);
const seed = Number(SOAK_SEED);

/** How many customers order at the same time, one order after the other, in each round of the ramp. */
const RAMP = [1, 2, 4, 8, 16];
/** Rounds at what the machine bears, after each of which memory is looked at. */
const ROUNDS = 4;
/** Of the whole time. */
const RAMP_SHARE = 0.4;

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

describe.each([
  { where: 'in memory', keepsTraces: false },
  { where: 'in a file', keepsTraces: true },
])('a shop under load, with its traces $where', ({ keepsTraces }) => {
  let project: ProjectCopy;
  let state: string;
  let shop: Shop;
  const rounds: Round[] = [];
  const placed: PlacedOrder[] = [];
  const memory: { orders: number; heap: number; resident: number; functions: number }[] = [];
  let begun = 0;

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

  /** Until no message waits and none is being worked on. */
  async function untilQuiet(): Promise<void> {
    await until(async () => {
      const { visible, notVisible } = await shop.depth();
      return visible + notVisible === 0;
    }, 'an empty queue');
  }

  async function look(): Promise<void> {
    const { pid = 0 } = shop.stack.run.child;
    const processes = await shop.functionProcesses();
    const functions = await Promise.all(processes.map((each) => residentMemory(each.pid)));
    memory.push({
      orders: placed.length,
      heap: await liveHeap(shop.stack.run),
      resident: await residentMemory(pid),
      functions: Math.max(...functions),
    });
  }

  it('takes orders', async () => {
    for (const clients of RAMP) {
      const round = await runRound(shop, clients, (seconds * RAMP_SHARE) / RAMP.length);
      rounds.push(round);
      placed.push(...round.placed);
    }
    await untilQuiet();
    await look();
    const most = rounds.reduce((best, round) =>
      round.placed.length / round.seconds > best.placed.length / best.seconds ? round : best,
    );
    for (let index = 0; index < ROUNDS; index += 1) {
      const round = await runRound(shop, most.clients, (seconds * (1 - RAMP_SHARE)) / ROUNDS);
      rounds.push(round);
      placed.push(...round.placed);
      await untilQuiet();
      await look();
    }
    console.log(describeRounds(rounds));
    console.log(
      table(
        ['orders so far', 'heap in use', 'Lantern holds', 'the largest function holds'],
        memory.map(({ orders, heap, resident, functions }) => [
          String(orders),
          ...[heap, resident, functions].map((value) => `${value.toFixed(1)} MB`),
        ]),
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
    console.log(statuses.size, placed.length, await shop.deadLetters(), await shop.depth());
    expect(lost).toEqual([]);
    expect(await shop.deadLetters()).toEqual([]);
  });

  it('shows each of them in one complete trace of its request and one of its payment', async () => {
    const summaries = await shop.summaries();
    const { losses } = await shop.stack.traces();
    const incomplete: string[] = [];
    const creates = new Map<string, number>();
    const payments = new Map<string, number>();
    for (const { id } of summaries) {
      const { trace } = await shop.stack.trace(id);
      const { rows } = buildTimeline([trace], Date.now() / 1000);
      const open = rows.filter(({ end, orphan }) => end === undefined || orphan);
      if (open.length > 0) incomplete.push(`${id}: ${open.map(({ name }) => name).join(', ')}`);
      for (const { name, annotations } of entitiesOf(trace)) {
        const correlationId = String(annotations?.CorrelationId);
        if (name === '## src/handlers/create-order.handler')
          creates.set(correlationId, (creates.get(correlationId) ?? 0) + 1);
        if (name === 'record') payments.set(correlationId, (payments.get(correlationId) ?? 0) + 1);
      }
    }
    console.log(losses, summaries.length, incomplete.slice(0, 10), incomplete.length);
    const notOnce = placed
      .filter(({ correlationId }) => creates.get(correlationId) !== 1 || payments.get(correlationId) !== 1)
      .map(({ correlationId: c }) => [c, creates.get(c), payments.get(c)]);
    console.log(notOnce.length, notOnce.slice(0, 10));
    expect(notOnce).toEqual([]);
  });

  it('measures', async () => {
    const client = new CloudWatchClient({
      region: 'eu-west-1',
      endpoint: shop.stack.console,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const query = (
      Id: string,
      Namespace: string,
      MetricName: string,
      Dimensions: { Name: string; Value: string }[],
    ) => ({ Id, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: 'Sum' } });
    const f = (name: string) => [{ Name: 'FunctionName', Value: `order-shop-local-${name}` }];
    const found = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(begun - 60_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [
          ...['create-order', 'fulfil-order', 'take-payment'].flatMap((n) =>
            ['Invocations', 'Errors', 'Throttles'].map((m) =>
              query(`${n.replace('-', '_')}_${m}`, 'AWS/Lambda', m, f(n)),
            ),
          ),
          query('api', 'AWS/ApiGateway', 'Count', [{ Name: 'ApiName', Value: 'local-order-shop' }]),
          query('topic', 'AWS/SNS', 'NumberOfMessagesPublished', [
            { Name: 'TopicName', Value: 'order-shop-local-order-placed' },
          ]),
          query('deleted', 'AWS/SQS', 'NumberOfMessagesDeleted', [
            { Name: 'QueueName', Value: 'order-shop-local-fulfilment' },
          ]),
          query('received', 'AWS/SQS', 'NumberOfMessagesReceived', [
            { Name: 'QueueName', Value: 'order-shop-local-fulfilment' },
          ]),
        ],
      }),
    );
    for (const { Id, Values = [] } of found.MetricDataResults ?? [])
      console.log(
        Id,
        Values.reduce((a, b) => a + b, 0),
      );
  });
});
