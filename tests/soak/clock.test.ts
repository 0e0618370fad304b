import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmListing } from '../../local/cloudwatch/view.ts';
import type { ScheduleListing } from '../../local/console-contract.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import type { PlacedOrder } from './shop.ts';
import { copyShop, eventually, isComplete, replaced, Shop, withSoonRetries } from './shop.ts';

/** The library that gives processes another time of day; undefined where `faketime` is not installed. */
function fakeTimeLibrary(): string | undefined {
  try {
    return execFileSync('faketime', ['-f', '+0s', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** A time of day for Lantern and its functions, which a file sets while they run. What only ever grows is that of the machine. */
async function settableClock(library: string) {
  const folder = await mkdtemp(join(tmpdir(), 'lantern-soak-clock-'));
  const file = join(folder, 'clock');
  let shift = 0;
  const set = async (seconds: number): Promise<void> => {
    await writeFile(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    shift = seconds * 1000;
  };
  await set(0);
  return {
    set,
    now: () => Date.now() + shift,
    variables: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const library = fakeTimeLibrary();

describe.runIf(library !== undefined)('a clock that is set back by an hour while orders come in', () => {
  let clock: Awaited<ReturnType<typeof settableClock>>;
  let project: ProjectCopy;
  let shop: Shop;
  let queues: SQSClient;

  beforeAll(async () => {
    clock = await settableClock(library ?? '');
    const variables = Object.entries(clock.variables).map(([name, value]) => `    ${name}: '${value}'\n`);
    project = await copyShop((yml) => {
      const shifted = replaced(
        yml,
        '    POWERTOOLS_SERVICE_NAME:',
        `${variables.join('')}    POWERTOOLS_SERVICE_NAME:`,
      );
      const planned = replaced(
        shifted,
        '      - http: GET /orders/{orderId}\n',
        '      - http: GET /orders/{orderId}\n      - schedule: rate(1 minute)\n',
      );
      return withSoonRetries(planned, 12);
    });
    shop = await Shop.start(project, { env: clock.variables, args: ['--minute', '1'] });
    queues = new SQSClient({
      region: 'eu-west-1',
      endpoint: `http://localhost:${shop.stack.port + 3}`,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  });
  afterAll(async () => {
    queues.destroy();
    await shop.stack.stop();
    await project.remove();
    await clock.remove();
  });

  async function read<Answer>(path: string): Promise<Answer> {
    return (await (await fetch(`${shop.stack.console}${path}`)).json()) as Answer;
  }

  it('loses no order, and what waits for a time waits no longer than before', async () => {
    const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'aside' }));
    await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: 'comes again' }));
    await queues.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 4 }));
    await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: 'comes later', DelaySeconds: 4 }));

    const orders: PlacedOrder[] = [];
    const ordering = new AbortController();
    const customers = ['a', 'b'].map(async (customer) => {
      while (!ordering.signal.aborted) orders.push(await shop.place('mug', `${customer}-${orders.length}`));
    });
    // One of them is being paid while the clock is set.
    orders.push(await shop.place('slow-teapot', 'slow'));
    await sleep(500);
    await clock.set(-3600);
    await sleep(1500);
    ordering.abort();
    await Promise.all(customers);
    await shop.untilAll(orders, 'paid');
    await shop.untilQuiet();

    const again = new Set<string | undefined>();
    await eventually(async () => {
      const { Messages = [] } = await queues.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }),
      );
      for (const { Body } of Messages) again.add(Body);
      return again.size === 2;
    }, 'messages that have waited');

    for (const order of orders) {
      await eventually(async () => {
        const traces = await shop.tracesOf(order);
        return traces.length >= 2 && traces.every(isComplete);
      }, `both traces of ${order.correlationId}`);
    }
    const { schedules } = await read<ScheduleListing>('/api/schedules');
    expect(schedules).toEqual([expect.objectContaining({ expression: 'rate(1 minute)' })]);
    expect((schedules[0]?.next ?? Infinity) - clock.now()).toBeLessThanOrEqual(60_000);

    // Queues are counted at the end of each minute, and alarms are evaluated then.
    expect(await shop.deadLetters()).toEqual([]);
    const deadLetters = `http://localhost:${shop.stack.port + 3}/000000000000/order-shop-local-fulfilment-dead-letters`;
    const isInAlarm = async (): Promise<boolean> => {
      const { alarms } = await read<AlarmListing>('/api/alarms');
      return alarms.some(({ name, state }) => state === 'ALARM' && /dead-?letters/i.test(name));
    };
    await queues.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: 'given up' }));
    await eventually(isInAlarm, 'an alarm');
    await queues.send(new PurgeQueueCommand({ QueueUrl: deadLetters }));
    await eventually(async () => !(await isInAlarm()), 'the end of the alarm');
    expect(shop.stack.run.output()).not.toMatch(/could not|cannot/i);
  });
});
