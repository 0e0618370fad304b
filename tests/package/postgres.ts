import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A server that speaks enough of PostgreSQL's protocol, version 3, to be connected to and to answer simple queries. */
export async function startPostgres(): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    let isConnected = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (;;) {
        // The first message has no type before its length.
        const start = isConnected ? 1 : 0;
        const end = received.length < start + 4 ? Infinity : start + received.readInt32BE(start);
        if (received.length < end) return;
        const type = isConnected ? received.toString('latin1', 0, 1) : '';
        received = received.subarray(end);
        if (!isConnected) socket.write(Buffer.concat([message('R', Buffer.alloc(4)), READY]));
        if (type === 'Q') socket.write(Buffer.concat([message('C', Buffer.from('SELECT 0\0')), READY]));
        if (type === 'X') socket.end();
        isConnected = true;
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() };
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const READY = message('Z', Buffer.from('I'));
