import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { environmentVariables } from '../../local/lambda/environment-variables.ts';
import type { RuntimeInvocation } from '../../local/lambda/runtime-api.ts';
import { RuntimeApi } from '../../local/lambda/runtime-api.ts';
import { RuntimeProcess } from '../../local/lambda/runtime-process.ts';
import { functionDefinition } from '../local/lambda/definition.ts';
import { PATIENCE_MS, until } from '../helpers/until.ts';

/** Where `scripts/prepare-runtimes.ts` has put AWS's own clients of the Runtime API. */
const CLIENTS = join(import.meta.dirname, '../../.runtimes');

/** A program that asks our Runtime API for events: our bootstrap, or one of AWS's clients. */
export interface Client {
  readonly name: string;
  /** Of what it starts; undefined for our own bootstrap, which is started as the local service starts it. */
  readonly command?: (handler: string) => readonly [program: string, ...args: string[]];
}

export const BOOTSTRAP: Client = { name: 'our bootstrap' };

/** By the runtime that each is the client of. */
export const AWS_CLIENTS = {
  'nodejs24.x': {
    name: 'aws-lambda-ric 4',
    command: () => [process.execPath, join(CLIENTS, 'nodejs24/node_modules/aws-lambda-ric/index.mjs')],
  },
  'nodejs22.x': {
    name: 'aws-lambda-ric 3',
    command: (handler) => [
      process.execPath,
      // What Lambda switches off in this runtime.
      '--no-experimental-require-module',
      '--no-experimental-detect-module',
      join(CLIENTS, 'nodejs22/node_modules/aws-lambda-ric/bin/index.mjs'),
      handler,
    ],
  },
  'python3.13': {
    name: 'awslambdaric',
    command: (handler) => [join(CLIENTS, 'python/bin/python'), '-m', 'awslambdaric', handler],
  },
} as const satisfies Record<string, Client>;

export interface FunctionUnderTest {
  readonly files: Readonly<Record<string, string>>;
  /** `index.handler` where undefined. */
  readonly handler?: string;
  /** One invocation each; one with `{}` where undefined. */
  readonly events?: readonly unknown[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly logFormat?: 'JSON' | 'Text';
  /** Of every invocation, beside its id. */
  readonly invocation?: Partial<RuntimeInvocation>;
  /** Before the second event is delivered, standard output has to hold this. */
  readonly waitFor?: string;
}

export interface Outcome {
  /** What came of each invocation. */
  readonly answers: readonly unknown[];
  /** The error of init, if there was one. */
  readonly initError?: unknown;
  /** The exit code, when the program ended by itself. */
  readonly exit?: number | null;
  /** Lines of standard output. */
  readonly lines: readonly string[];
}

const TRACE_HEADER = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

/** Runs a function until all its events are answered or its process is gone. */
export async function runFunction(
  client: Client,
  runtime: string,
  { files, handler = 'index.handler', events = [{}], ...options }: FunctionUnderTest,
): Promise<Outcome> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'lantern-runtime-')));
  onTestFinished(() => rm(root, { recursive: true }));
  // As above /var/task, there is none that would say what a `.js` file is.
  await writeFile(join(root, 'package.json'), '{}');
  const codeDirectory = join(root, 'code');
  await mkdir(codeDirectory);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(codeDirectory, path)), { recursive: true });
    await writeFile(join(codeDirectory, path), text);
  }
  const answers: unknown[] = [];
  const lines: string[] = [];
  let initError: unknown;
  let exit: number | null | undefined;
  let asked = 0;
  const api = new RuntimeApi({
    onNext: () => void (asked += 1),
    onAnswer: ({ payload }) => answers.push(parsed(payload)),
    onInitError: ({ payload }) => (initError = parsed(payload)),
  });
  const address = await api.listen();
  const { environment = {}, logFormat = 'Text' } = options;
  const definition = functionDefinition({ codeDirectory, handler, runtime, environment, logFormat });
  const stop = start(client, {
    handler,
    directory: codeDirectory,
    variables: environmentVariables({
      definition,
      region: 'eu-central-1',
      endpoints: {},
      daemonAddress: '127.0.0.1:2000',
      runtimeApi: address,
      runtimeDirectory: CLIENTS,
      // What Lantern leaves behind of one is ended by it.
      logStream: randomUUID(),
      path: process.env.PATH ?? '',
    }),
    onLine: (line) => lines.push(line),
    onExit: (code) => (exit = code),
  });
  try {
    const gone = (): boolean => exit !== undefined;
    for (const [index, event] of events.entries()) {
      await until(() => gone() || asked > index, 'the runtime to ask for an event');
      if (index > 0) await until(() => gone() || lines.join('\n').includes(options.waitFor ?? ''), 'a line');
      if (gone()) break;
      api.deliver({
        requestId: `request-${index + 1}`,
        payload: JSON.stringify(event),
        deadline: Date.now() + PATIENCE_MS,
        functionArn: definition.arn,
        traceHeader: TRACE_HEADER,
        ...options.invocation,
      });
      await until(() => gone() || answers.length > index, 'an answer');
    }
    await until(() => gone() || asked > events.length, 'the runtime to ask for one more event');
  } finally {
    await stop();
    await api.close();
  }
  return {
    answers,
    ...(initError !== undefined && { initError }),
    ...(exit !== undefined && { exit }),
    lines,
  };
}

interface Started {
  readonly handler: string;
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly onExit: (code: number | null) => void;
}

/** @returns ends it: what happens then is not told. */
function start(
  client: Client,
  { handler, directory, variables, onLine, onExit }: Started,
): () => Promise<void> {
  let told = true;
  const ended = Promise.withResolvers<undefined>();
  const exited = (code: number | null): void => {
    if (told) onExit(code);
    ended.resolve(undefined);
  };
  if (client.command === undefined) {
    const own = new RuntimeProcess({
      directory,
      memorySize: 256,
      variables,
      onLine: (source, line) => source === 'stdout' && onLine(line),
      onExit: ({ code }) => exited(code),
    });
    return async () => {
      told = false;
      own.kill();
      await ended.promise;
    };
  }
  const [program, ...args] = client.command(handler);
  const child = spawn(program, args, {
    cwd: directory,
    env: variables,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const found = (output + chunk).split('\n');
    output = found.pop() ?? '';
    // A client writes the line breaks within one event as our bootstrap does, and the service reads them back.
    for (const line of found) if (!line.startsWith('Executing ')) onLine(line.replaceAll('\r', '\n'));
  });
  child.once('close', exited);
  return async () => {
    told = false;
    child.kill('SIGKILL');
    await ended.promise;
  };
}

/** What a response or an error says, without its stack. */
function parsed(payload: string): unknown {
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value !== 'object' || value === null || !('errorType' in value)) return value;
    const { errorType, errorMessage } = value as { errorType: unknown; errorMessage?: unknown };
    return { errorType, errorMessage };
  } catch {
    return payload;
  }
}
