import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { TraceListing } from '../../local/console-contract.ts';
import { freePorts } from '../helpers/local-stack.ts';
import { until } from '../helpers/until.ts';
import { segment } from './xray/fixtures.ts';

const CLI = join(import.meta.dirname, '../../local/cli.ts');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lantern-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Program {
  readonly url: string;
  readonly output: () => string;
  /** Gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** `lambda-lantern xray` as a process of its own, in a folder that has state of its own. */
async function xray(...options: string[]): Promise<Program> {
  const port = await freePorts(2);
  const ports = ['--port', String(port), '--daemon-port', String(port + 1)];
  const child = spawn(process.execPath, [CLI, 'xray', ...ports, ...options], {
    cwd: folder,
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  await until(() => output.includes('Ctrl-C stops it') || child.exitCode !== null, 'the program to run');
  return {
    url: `http://localhost:${port}`,
    output: () => output,
    end: async (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

async function put(url: string): Promise<void> {
  const TraceSegmentDocuments = [JSON.stringify(segment(1))];
  const body = JSON.stringify({ TraceSegmentDocuments });
  expect((await fetch(`${url}/TraceSegments`, { method: 'POST', body })).status).toBe(200);
}

async function count(url: string): Promise<number> {
  const listing = (await (await fetch(`${url}/api/traces`)).json()) as TraceListing;
  return listing.traces.length;
}

describe('lambda-lantern xray', () => {
  it('keeps traces for the next time in a folder of the project, and says where', async () => {
    const first = await xray();
    await put(first.url);
    expect(await first.end('SIGINT')).toBe(0);
    const second = await xray();
    expect(await count(second.url)).toBe(1);
    const [name = ''] = readdirSync(join(folder, 'state', 'lambda-lantern'));
    expect(second.output()).toContain(join(folder, 'state', 'lambda-lantern', name, 'traces.sqlite'));
    expect(second.output()).not.toMatch(/warning/i);
  });

  it('has them although it was killed', async () => {
    const first = await xray();
    await put(first.url);
    // Whoever asks is answered from what is written.
    expect(await count(first.url)).toBe(1);
    await first.end('SIGKILL');
    expect(await count((await xray()).url)).toBe(1);
  });

  it('runs beside another one of the project, in memory, and says so', async () => {
    const first = await xray();
    await put(first.url);
    const second = await xray();
    expect(await count(second.url)).toBe(0);
    expect(second.output()).toMatch(/Another Lantern that is running keeps its traces in/);
    expect(await count(first.url)).toBe(1);
  });

  it('writes no file with --memory', async () => {
    const program = await xray('--memory');
    await put(program.url);
    expect(await count(program.url)).toBe(1);
    expect(program.output()).toMatch(/Kept in +memory/);
    expect(existsSync(join(folder, 'state'))).toBe(false);
    expect(await program.end('SIGTERM')).toBe(0);
  });
});
