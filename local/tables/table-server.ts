import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { close, listen } from '../http/loopback.ts';
import { foreignHost, foreignPage } from '../http/request-guard.ts';
import type { TableDefinition } from '../template/service.ts';
import { createTableInput, propertyWarnings } from './table-properties.ts';

export interface TableServerOptions {
  readonly tables: readonly TableDefinition[];
  /** 0 takes any free one. */
  readonly port: number;
  /** How a user chooses another port; stands in the error when this one is taken. */
  readonly howToChoosePort?: string;
}

/** Milliseconds between two looks at a table that is being created, and how many looks it gets. */
const LOOK_INTERVAL = 10;
const LOOKS = 500;

/** DynamoDB, in memory, on a port of 127.0.0.1, with the service's tables in it. */
export class TableServer {
  readonly #options: TableServerOptions;
  readonly #http: Server;

  constructor(options: TableServerOptions) {
    this.#options = options;
    this.#http = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
    surviveBrokenRequests(this.#http);
    refuseForeignPages(this.#http);
  }

  /**
   * Creates the tables and listens.
   *
   * @returns the endpoint, and what of the definitions has no effect here.
   * @throws Error when the port is taken or a table is refused.
   */
  async start(): Promise<{ url: string; warnings: string[] }> {
    const { port: wanted, howToChoosePort: howToChoose = 'the option `port`, where 0 takes any free one' } =
      this.#options;
    const port = await listen(this.#http, { port: wanted, purpose: 'DynamoDB', howToChoose });
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
    return { url, warnings: this.#options.tables.flatMap(propertyWarnings) };
  }

  async stop(): Promise<void> {
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

/** dynalite answers every web page that asks, and lets it read and change the tables; only programs may. */
function refuseForeignPages(server: Server): void {
  const answer = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const { port } = server.address() as AddressInfo;
    const refusal = foreignHost(request, port) ?? foreignPage(request, port);
    if (refusal === undefined) for (const listener of answer) listener.call(server, request, response);
    else response.writeHead(403, { 'Content-Type': 'text/plain' }).end(`${refusal}\n`);
  });
}

/**
 * dynalite throws into the process when a caller dies while it sends, as a function does at its timeout, and when
 * a body is JSON but no object. Its listeners are there already when this one is called.
 */
function surviveBrokenRequests(server: Server): void {
  server.on('request', (request, response) => {
    request.removeAllListeners('error');
    request.on('error', () => response.destroy());

    const interpret = request.listeners('end') as (() => void)[];
    request.removeAllListeners('end');
    request.on('end', () => {
      try {
        for (const listener of interpret) listener();
      } catch {
        response.writeHead(400).end();
      }
    });
  });
}
