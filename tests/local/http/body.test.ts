import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ServerName } from './servers.ts';
import { SERVERS } from './servers.ts';

const QUEUE_API = { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'AmazonSQS.ListQueues' };
const TOPIC_API = { 'Content-Type': 'application/x-www-form-urlencoded' };
const TABLE_API = {
  'Content-Type': 'application/x-amz-json-1.0',
  'X-Amz-Target': 'DynamoDB_20120810.ListTables',
};

interface Target {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** Bytes that it takes at most. */
  readonly limit: number;
}

const SERVED: readonly [string, ServerName, Target][] = [
  [
    'an invocation',
    'lambda',
    { method: 'POST', path: '/2015-03-31/functions/shop-local-actions/invocations', limit: 6_291_456 },
  ],
  [
    'a change of a configuration',
    'lambda',
    { method: 'PUT', path: '/2015-03-31/functions/shop-local-actions/configuration', limit: 65_536 },
  ],
  ['a call of SQS', 'messaging', { method: 'POST', path: '/', headers: QUEUE_API, limit: 8_388_608 }],
  ['a call of DynamoDB', 'tables', { method: 'POST', path: '/', headers: TABLE_API, limit: 16_777_216 }],
  ['a schedule', 'scheduler', { method: 'POST', path: '/schedules/s', limit: 1_048_576 }],
  [
    "segment documents on the page's port",
    'console',
    { method: 'POST', path: '/TraceSegments', limit: 6_553_600 },
  ],
  ['segment documents', 'xray', { method: 'POST', path: '/TraceSegments', limit: 6_553_600 }],
];

async function answered(url: string, { method, path, headers = {} }: Target, body: string | ReadableStream) {
  return fetch(url + path, { method, headers, body, ...(typeof body === 'object' && { duplex: 'half' }) });
}

/** Of unknown length: it comes in chunks. */
function inChunks(bytes: number): ReadableStream {
  const chunk = new Uint8Array(65_536).fill(0x20);
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) controller.close();
      else controller.enqueue(chunk.subarray(0, Math.min(left, chunk.length)));
      left -= chunk.length;
    },
  });
}

describe.each(SERVED)('the body of %s', (_what, name, target) => {
  it('is refused with the limit when it is too large, whether it says so or not', async () => {
    const url = await SERVERS[name]();
    for (const body of [' '.repeat(target.limit + 1), inChunks(target.limit + 1)]) {
      const response = await answered(url, target, body);
      expect(response.status).toBe(413);
      expect(response.headers.get('x-amzn-errortype')).toMatch(/TooLarge|Validation/);
      expect(await response.json()).toMatchObject({
        Type: 'User',
        Message: expect.stringContaining(`${target.limit} are taken`) as string,
      });
    }
  });

  it('is refused while it is still being sent', async () => {
    const url = await SERVERS[name]();
    const { method, path, headers = {} } = target;
    const chunk = Buffer.alloc(65_536, ' ');
    for (const length of [{ 'Content-Length': '62914560' }, {}]) {
      const sending = request(url + path, { method, headers: { ...headers, ...length } });
      sending.on('error', () => undefined);
      for (let sent = 0; sent <= target.limit; sent += chunk.length) sending.write(chunk);
      const [{ statusCode }] = (await once(sending, 'response')) as [IncomingMessage];
      sending.destroy();
      expect(statusCode).toBe(413);
    }
  });

  it('is refused with the reason when it is no JSON', async () => {
    const url = await SERVERS[name]();
    const response = await answered(url, target, '{"half');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      __type: response.headers.get('x-amzn-errortype') ?? '',
      Message: expect.stringMatching(/not JSON|into json/) as string,
    });
  });

  it('may be cut off, and the next request is served', async () => {
    const url = await SERVERS[name]();
    const { hostname, port } = new URL(url);
    const { method, path, headers = {} } = target;
    const lines = Object.entries({ Host: `localhost:${port}`, 'Content-Length': '100', ...headers });
    const socket = connect(Number(port), hostname);
    const head = lines.map(([key, value]) => `${key}: ${value}\r\n`).join('');
    await new Promise<unknown>((resolve) =>
      socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n{"half`, resolve),
    );
    socket.destroy();
    await once(socket, 'close');
    expect((await answered(url, target, 'nonsense')).status).toBe(400);
  });
});

describe('the body of a call of SNS', () => {
  it('is refused in XML, as the query protocol answers', async () => {
    const url = await SERVERS.messaging();
    const target = { method: 'POST', path: '/', headers: TOPIC_API, limit: 8_388_608 };
    const response = await answered(url, target, ' '.repeat(target.limit + 1));
    expect(response.status).toBe(413);
    expect(await response.text()).toMatch(
      /<Error><Type>Sender<\/Type><Code>RequestEntityTooLarge<\/Code><Message>.*8388608/,
    );
  });
});
