/** The order shop as `serverless local` runs it, for tests that load it or break something. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { TraceListing } from '../../local/console-contract.ts';
import type { Trace, TraceSummary } from '../../local/xray/trace.ts';
import { buildTimeline } from '../../local/xray/timeline.ts';
import type { LocalStack, LocalStackOptions } from '../helpers/local-stack.ts';
import { startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { until } from '../helpers/until.ts';

const ACCOUNT_ID = '000000000000';
const QUEUE = 'order-shop-local-fulfilment';
const DEAD_LETTERS = `${QUEUE}-dead-letters`;

/** A copy of the shop. @param edit of its `serverless.yml` */
export async function copyShop(edit: (yml: string) => string = (yml) => yml): Promise<ProjectCopy> {
  const project = await copyProject();
  const file = join(project.directory, 'serverless.yml');
  await writeFile(file, edit(await readFile(file, 'utf8')));
  return project;
}

/** The shop's messages that failed come again after seconds, not after a minute: tests wait for it. */
export function withSoonRetries(yml: string, seconds = 3): string {
  return replaced(yml, 'VisibilityTimeout: 60', `VisibilityTimeout: ${seconds}`);
}

/** A machine that is loaded on purpose may take so long, in milliseconds. */
const PATIENCE_MS = 120_000;

/** As `until`, with the patience that a loaded machine needs. */
export const eventually: typeof until = (look, what) => until(look, what, PATIENCE_MS);

/** @throws Error when the text no longer has what is to be replaced. */
export function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`serverless.yml no longer has "${from}"`);
  return text.replace(from, to);
}

export interface PlacedOrder {
  readonly id: string;
  readonly correlationId: string;
  readonly sku: string;
}

/** What SQS counts of a queue. */
export interface Depth {
  readonly visible: number;
  readonly notVisible: number;
}

/** A function's process. */
export interface FunctionProcess {
  readonly pid: number;
  /** The key in `serverless.yml`. */
  readonly key: string;
}

export class Shop {
  readonly stack: LocalStack;
  readonly #client;

  constructor(stack: LocalStack) {
    this.stack = stack;
    this.#client = {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
  }

  static async start(
    project: ProjectCopy,
    { args = [], ...options }: LocalStackOptions & { readonly args?: readonly string[] } = {},
  ): Promise<Shop> {
    return new Shop(await startLocalStack(project.directory, args, options));
  }

  /** Orders, and expects 201. */
  async place(sku: string, correlationId: string): Promise<PlacedOrder> {
    const response = await this.stack.order(sku, { 'x-correlation-id': correlationId });
    const body = await response.text();
    if (response.status !== 201) throw new Error(`${correlationId} was answered ${response.status}: ${body}`);
    return { id: (JSON.parse(body) as { id: string }).id, correlationId, sku };
  }

  /** The status of every order in the table, by its id. */
  async statuses(): Promise<Map<string, string>> {
    const tables = new DynamoDBClient({ ...this.#client, endpoint: this.#url(4) });
    try {
      const { TableNames: [TableName] = [] } = await tables.send(new ListTablesCommand({}));
      const statuses = new Map<string, string>();
      let ExclusiveStartKey: Record<string, { S: string }> | undefined;
      do {
        const page = await tables.send(new ScanCommand({ TableName, ExclusiveStartKey }));
        for (const { id, status } of page.Items ?? []) statuses.set(id?.S ?? '', status?.S ?? '');
        ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
      } while (ExclusiveStartKey !== undefined);
      return statuses;
    } finally {
      tables.destroy();
    }
  }

  /** Places orders, one after the other. */
  async placeAll(skus: readonly string[], prefix: string): Promise<PlacedOrder[]> {
    const orders: PlacedOrder[] = [];
    for (const [index, sku] of skus.entries()) orders.push(await this.place(sku, `${prefix}-${index}`));
    return orders;
  }

  /** Waits until these orders have a status. */
  async untilAll(orders: readonly PlacedOrder[], status: string): Promise<void> {
    await eventually(async () => {
      const statuses = await this.statuses();
      return orders.every(({ id }) => statuses.get(id) === status);
    }, `${orders.length} orders that are ${status}`);
  }

  depth(): Promise<Depth> {
    return this.#queue(QUEUE, async (queues, QueueUrl) => {
      const { Attributes = {} } = await queues.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return {
        visible: Number(Attributes.ApproximateNumberOfMessages),
        notVisible: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      };
    });
  }

  /** Waits until no message waits, and none is being worked on. */
  async untilQuiet(): Promise<void> {
    await eventually(async () => {
      const { visible, notVisible } = await this.depth();
      return visible + notVisible === 0;
    }, 'an empty queue');
  }

  /** What has been given up so far: the texts of the messages. They stay where they are. */
  deadLetters(): Promise<string[]> {
    return this.#queue(DEAD_LETTERS, async (queues, QueueUrl) => {
      const texts: string[] = [];
      for (;;) {
        const { Messages = [] } = await queues.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 5 }),
        );
        if (Messages.length === 0) return texts;
        texts.push(...Messages.map(({ Body = '' }) => Body));
      }
    });
  }

  /** Every trace that the page lists. */
  async summaries(filter = ''): Promise<TraceSummary[]> {
    const summaries: TraceSummary[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const query = new URLSearchParams({ limit: '1000', filter, ...(cursor !== '' && { cursor }) });
      const response = await fetch(`${this.stack.console}/api/traces?${query.toString()}`);
      const listing = (await response.json()) as TraceListing;
      summaries.push(...listing.traces);
      ({ cursor } = listing);
    }
    return summaries;
  }

  /** The traces that belong to an order. */
  async tracesOf({ correlationId }: PlacedOrder): Promise<Trace[]> {
    const found = await this.summaries(`annotation.CorrelationId = "${correlationId}"`);
    return Promise.all(found.map(async ({ id }) => (await this.stack.trace(id)).trace));
  }

  /** The processes that functions have now. */
  async functionProcesses(): Promise<FunctionProcess[]> {
    return functionProcesses(this.stack.daemonPort);
  }

  #url(offset: number): string {
    return `http://localhost:${this.stack.port + offset}`;
  }

  async #queue<Answer>(
    name: string,
    ask: (queues: SQSClient, queueUrl: string) => Promise<Answer>,
  ): Promise<Answer> {
    const endpoint = this.#url(3);
    const queues = new SQSClient({ ...this.#client, endpoint });
    try {
      return await ask(queues, `${endpoint}/${ACCOUNT_ID}/${name}`);
    } finally {
      queues.destroy();
    }
  }
}

/** Whether everything in a trace has ended, and hangs below what it belongs to. */
export function isComplete(trace: Trace): boolean {
  const { rows } = buildTimeline([trace], Date.now() / 1000);
  return rows.every(({ end, orphan }) => end !== undefined && !orphan);
}

/** The processes of functions whose traces go to this daemon. */
export async function functionProcesses(daemonPort: number): Promise<FunctionProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const variables = new Map(
        environment.split('\0').map((entry) => {
          const at = entry.indexOf('=');
          return [entry.slice(0, at), entry.slice(at + 1)] as const;
        }),
      );
      const name = variables.get('AWS_LAMBDA_FUNCTION_NAME');
      if (name === undefined || variables.get('_AWS_XRAY_DAEMON_PORT') !== String(daemonPort)) return [];
      return [{ pid: Number(pid), key: name.replace('order-shop-local-', '') }];
    }),
  );
  return found.flat();
}

/** MB that a process holds now. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
