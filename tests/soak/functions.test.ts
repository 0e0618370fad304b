import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTimeline } from '../../local/xray/timeline.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyShop, eventually, replaced, Shop, withSoonRetries } from './shop.ts';

const CONCURRENCY = 5;
const AT_ONCE = 1000;

let project: ProjectCopy;
let shop: Shop;
let lambda: LambdaClient;

beforeAll(async () => {
  project = await copyShop((yml) =>
    replaced(
      // Not before a slow payment is over, also where the machine is slow.
      withSoonRetries(yml, 7),
      '    handler: src/handlers/get-order.handler\n',
      `    handler: src/handlers/get-order.handler\n    reservedConcurrency: ${CONCURRENCY}\n`,
    ),
  );
  shop = await Shop.start(project);
  lambda = new LambdaClient({
    region: 'eu-west-1',
    endpoint: `http://localhost:${shop.stack.port + 2}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { httpAgent: { maxSockets: AT_ONCE, keepAlive: false } },
  });
});
afterAll(async () => {
  lambda.destroy();
  await shop.stack.stop();
  await project.remove();
});

/** The process of a function that is in the middle of something. */
async function killRunning(key: string): Promise<void> {
  const processes = await shop.functionProcesses();
  const victims = processes.filter((each) => each.key === key);
  expect(victims).not.toEqual([]);
  for (const { pid } of victims) process.kill(pid, 'SIGKILL');
}

/** How often a line was written so far. */
function count(text: string): number {
  return shop.stack.run.output().split(text).length - 1;
}

describe('a function whose process is killed', () => {
  it('answers its caller as Lambda does, and its trace ends with a fault', async () => {
    const before = count('"payment requested"');
    const answer = fetch(`${shop.stack.api}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ orderId: '11111111-2222-4333-8444-555555555555', amount: 24.99 }),
    });
    await eventually(() => count('"payment requested"') > before, 'a payment under way');
    await killRunning('take-payment');
    const response = await answer;

    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ message: 'Internal server error' });
    const id = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '')?.[1] ?? '';
    const rows = await eventually(async () => {
      const { trace } = await shop.stack.trace(id);
      const timeline = buildTimeline([trace], Date.now() / 1000);
      return timeline.rows.every(({ end }) => end !== undefined) && timeline.rows;
    }, 'the end of the trace');
    const segment = rows.find(({ type }) => type === 'AWS::Lambda::Function');
    expect(segment).toMatchObject({ status: 'fault' });
    expect(JSON.stringify(segment?.entity.cause)).toContain('Runtime exited with error: signal: killed');
  });

  it.each([
    ['take-payment', '"payment requested"'],
    ['fulfil-order', '"payment requested"'],
  ])('(%s) while an order is paid loses no order: its message comes again', async (key, line) => {
    const before = count(line);
    const order = await shop.place('slow-teapot', `killed-${key}`);
    await eventually(() => count(line) > before, 'a payment under way');
    await killRunning(key);

    await shop.untilAll([order], 'paid');
    const open = await eventually(async () => {
      const traces = await shop.tracesOf(order);
      const { rows } = buildTimeline(traces, Date.now() / 1000);
      return rows.every(({ end }) => end !== undefined) && rows;
    }, 'the end of its traces');
    expect(open.some(({ status }) => status === 'fault')).toBe(true);
    expect(await shop.deadLetters()).toEqual([]);
  });
});

describe('messages that nobody can read', () => {
  it('go to the dead-letter queue after three tries, and others pass on meanwhile', async () => {
    const topics = new SNSClient({
      region: 'eu-west-1',
      endpoint: `http://localhost:${shop.stack.port + 3}`,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const poison = ['{"hello":"queue"}', 'no JSON', '{"type":"OrderPlaced"}', '[]'];
    const orders = await shop.placeAll(['tea', 'mug'], 'before-poison');
    for (const Message of poison) {
      await topics.send(
        new PublishCommand({
          TopicArn: 'arn:aws:sns:eu-west-1:000000000000:order-shop-local-order-placed',
          Message,
        }),
      );
      orders.push(await shop.place('kettle', `beside-poison-${orders.length}`));
    }
    topics.destroy();

    await shop.untilAll(orders, 'paid');
    await shop.untilQuiet();
    const given = await shop.deadLetters();
    const texts = given.map((text) => (JSON.parse(text) as { Message: string }).Message);
    expect(texts.sort()).toEqual([...poison].sort());
  });
});

describe(`a function of which ${CONCURRENCY} run at once, called ${AT_ONCE} times`, () => {
  const FunctionName = 'order-shop-local-get-order';
  const Payload = JSON.stringify({ pathParameters: { orderId: 'none' } });

  const processes = async (): Promise<number> =>
    (await shop.functionProcesses()).filter(({ key }) => key === 'get-order').length;

  it('runs or refuses each call with 429, and as many run as may', async () => {
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        lambda.send(new InvokeCommand({ FunctionName, Payload })).then(
          ({ FunctionError }) => FunctionError ?? 'ran',
          (error: unknown) => (error as Error).name,
        ),
      ),
    );
    expect(new Set(answers)).toEqual(new Set(['ran', 'TooManyRequestsException']));
    expect(answers.filter((each) => each === 'ran').length).toBeGreaterThanOrEqual(CONCURRENCY);
    expect(await processes()).toBe(CONCURRENCY);
  });

  it('runs every event that it gets asynchronously', async () => {
    const ends = (): number => shop.stack.run.output().match(/get-order .*\d ms/g)?.length ?? 0;
    const before = ends();
    const accepted = await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        lambda.send(new InvokeCommand({ FunctionName, Payload, InvocationType: 'Event' })),
      ),
    );
    expect(new Set(accepted.map(({ StatusCode }) => StatusCode))).toEqual(new Set([202]));
    await eventually(() => ends() - before >= AT_ONCE, 'the end of every event');
    expect(ends() - before).toBe(AT_ONCE);
    expect(await processes()).toBe(CONCURRENCY);
  });
});
