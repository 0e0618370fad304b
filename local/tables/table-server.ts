import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { AwsApiError, sendAwsError, toAwsApiError } from '../http/aws-error.ts';
import { parseJsonBody, readBody } from '../http/body.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen } from '../http/loopback.ts';
import { RequestError } from '../http/request-error.ts';
import type { JsonObject } from '../json.ts';
import type { TableDefinition } from '../template/service.ts';
import { createTableInput, propertyWarnings } from './table-properties.ts';

export interface TableServerOptions extends PortOptions {
  readonly tables: readonly TableDefinition[];
}

/** Bytes of a request ("BatchWriteItem" in the API reference: 16 MB). */
const MAX_REQUEST = 16 * 1024 * 1024;

/** The parameters that dynalite reads as conditions; it knows no transactions, where they would stand deeper. */
const CONDITIONS = ['ConditionExpression', 'FilterExpression', 'KeyConditionExpression'] as const;

/**
 * Parentheses within parentheses. dynalite's parser takes about four times as long for each more of them, and everything
 * here waits for it: 7 take a third of a second, 10 more than ten. DynamoDB itself has no such limit but 300 operators.
 */
const MAX_PARENTHESES = 7;

/** DynamoDB has no word of its own for these; clients know them from every API of AWS. */
const ERROR_TYPES = {
  tooLarge: 'RequestEntityTooLarge',
  malformed: 'SerializationException',
  fault: 'InternalServerError',
};

/** Milliseconds between two looks at a table that is being created, and how many looks it gets. */
const LOOK_INTERVAL = 10;
const LOOKS = 500;

/** DynamoDB, in memory, on a port of 127.0.0.1, with the service's tables in it. */
export class TableServer {
  readonly #options: TableServerOptions;
  readonly #http: Server;

  constructor(options: TableServerOptions) {
    this.#options = options;
    const dynamo = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
    this.#http = createGuardedServer({
      policy: POLICIES.awsApi,
      handle: (request, response) => forward(request, response, dynamo),
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

/**
 * dynalite throws into the process: when a caller dies while it sends, as a function does at its timeout, and at many a
 * value of the wrong type. It gets whole requests that are well formed, listens nowhere itself, and reads each within
 * this call, so that what it throws is an answer.
 */
async function forward(request: IncomingMessage, response: ServerResponse, dynamo: Server): Promise<void> {
  const body = await readBody(request, MAX_REQUEST);
  checkConditions(parseJsonBody(body.toString()));
  const { method, url, headers } = request;
  const whole = Object.assign(new EventEmitter(), { method, url, headers });
  dynamo.emit('request', whole, response);
  try {
    whole.emit('data', body);
    whole.emit('end');
  } catch (cause) {
    throw new RequestError('malformed', `The request cannot be read: ${String(cause)}`, { cause });
  }
}

/** @throws AwsApiError for a condition that dynalite would take too long to read. */
function checkConditions(body: JsonObject): void {
  for (const name of CONDITIONS) {
    const condition = body[name];
    const depth = typeof condition === 'string' ? depthOf(condition) : 0;
    if (depth <= MAX_PARENTHESES) continue;
    throw new AwsApiError(
      400,
      'ValidationException',
      `Invalid ${name}: expected at most ${MAX_PARENTHESES} parentheses within each other, which is as far as the ` +
        `local DynamoDB reads, but got ${depth}. DynamoDB itself takes them; to run this here, remove ` +
        'parentheses that the order of AND, OR and NOT makes needless.',
    );
  }
}

function depthOf(condition: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of condition) {
    if (character === '(') deepest = Math.max(deepest, (depth += 1));
    else if (character === ')') depth -= 1;
  }
  return deepest;
}
