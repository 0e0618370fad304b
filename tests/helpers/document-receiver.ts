import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SegmentDocument, Subsegment } from '../../local/xray/document.ts';
import { PATIENCE_MS } from './until.ts';

/** A real UDP socket in the place of the X-Ray daemon, which keeps the documents it receives. */
export interface DocumentReceiver {
  readonly address: string;
  readonly documents: readonly SegmentDocument[];
  /** Waits until the documents received so far satisfy `predicate`, for `patience` milliseconds at most. */
  until(
    predicate: (documents: readonly SegmentDocument[]) => boolean,
    patience?: number,
  ): Promise<readonly SegmentDocument[]>;
  /** Waits until nothing more arrives, for tests that prove what is not sent. */
  settled(): Promise<readonly SegmentDocument[]>;
  clear(): void;
  stop(): Promise<void>;
}

/** Turns of the event loop, not a time: a process that has to wait for a core has not looked at its socket since. */
const QUIET_TURNS = 15;

export async function receiveDocuments(): Promise<DocumentReceiver> {
  const socket = createSocket('udp4');
  let documents: SegmentDocument[] = [];
  let arrivals = 0;
  socket.on('message', (datagram) => {
    const text = datagram.toString('utf8');
    documents.push(...unpacked(JSON.parse(text.slice(text.indexOf('\n') + 1)) as SegmentDocument));
    arrivals += 1;
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  // What does not fit while the process is busy is dropped by the system, unseen.
  socket.setRecvBufferSize(8 * 1024 * 1024);
  return {
    address: `127.0.0.1:${socket.address().port}`,
    get documents() {
      return documents;
    },
    async until(predicate, patience = PATIENCE_MS) {
      const deadline = Date.now() + patience;
      while (!predicate(documents)) {
        if (Date.now() > deadline) {
          throw new Error(`The documents did not arrive; received: ${JSON.stringify(documents, null, 1)}`);
        }
        await sleep(5);
      }
      return documents;
    },
    async settled() {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
        const before = arrivals;
        await sleep(10);
        if (arrivals !== before) quiet = 0;
      }
      return documents;
    },
    clear() {
      documents = [];
    },
    async stop() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** Each subsegment as a document of its own, in the order in which they ended: how they are packed is not what tests are about. */
export function unpacked(document: SegmentDocument): SegmentDocument[] {
  const { subsegments = [], ...rest } = document as SegmentDocument & { subsegments?: Subsegment[] };
  const below = subsegments.flatMap((subsegment) =>
    unpacked({
      ...subsegment,
      type: 'subsegment',
      trace_id: document.trace_id,
      parent_id: document.id,
    } as never),
  );
  return [...below, rest];
}
