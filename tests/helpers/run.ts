import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROJECT = join(import.meta.dirname, '../..');
export const SERVERLESS = join(PROJECT, 'node_modules/serverless/bin/serverless.js');

/** A process under test and what it has written so far. */
export interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Of that, what went to standard output. */
  readonly stdout: () => string;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  /** Waits until the output holds `text`; fails with the output when the process ends before. */
  until(text: string | RegExp): Promise<void>;
}

/** What starts the framework, or the whole service, on a machine whose cores are all busy. */
const DEADLINE_MS = 120_000;

/** As `.npmrc` has it: the packages of this repository import each other from their sources. */
export const FROM_SOURCES = '--conditions=lambda-lantern-source';

/** Runs Node with these arguments, in `directory`. */
export function runNode(args: readonly string[], directory: string, env: NodeJS.ProcessEnv = {}): Run {
  return run([process.execPath, ...args], directory, env);
}

/** Runs Node on a terminal of its own, as a developer does; the terminal closes with the process. */
export function runNodeOnTerminal(args: readonly string[], directory: string): Run {
  const onTerminal = 'import pty, sys; pty.spawn(sys.argv[1:])';
  // Where CI is set, programs behave as if nobody looked at their terminal.
  return run(['python3', '-c', onTerminal, process.execPath, ...args], directory, { TERM: 'xterm', CI: '' });
}

/**
 * Runs any program as from a user's own shell, with nothing of this repository's environment, in `directory`. It has a process group of
 * its own: see {@link signalGroup}.
 */
export function runCommand(command: readonly string[], directory: string): Run {
  // Whoever runs these tests does so by npm, which hands its settings on: `.npmrc` of this repository among them.
  const ofNpm = Object.keys(process.env).filter((name) => /^npm_/i.test(name));
  const env = {
    ...Object.fromEntries(ofNpm.map((name) => [name, undefined])),
    NODE_OPTIONS: '',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
  };
  return run(command, directory, env, true);
}

/** As a terminal does it at Ctrl-C: npx and what it has started get the signal, both. */
export function signalGroup({ child: { pid } }: Run, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // All of them have ended.
  }
}

function run(
  [command = '', ...args]: readonly string[],
  directory: string,
  env: NodeJS.ProcessEnv,
  detached = false,
): Run {
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, NODE_OPTIONS: FROM_SOURCES, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
  let output = '';
  let stdout = '';
  child.stdout.on('data', (chunk: string) => (stdout += chunk));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);
  let running = true;
  void exited.then(() => (running = false));
  return {
    child,
    output: () => output,
    stdout: () => stdout,
    exited,
    async until(text) {
      const deadline = Date.now() + DEADLINE_MS;
      const found = (): boolean => (typeof text === 'string' ? output.includes(text) : text.test(output));
      while (!found()) {
        if (!running || Date.now() > deadline) throw new Error(`Waited for ${String(text)} in:\n${output}`);
        await sleep(20);
      }
    },
  };
}

/**
 * Runs the Serverless Framework, in `directory`.
 *
 * @param through a program that runs another one, with its arguments; Node is what it runs.
 */
export function runServerless(
  args: readonly string[],
  directory: string,
  env: NodeJS.ProcessEnv = {},
  through: readonly string[] = [],
): Run {
  // Neither credentials nor a network: what needs them must fail here.
  return run([...through, process.execPath, SERVERLESS, ...args], directory, {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_PROFILE: '',
    SLS_NOTIFICATIONS_MODE: 'off',
    SLS_TELEMETRY_DISABLED: '1',
    ...env,
  });
}
