import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
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
  readonly #streams: ChangeStreams;
  /** Every table that was made here, by name. */
  readonly #tables = new Map<string, TableDefinition>();
  #url = '';
  #expiring: NodeJS.Timeout | undefined;
  #lastExpiry: Promise<void> = Promise.resolve();

  constructor(options: TableServerOptions) {
    this.#options = options;
    this.#streams = new ChangeStreams(options.region, []);
    const front = new TableFront(new TableEngine(), this.#streams);
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
    this.#url = `http://127.0.0.1:${port}`;
    try {
      const warnings = await this.update(this.#options.tables);
      this.#expiring = setInterval(() => {
        this.#lastExpiry = this.#lastExpiry
          .then(() => this.#front.expire(Date.now()))
          // What a table that is being deleted refuses is gone with it, and all else is found again.
          .catch(() => undefined);
      }, this.#options.expiryIntervalMs ?? EXPIRY_INTERVAL_MS).unref();
      return { url: this.#url, warnings };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * Makes tables that are missing. One that was made before stays, with its items, also when no service has it any more: whose
   * service starts again finds them. Only one that is to be another table now is made anew.
   *
   * @returns what of the new ones has no effect here.
   * @throws Error when a table is refused.
   */
  async update(tables: readonly TableDefinition[]): Promise<string[]> {
    const changed = tables.filter((table) => !isDeepStrictEqual(this.#tables.get(table.name), table));
    if (changed.length === 0) return [];
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: this.#url, region: 'us-east-1', credentials });
    const warnings: string[] = [];
    try {
      for (const table of changed) {
        if (this.#tables.delete(table.name)) {
          await client.send(new DeleteTableCommand({ TableName: table.name }));
          warnings.push(`The table ${table.name} is another one than before: it begins empty.`);
        }
        this.#streams.addTables([table]);
        await createTable(client, table);
        this.#front.setTimeToLive(table);
        this.#tables.set(table.name, table);
      }
    } finally {
      client.destroy();
    }
    return [...warnings, ...changed.flatMap(propertyWarnings)];
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
