import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach } from 'vitest';
import { readTraces } from '../../../local/xray/otlp/otlp-messages.ts';
import { until } from '../../helpers/until.ts';

type Request = ReturnType<typeof readTraces>;
/** A span as it was received, with what stands above it. */
export type ReceivedSpan = Request['resourceSpans'][number]['scopeSpans'][number]['spans'][number];

export interface ReceivedDatagram {
  readonly bytes: number;
  readonly prefix: string;
  readonly request: Request;
}

/** A real UDP socket in the place of the X-Ray daemon, which reads OTLP with the published definitions. */
export async function receiveSpans() {
  const socket = createSocket('udp4');
  let datagrams: ReceivedDatagram[] = [];
  socket.on('message', (datagram) => {
    const [header = '', content = ''] = datagram.toString('latin1').split('\n', 2);
    if (header !== '{"format":"json","version":1}') throw new Error(`An unknown first line: ${header}`);
    const request = readTraces(Buffer.from(content.slice(3), 'base64'), 'protobuf');
    datagrams.push({ bytes: datagram.length, prefix: content.slice(0, 3), request });
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(8 * 1024 * 1024);
  process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${socket.address().port}`;
  const spans = (): ReceivedSpan[] =>
    datagrams.flatMap(({ request }) =>
      request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
  afterEach(() => {
    datagrams = [];
  });
  afterAll(() => socket.close());
  return {
    datagrams: (): readonly ReceivedDatagram[] => datagrams,
    spans,
    clear: () => {
      datagrams = [];
    },
    async until(count: number): Promise<ReceivedSpan[]> {
      await until(() => spans().length >= count, `${count} spans`);
      return spans();
    },
  };
}
