/** A service that runs in the process of another: what it asks for, and what it is told. See `join-contract.ts`. */
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { asText, parseObject } from '../json.ts';
import { labelOf } from './combine.ts';
import { JoinRefusedError } from './host.ts';
import type { CodeChange, JoinMessage, JoinOffer, JoinRequest, RunningFunction } from './join-contract.ts';
import { CODE_PATH, JOIN_PATH } from './join-contract.ts';
import type { RunningRecord } from './running-record.ts';
import { readRecord } from './running-record.ts';
import type { ServiceSource } from './service-source.ts';

/** Milliseconds for what a Lantern answers at once. */
const PATIENCE_MS = 10_000;

/** A Lantern of this user that can be joined. */
export interface RunningLantern {
  readonly record: RunningRecord;
  readonly offer: JoinOffer;
}

/**
 * The Lantern of this user whose page has the port. Undefined where there is none that can be joined.
 *
 * @throws Error for people, when one is there and does not answer.
 */
export async function findRunning(port: number): Promise<RunningLantern | undefined> {
  const record = await readRecord(port);
  if (record === undefined) return undefined;
  let response: IncomingMessage;
  try {
    response = await ask(record, 'GET', JOIN_PATH, { timeout: PATIENCE_MS });
  } catch (cause) {
    // Left by one that was killed.
    if ((cause as NodeJS.ErrnoException).code === 'ECONNREFUSED') return undefined;
    throw new Error(
      `A Lantern runs at ${urlOf(record)}, as the process ${record.pid}, and does not answer: ${(cause as Error).message}. End it, ` +
        'or start this service with --alone and another --port.',
      { cause },
    );
  }
  const body = parseObject(await text(response));
  // Another program has the port by now.
  if (response.statusCode !== 200 || body === undefined) return undefined;
  return { record, offer: body as unknown as JoinOffer };
}

/** @throws JoinRefusedError for a service that it would not take, before anything is built. */
export function checkOffer(
  { record, offer }: RunningLantern,
  service: Pick<ServiceSource, 'name' | 'stage' | 'region'>,
  version: string,
): void {
  const alone = 'start this service with --alone and another --port';
  const where = `The Lantern that runs at ${urlOf(record)}`;
  if (offer.version !== version) {
    throw new JoinRefusedError(
      `${where} is of version ${offer.version}, and this one of ${version}: they cannot run services together. Install the same ` +
        `version of serverless-lambda-lantern in both, or ${alone}.`,
    );
  }
  const running = offer.services.find(({ name }) => name === service.name);
  if (running !== undefined) {
    throw new JoinRefusedError(`${where} runs ${labelOf(running)} already. Stop it, or ${alone}.`);
  }
  if (offer.region !== service.region) {
    throw new JoinRefusedError(
      `${where} runs services of ${offer.region}, and ${labelOf(service)} is of ${service.region}: services that run together share ` +
        `one region. Start it with --region ${offer.region}, or ${alone}.`,
    );
  }
}

/** A service that has joined. */
export interface Guest {
  readonly functions: readonly RunningFunction[];
  /** Resolves when the other process has ended, or the connection to it. */
  readonly ended: Promise<void>;
  updateCode(codeDirectories: ReadonlyMap<string, string>): Promise<void>;
  /** Resolves when nothing of the service runs any more. */
  leave(): Promise<void>;
}

/**
 * Hands a service to a running Lantern.
 *
 * @param write gets what is to be seen in the terminal, line by line.
 * @throws JoinRefusedError that says why it was not taken; Error when the other process ends meanwhile.
 */
export async function join(
  { record }: RunningLantern,
  request: JoinRequest,
  write: (line: string) => void,
): Promise<Guest> {
  const response = await ask(record, 'POST', JOIN_PATH, { body: request });
  if (response.statusCode !== 200) throw new JoinRefusedError(await reasonIn(response));
  const { promise: joined, resolve, reject } = Promise.withResolvers<readonly RunningFunction[]>();
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
  response.on('error', () => undefined);
  createInterface({ input: response })
    .on('line', (line) => {
      const message = JSON.parse(line) as JoinMessage;
      if ('joined' in message) {
        write(message.joined);
        resolve(message.functions);
      } else write(message.line);
    })
    .on('error', () => undefined);
  response.once('close', () => {
    reject(new Error(`The Lantern at ${urlOf(record)} ended while this service joined it.`));
    end(undefined);
  });
  const { name } = request.source;
  return {
    functions: await joined,
    ended,
    updateCode: async (codeDirectories) => {
      const body: CodeChange = { service: name, codeDirectories: Object.fromEntries(codeDirectories) };
      const answer = await ask(record, 'POST', CODE_PATH, { body });
      if (answer.statusCode !== 204) throw new Error(await reasonIn(answer));
      answer.resume();
    },
    leave: async () => {
      const path = `${JOIN_PATH}?${new URLSearchParams({ service: name }).toString()}`;
      // Where it does not answer, the end of the connection says the same.
      const answer = await ask(record, 'DELETE', path, { timeout: PATIENCE_MS }).catch(() => undefined);
      answer?.resume();
      response.destroy();
    },
  };
}

export function urlOf({ port }: Pick<RunningRecord, 'port'>): string {
  return `http://localhost:${port}`;
}

async function reasonIn(response: IncomingMessage): Promise<string> {
  const body = await text(response);
  return asText(parseObject(body)?.message) ?? `It answered ${response.statusCode ?? 0}: ${body}`;
}

/** @param options `timeout`: milliseconds until the answer begins; without it, as long as the other process lives. */
function ask(
  { port, token }: RunningRecord,
  method: string,
  path: string,
  { body, timeout }: { readonly body?: object; readonly timeout?: number } = {},
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      ...(payload !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
      }),
    },
    ...(timeout !== undefined && { signal: AbortSignal.timeout(timeout) }),
  });
  request.once('response', resolve).once('error', reject);
  request.end(payload);
  return promise;
}
