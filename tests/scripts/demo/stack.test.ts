import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StackOptions } from '../../../scripts/demo/stack.ts';
import { startStack } from '../../../scripts/demo/stack.ts';

let directory: string;
let options: StackOptions;
const interruption = new AbortController();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lantern-demo-'));
  const logFile = join(directory, 'demo.log');
  options = { directory, port: 4000, daemonPort: 2100, minute: 1, logFile, signal: interruption.signal };
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A framework that does what `source` says. */
async function install(source: string): Promise<void> {
  const folder = join(directory, 'node_modules/serverless/bin');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'serverless.js'), source);
}

const READY = `console.log(process.argv.slice(2).join(' ')); console.log('Ctrl-C stops everything.');`;

describe('startStack', () => {
  it('runs the shop with tracing off on a fast clock, and ends it with an interrupt', async () => {
    await install(`process.on('SIGINT', () => { console.log('Stopping.'); process.exit(0); });
      setInterval(() => {}, 1000); ${READY}`);
    const stack = await startStack(options);
    expect(stack).toMatchObject({
      api: 'http://localhost:4000',
      page: 'http://localhost:4001',
      lambda: 'http://localhost:4002',
    });
    await stack.stop();

    const log = await readFile(options.logFile, 'utf8');
    expect(log).toContain(
      'local --stage local --param tracing=off --minute 1 --memory --port 4000 --daemon-port 2100',
    );
    expect(log).toContain('Stopping.');
  });

  it('says why the shop did not start', async () => {
    await install(`console.error('Port 4000 is taken'); process.exit(1);`);
    await expect(startStack(options)).rejects.toThrow(
      /The shop ended with 1.*demo\.log:\n\nPort 4000 is taken/s,
    );
  });

  it('says so when the shop ends by itself', async () => {
    await install(`${READY} setTimeout(() => { console.log('Out of memory'); process.exit(7); }, 50);`);
    const stack = await startStack(options);
    await expect(stack.broken).rejects.toThrow(/The shop ended with 7.*Out of memory/s);
  });

  it('ends a shop that is still starting when it is interrupted', async () => {
    await install(`setInterval(() => {}, 1000); process.on('SIGINT', () => process.exit(0));`);
    const starting = new AbortController();
    const start = startStack({ ...options, signal: starting.signal });
    setTimeout(() => starting.abort(), 100);
    await expect(start).rejects.toThrow(/abort/);
  });
});
