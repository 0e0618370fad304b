import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen, LOOPBACK, portError } from '../http/loopback.ts';
import { droppedDatagrams } from './dropped-datagrams.ts';
import { refuseXRayRequest } from './api/xray-api.ts';
import { isObject } from '../json.ts';
import type { DocumentReceiver } from './received-documents.ts';
import { handIn, reportInvalid } from './received-documents.ts';
import { readReceivedText } from './received-text.ts';

export interface XRayDaemonOptions extends DocumentReceiver, Partial<PortOptions> {
  /** UDP and TCP alike; 0 takes one that is free for both. @default 2000 */
  readonly port?: number;
  /** What is asked over HTTP: the X-Ray API. Refuses by what it throws. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  /** Told how many more datagrams the system dropped before they could be read; on Linux, which counts them. */
  readonly onDropped?: (count: number) => void;
}

export interface XRayDaemonAddress {
  /** As `AWS_XRAY_DAEMON_ADDRESS` wants it. */
  readonly address: string;
  readonly port: number;
}

/** Senders burst when an invocation ends, and what does not fit is dropped unseen. The system may grant less. */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;

/** How often the system is asked how many datagrams it dropped. */
const COUNT_INTERVAL_MS = 500;

/** A port that is free for TCP is rarely taken for UDP; several in a row mean that something else is wrong. */
const ATTEMPTS_AT_A_FREE_PORT = 10;

/**
 * The X-Ray daemon: takes segment documents over UDP, as the SDKs send them, and spans of OpenTelemetry as AWS's exporters
 * do, and passes on what it is asked over HTTP. What is neither is reported and never throws.
 */
export class XRayDaemon {
  readonly #options: XRayDaemonOptions;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #counting: NodeJS.Timeout | undefined;

  constructor(options: XRayDaemonOptions) {
    this.#options = options;
  }

  /** @throws Error that names the port, when it is taken for UDP or TCP. */
  async start(): Promise<XRayDaemonAddress> {
    const { port = 2000 } = this.#options;
    const attempts = port === 0 ? ATTEMPTS_AT_A_FREE_PORT : 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#listen(port);
      } catch (error) {
        await this.stop();
        if (attempt === attempts) throw error;
      }
    }
  }

  /** Frees the port. Starting again is allowed. */
  async stop(): Promise<void> {
    const [server, socket] = [this.#server, this.#socket];
    clearInterval(this.#counting);
    this.#server = undefined;
    this.#socket = undefined;
    if (server !== undefined) await close(server);
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  async #listen(wanted: number): Promise<XRayDaemonAddress> {
    const { howToChoosePort } = this.#options;
    this.#server = createGuardedServer({
      policy: POLICIES.awsApi,
      handle: (request, response) => this.#options.answer(request, response),
      fail: refuseXRayRequest,
    });
    const port = await listen(this.#server, 'the X-Ray daemon (TCP)', { port: wanted, howToChoosePort });
    this.#socket = createSocket('udp4', (datagram) => this.#receive(datagram));
    await bind(this.#socket, port).catch((cause: unknown) => {
      throw portError('the X-Ray daemon (UDP)', { port, howToChoosePort }, cause as Error);
    });
    this.#socket.on('error', ({ message }) => {
      reportInvalid(this.#options, { kind: 'Not received', detail: message, text: '' });
    });
    this.#countDropped(port);
    return { address: `${LOOPBACK}:${port}`, port };
  }

  #countDropped(port: number): void {
    const { onDropped } = this.#options;
    if (onDropped === undefined) return;
    let known = 0;
    const look = async (): Promise<void> => {
      const dropped = (await droppedDatagrams(port)) ?? known;
      if (dropped > known) onDropped(dropped - known);
      known = Math.max(known, dropped);
    };
    this.#counting = setInterval(() => void look(), COUNT_INTERVAL_MS);
    this.#counting.unref();
  }

  #receive(datagram: Buffer): void {
    const text = datagram.toString('utf8');
    const read = bodyOf(text);
    if ('body' in read) handIn(readReceivedText(read.body), text, this.#options);
    else reportInvalid(this.#options, { ...read, text });
  }
}

async function bind(socket: Socket, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, LOOPBACK, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch {
    // Some systems refuse more than they allow instead of granting less; their default works for less traffic.
  }
}

type ReadDatagram = { readonly body: string } | { readonly kind: string; readonly detail: string };

/** Reads what an SDK sends over UDP: a line with a JSON header, then what it is about. */
function bodyOf(datagram: string): ReadDatagram {
  const lineEnd = datagram.indexOf('\n');
  const header = lineEnd === -1 ? datagram : datagram.slice(0, lineEnd);
  if (!isHeader(header)) {
    const detail = 'a datagram begins with the line {"format":"json","version":1}.';
    return { kind: 'Invalid header', detail };
  }
  const body = lineEnd === -1 ? '' : datagram.slice(lineEnd + 1);
  if (body.trim() === '') return { kind: 'Missing segment', detail: 'nothing follows the header line.' };
  return { body };
}

function isHeader(text: string): boolean {
  try {
    const header: unknown = JSON.parse(text);
    if (!isObject(header) || typeof header['format'] !== 'string') return false;
    return header['format'].toLowerCase() === 'json' && header['version'] === 1;
  } catch {
    return false;
  }
}
