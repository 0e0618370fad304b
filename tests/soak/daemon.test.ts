import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceListing } from '../../local/console-contract.ts';
import { freePorts } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import type { Run } from '../helpers/run.ts';
import { runNode } from '../helpers/run.ts';
import { copyShop, eventually, replaced, Shop } from './shop.ts';

const PROGRAM = join(import.meta.dirname, '../../local/bin/lambda-lantern.js');

/** X-Ray alone, as a process of its own. */
interface XRay {
  readonly run: Run;
  listing(): Promise<TraceListing>;
}

let port: number;
let project: ProjectCopy;
const started: Run[] = [];

async function startXRay(): Promise<XRay> {
  const ports = ['--port', port, '--daemon-port', port + 1, '--otlp-port', port + 2].map(String);
  const run = runNode([PROGRAM, 'xray', ...ports, '--memory'], project.directory);
  started.push(run);
  await run.until('Ctrl-C stops it');
  return {
    run,
    listing: async () => (await (await fetch(`http://127.0.0.1:${port}/api/traces`)).json()) as TraceListing,
  };
}

beforeAll(async () => {
  port = await freePorts(3);
  project = await copyShop((yml) =>
    replaced(yml, '  environment:\n', `  environment:\n    AWS_XRAY_DAEMON_ADDRESS: 127.0.0.1:${port + 1}\n`),
  );
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await project.remove();
});

describe('an X-Ray daemon that goes', () => {
  it('takes no order with it, and has what is sent when it is back', async () => {
    const shop = await Shop.start(project);
    try {
      let xray = await startXRay();
      await shop.untilAll(await shop.placeAll(['tea', 'mug'], 'with'), 'paid');
      await eventually(async () => (await xray.listing()).traces.length >= 4, 'traces');

      xray.run.child.kill('SIGKILL');
      await xray.run.exited;
      await shop.untilAll(await shop.placeAll(['tea', 'kettle', 'mug'], 'without'), 'paid');

      xray = await startXRay();
      await shop.untilAll(await shop.placeAll(['mug', 'tea'], 'again'), 'paid');
      await eventually(async () => (await xray.listing()).traces.length >= 4, 'traces once more');
      expect(shop.stack.run.output()).not.toMatch(/ECONNREFUSED/);
      xray.run.child.kill('SIGINT');
      expect(await xray.run.exited).toBe(0);
    } finally {
      await shop.stack.stop();
    }
  });

  it('counts what was sent to it while it stood still and did not fit', async () => {
    const xray = await startXRay();
    const socket = createSocket('udp4');
    socket.connect(port + 1, '127.0.0.1');
    await once(socket, 'connect');
    xray.run.child.kill('SIGSTOP');
    const padding = 'x'.repeat(40_000);
    const sent = 600;
    for (let index = 1; index <= sent; index += 1) {
      const [now, number] = [Date.now() / 1000, index.toString(16).padStart(8, '0')];
      const document = {
        id: `${number}${number}`,
        trace_id: `1-${Math.floor(now).toString(16)}-${number.repeat(3)}`,
        name: 'burst',
        start_time: now,
        end_time: now + 0.001,
        metadata: { padding },
      };
      const text = `{"format":"json","version":1}\n${JSON.stringify(document)}`;
      await new Promise((resolve) => socket.send(text, resolve));
    }
    socket.close();
    await sleep(100);
    xray.run.child.kill('SIGCONT');

    const losses = await eventually(async () => {
      const { losses: found } = await xray.listing();
      return found.droppedDatagrams > 0 && found;
    }, 'dropped datagrams');
    expect(losses).toMatchObject({ invalid: 0, evictedTraces: 0, refusedDocuments: 0 });
    const arrived = await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/api/traces?limit=1000`);
      const { traces } = (await response.json()) as TraceListing;
      return traces.length + losses.droppedDatagrams >= sent && traces.length;
    }, 'everything else');
    expect(arrived + losses.droppedDatagrams).toBe(sent);
  });
});
