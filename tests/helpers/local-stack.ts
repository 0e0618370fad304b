import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TraceListing } from '../../local/console-contract.ts';
import type { TracePage } from '../../local/xray/trace.ts';
import type { Run } from './run.ts';
import { runServerless } from './run.ts';

/** `serverless local` as a user runs it, on ports of its own. */
export interface LocalStack {
  readonly run: Run;
  readonly api: string;
  readonly console: string;
  readonly port: number;
  readonly daemonPort: number;
  order(sku: string, headers?: Record<string, string>): Promise<Response>;
  traces(): Promise<TraceListing>;
  trace(id: string): Promise<TracePage>;
  stop(): Promise<number | null>;
}

/** The first of several ports in a row that are free now. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 30_000);
    const taken = await Promise.all(Array.from({ length: count }, (_, index) => isTaken(first + index)));
    if (!taken.includes(true)) return first;
  }
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port !== port;
  } catch {
    return true;
  } finally {
    server.close();
  }
}

export interface LocalStackOptions {
  /** Variables for `serverless local`, beside those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** The first of 20 ports, for one that starts again. @default free ones */
  readonly port?: number;
  /** Whether traces are kept in a file below `XDG_STATE_HOME`. @default false */
  readonly keepsTraces?: boolean;
  /** A program that runs another one, with its arguments: `serverless local` follows them. */
  readonly through?: readonly string[];
}

/** Of one instance that no other one takes, out of 20. */
export function portsOf(port: number, daemonPort: number): string[] {
  return ['--port', port, '--daemon-port', daemonPort, '--otlp-port', port + 16].map(String);
}

export async function startLocalStack(
  directory: string,
  args: readonly string[] = [],
  { env = {}, port: wanted, keepsTraces = false, through = [] }: LocalStackOptions = {},
): Promise<LocalStack> {
  const port = wanted ?? (await freePorts(20));
  const daemonPort = port + 5;
  const memory = keepsTraces ? [] : ['--memory'];
  const run = runServerless(
    ['local', '--stage', 'local', ...portsOf(port, daemonPort), ...memory, ...args],
    directory,
    env,
    through,
  );
  await run.until('Ctrl-C stops everything');
  const [api, console] = [`http://localhost:${port}`, `http://localhost:${port + 1}`];
  const read = async <T>(path: string): Promise<T> => (await (await fetch(`${console}${path}`)).json()) as T;
  return {
    run,
    api,
    console,
    port,
    daemonPort,
    order: (sku, headers = {}) =>
      fetch(`${api}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ customerId: 'c-1', items: [{ sku, quantity: 1 }] }),
      }),
    traces: () => read<TraceListing>('/api/traces'),
    trace: (id) => read<TracePage>(`/api/traces/${id}`),
    async stop() {
      run.child.kill('SIGINT');
      return run.exited;
    },
  };
}
