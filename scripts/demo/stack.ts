import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Addresses } from './observe.ts';

/** `serverless local`, as a process of its own whose output goes to a file. */
export interface Stack extends Addresses {
  /** Rejects when it ends by itself, with the last lines of what it wrote. */
  readonly broken: Promise<never>;
  /** Ends it, by force if it does not end when asked. */
  stop(): Promise<void>;
  /** Ends it and its functions at once. */
  kill(): void;
}

export interface StackOptions {
  readonly directory: string;
  /** The first port; see `serverless local`. */
  readonly port: number;
  readonly daemonPort: number;
  /** Real seconds that a minute of CloudWatch lasts. */
  readonly minute: number;
  /** Gets what the shop and its functions write. */
  readonly logFile: string;
  /** Ends the start. */
  readonly signal: AbortSignal;
}

/** The last line of what `serverless local` says when everything runs. */
const READY = 'Ctrl-C stops everything';
const STOP_DEADLINE_MS = 15_000;
const LINES_OF_A_FAILURE = 20;

/** Starts the shop with tracing off. @throws Error with the last lines of its output, when it does not start. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { directory, port, daemonPort, minute, logFile, signal } = options;
  signal.throwIfAborted();
  const log = createWriteStream(logFile);
  await once(log, 'open');
  const serverless = join(directory, 'node_modules/serverless/bin/serverless.js');
  const args = [
    'local',
    '--stage',
    'local',
    '--param',
    'tracing=off',
    '--minute',
    String(minute),
    '--memory',
  ];
  const ports = ['--port', String(port), '--daemon-port', String(daemonPort)];
  const child = spawn(process.execPath, [serverless, ...args, ...ports], {
    cwd: directory,
    env: { ...process.env, NO_COLOR: '1', SLS_NOTIFICATIONS_MODE: 'off', SLS_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches the demo, which ends the shop in order.
    detached: true,
  });
  let output = '';
  const running = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-100_000);
        log.write(chunk);
        if (output.includes(READY)) resolve();
      });
    }
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const broken = ended.then((code): never => {
    const lines = output.trimEnd().split('\n').slice(-LINES_OF_A_FAILURE).join('\n');
    throw new Error(`The shop ended with ${code}. The last lines of ${logFile}:\n\n${lines}`);
  });
  // Whoever stops the stack does not wait for this one.
  broken.catch(() => undefined);
  const kill = (): void => signalGroup(child, 'SIGKILL');
  async function stop(): Promise<void> {
    child.kill('SIGINT');
    const late = new AbortController();
    const force = sleep(STOP_DEADLINE_MS, undefined, { signal: late.signal }).then(kill, () => undefined);
    await ended;
    late.abort();
    await force;
    log.end();
    await finished(log);
  }
  const interrupted = once(signal, 'abort').then(() => signal.throwIfAborted());
  try {
    await Promise.race([running, broken, interrupted]);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = (offset: number): string => `http://localhost:${port + offset}`;
  return { api: url(0), page: url(1), lambda: url(2), broken, kill, stop };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}
