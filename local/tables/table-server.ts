import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { sendAwsError, toAwsApiError } from '../http/aws-error.ts';
import { readBody } from '../http/body.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen } from '../http/loopback.ts';
import type { TableDefinition } from '../template/service.ts';
import { ChangeStreams } from './change-streams.ts';
import { TableEngine } from './table-engine.ts';
import { TableFront } from './table-front.ts';
import { createTableInput, propertyWarnings } from './table-properties.ts';

export interface TableServerOptions extends PortOptions {
  readonly tables: readonly TableDefinition[];
  /** What records of streams name. */
  readonly region: string;
  /**
   * Milliseconds between two looks for items whose time is over. DynamoDB takes up to some days to remove them.
   *
   * @default 10000
   */
  readonly expiryIntervalMs?: number;
}

/** Bytes of a request ("BatchWriteItem" in the API reference: 16 MB). */
const MAX_REQUEST = 16 * 1024 * 1024;

/** DynamoDB has no word of its own for these; clients know them from every API of AWS. */
const ERROR_TYPES = {
  tooLarge: 'RequestEntityTooLarge',
  malformed: 'SerializationException',
  fault: 'InternalServerError',
};

const EXPIRY_INTERVAL_MS = 10_000;

/** Milliseconds between two looks at a table that is being created, and how many looks it gets. */
const LOOK_INTERVAL = 10;
const LOOKS = 500;

/** DynamoDB and DynamoDB Streams, in memory, on a port of 127.0.0.1, with the service's tables in it. */
export class TableServer {
  readonly #options: TableServerOptions;
  readonly #http: Server;
  readonly #front: TableFront;
  #expiring: NodeJS.Timeout | undefined;
  #lastExpiry: Promise<void> = Promise.resolve();

  constructor(options: TableServerOptions) {
    this.#options = options;
    const streams = new ChangeStreams(options.region, options.tables);
    const front = new TableFront(new TableEngine(), streams, options.tables);
    this.#front = front;
    this.#http = createGuardedServer({
      policy: POLICIES.awsApi,
      handle: (request, response) => answer(request, response, front),
      fail: (error, response) => sendAwsError(response, toAwsApiError(error, ERROR_TYPES)),
    });
  }

  /**
   * Creates the tables and listens.
   *
   * @returns the endpoint, and what of the definitions has no effect here.
   * @throws Error when the port is taken or a table is refused.
   */
  async start(): Promise<{ url: string; warnings: string[] }> {
    const port = await listen(this.#http, 'DynamoDB', this.#options);
    const url = `http://127.0.0.1:${port}`;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials });
    try {
      for (const table of this.#options.tables) await createTable(client, table);
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      client.destroy();
    }
    this.#expiring = setInterval(() => {
      this.#lastExpiry = this.#lastExpiry
        .then(() => this.#front.expire(Date.now()))
        // What a table that is being deleted refuses is gone with it, and all else is found again.
        .catch(() => undefined);
    }, this.#options.expiryIntervalMs ?? EXPIRY_INTERVAL_MS).unref();
    return { url, warnings: this.#options.tables.flatMap(propertyWarnings) };
  }

  async stop(): Promise<void> {
    clearInterval(this.#expiring);
    await this.#lastExpiry;
    await close(this.#http);
  }
}

async function createTable(client: DynamoDBClient, table: TableDefinition): Promise<void> {
  try {
    await client.send(new CreateTableCommand(createTableInput(table)));
  } catch (cause) {
    throw new Error(`The table ${table.name} cannot be created: ${String(cause)}`, { cause });
  }
  for (let look = 0; look < LOOKS; look += 1) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table.name }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await sleep(LOOK_INTERVAL);
  }
  throw new Error(`The table ${table.name} did not become ACTIVE.`);
}

async function answer(request: IncomingMessage, response: ServerResponse, front: TableFront): Promise<void> {
  const { method, url, headers } = request;
  const body = await readBody(request, MAX_REQUEST);
  const answered = await front.handle({ method, url, headers, body });
  response.writeHead(answered.status, answered.headers).end(answered.body);
}
