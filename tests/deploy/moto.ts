import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Programs of the Python environment that `scripts/prepare-python.ts` makes. */
export const PYTHON_PROGRAMS = join(import.meta.dirname, '../../.venv-deploy/bin');
const START_DEADLINE_MS = 60_000;

/** AWS's APIs on a free port of this machine, in memory: moto, with the types that it leaves out of templates. */
export interface Moto {
  readonly url: string;
  /** What the AWS SDK reads, in a process that may talk to moto and to no other AWS. */
  readonly environment: NodeJS.ProcessEnv;
  /** For an SDK client of the test itself. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** What the server has written: requests that failed, types that it does not know. */
  readonly output: () => string;
  stop(): Promise<void>;
}

/** @param accountId twelve digits; moto has an account of its own. */
export async function startMoto(region: string, accountId?: string): Promise<Moto> {
  const child = spawn(join(PYTHON_PROGRAMS, 'python'), [join(import.meta.dirname, 'aws/server.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...(accountId !== undefined && { MOTO_ACCOUNT_ID: accountId }) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const exited = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    const giveUp = (why: string): void => reject(new Error(`moto ${why}:\n${output}`));
    const timer = setTimeout(() => giveUp('did not start'), START_DEADLINE_MS);
    child.on('error', (cause) =>
      reject(new Error('moto cannot be started; run scripts/prepare-python.ts', { cause })),
    );
    child.on('close', () => giveUp('ended'));
    child.stdout.on('data', () => {
      const line = /Listening on (\S+)\n/.exec(output)?.[1];
      if (line === undefined) return;
      clearTimeout(timer);
      resolve(line);
    });
  });
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  return {
    url,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      // The framework sends everything through a proxy that it finds, loopback too.
      ...Object.fromEntries(
        ['proxy', 'HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'].map((name) => [name, '']),
      ),
    },
    client: { endpoint: url, region, credentials },
    output: () => output,
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
