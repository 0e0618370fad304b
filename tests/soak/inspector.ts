import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../helpers/run.ts';

/** Has Node listen for an inspector, on a port of its own. For `NODE_OPTIONS`. */
export const INSPECTED = '--inspect=127.0.0.1:0';

/** MB of the heap of a process that was started {@link INSPECTED}, when everything that nobody needs has been let go. */
export async function liveHeap({ output }: Pick<Run, 'output'>): Promise<number> {
  const [, address] = /Debugger listening on (ws:\S+)/.exec(output()) ?? [];
  if (address === undefined) throw new Error(`No inspector in:\n${output()}`);
  const socket = new WebSocket(address);
  await once(socket, 'open');
  let id = 0;
  const ask = async (method: string): Promise<unknown> => {
    id += 1;
    socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [{ data }] = (await once(socket, 'message')) as [{ readonly data: string }];
      const answer = JSON.parse(data) as { id?: number; result?: unknown };
      if (answer.id === id) return answer.result;
    }
  };
  try {
    await ask('HeapProfiler.enable');
    // What ends in finalizers needs a turn and a second collection.
    await ask('HeapProfiler.collectGarbage');
    await sleep(100);
    await ask('HeapProfiler.collectGarbage');
    const { usedSize } = (await ask('Runtime.getHeapUsage')) as { usedSize: number };
    return usedSize / 1e6;
  } finally {
    socket.close();
  }
}
