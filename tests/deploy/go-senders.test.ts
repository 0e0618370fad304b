import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PATIENT } from '../helpers/until.ts';
import { startReceivers } from '../local/xray/otlp/receivers.ts';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'go');
const TRACE = '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4';
const PARENT = 'a1b2c3d4e5f60718';

/** Why the program cannot be built here; undefined where it can. */
async function missing(): Promise<string | undefined> {
  try {
    await run('go', ['version']);
    // From then on nothing but the compiler is needed.
    await run('go', ['mod', 'download'], { cwd: PROGRAM });
    return undefined;
  } catch (error) {
    return `needs Go 1.19 or later, and its modules: ${(error as Error).message.split('\n', 1).join()}`;
  }
}

describe('the X-Ray SDK for Go', () => {
  it('sends the segments of two services, unmodified: one trace, from call to callee', async ({ skip }) => {
    const reason = await missing();
    if (reason !== undefined) skip(reason);
    const receivers = await startReceivers();
    const folder = await mkdtemp(join(tmpdir(), 'lantern-go-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const sender = join(folder, 'sender');
    await run('go', ['build', '-buildvcs=false', '-o', sender, '.'], { cwd: PROGRAM });

    const { stdout } = await run(sender, [], {
      env: {
        AWS_XRAY_DAEMON_ADDRESS: receivers.daemonAddress,
        TRACE_HEADER: `Root=${TRACE};Parent=${PARENT};Sampled=1`,
      },
    });

    expect(stdout.trim().split('\n').at(-1)).toBe('502');
    const { segments } = await vi.waitFor(() => {
      const trace = receivers.store.get(TRACE);
      expect(trace?.segments.map(({ name }) => name).sort()).toEqual(['go-bank', 'go-shop']);
      return trace as NonNullable<typeof trace>;
    }, PATIENT);
    expect(receivers.refused).toEqual([]);
    const shop = segments.find(({ name }) => name === 'go-shop');
    const pay = shop?.subsegments?.[0];
    const call = pay?.subsegments?.[0];
    expect(shop).toMatchObject({
      parent_id: PARENT,
      fault: true,
      http: { request: { method: 'POST' }, response: { status: 502 } },
      aws: { xray: { sdk: 'X-Ray for Go' } },
    });
    expect(pay).toMatchObject({
      name: 'pay',
      fault: true,
      cause: { exceptions: [{ message: 'declined' }] },
      annotations: { order_id: 17 },
      metadata: { default: { basket: { tea: 2 } } },
    });
    expect(call).toMatchObject({ namespace: 'remote', error: true, http: { response: { status: 402 } } });
    expect(segments.find(({ name }) => name === 'go-bank')).toMatchObject({
      parent_id: call?.id,
      error: true,
    });
  });
});
