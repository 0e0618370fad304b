import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packages that look for personal data in a text, in the versions that were compared. */
const PEERS: readonly (readonly [name: string, version: string])[] = [
  ['@visulima/redact', '2.0.5'],
  ['redactum', '1.1.0'],
  ['openredaction', '1.1.5'],
  ['redact-pii', '3.4.0'],
  ['@redactpii/node', '1.0.17'],
  ['@cdssnc/sanitize-pii', '2.1.1'],
];

/** What a package made of the texts, or why there is nothing. */
export type PeerRun =
  | { readonly name: string; readonly shown: readonly string[]; readonly milliseconds: number }
  | { readonly name: string; readonly failed: string };

/** For the installation and for the texts, each. */
const MOST_MILLISECONDS = 180_000;
const CHILD = 'peer-child.ts';

/**
 * Installs each package into a folder of its own that goes away afterwards, and lets it work on the texts in a process
 * that ends after a time. They are compared with, not depended on.
 */
export async function* runPeers(texts: readonly string[]): AsyncGenerator<PeerRun> {
  const folder = await mkdtemp(join(tmpdir(), 'lantern-peers-'));
  try {
    for (const [at, [name, version]] of PEERS.entries()) {
      yield await runPeer(join(folder, String(at)), name, version, texts);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runPeer(
  folder: string,
  name: string,
  version: string,
  texts: readonly string[],
): Promise<PeerRun> {
  const label = `${name} ${version}`;
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await copyFile(join(import.meta.dirname, CHILD), join(folder, CHILD));
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent', '--prefix', folder];
  const installed = await run('npm', ['install', ...flags, `${name}@${version}`], folder, '');
  if (installed.failed !== undefined) return { name: label, failed: `did not install: ${installed.failed}` };
  const started = performance.now();
  const worked = await run(process.execPath, [CHILD, name], folder, JSON.stringify(texts));
  if (worked.failed !== undefined) return { name: label, failed: worked.failed };
  const milliseconds = performance.now() - started;
  return { name: label, shown: JSON.parse(worked.output) as string[], milliseconds };
}

/** Runs a program in a folder; `failed` says how it ended when it did not end well. */
async function run(
  program: string,
  options: readonly string[],
  cwd: string,
  input: string,
): Promise<{ readonly output: string; readonly failed?: string }> {
  const child = spawn(program, options, { cwd, stdio: ['pipe', 'pipe', 'pipe'], timeout: MOST_MILLISECONDS });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  // A program that ends early reads no further.
  child.stdin.on('error', () => undefined).end(input);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code === 0) return { output };
    if (signal !== null) return { output, failed: `was stopped after ${MOST_MILLISECONDS / 1000} s` };
    return { output, failed: `ended with ${code}: ${errors.trim().split('\n').at(-1) ?? ''}` };
  } catch (error) {
    return { output, failed: error instanceof Error ? error.message : String(error) };
  }
}
