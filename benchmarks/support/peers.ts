import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { messageOf } from '../../local/message-of.ts';

/** A package with the version that is compared. */
export type Peer = readonly [name: string, version: string];

/** Packages that look for personal data in a text, in the versions that were compared. */
export const TEXT_PEERS: readonly Peer[] = [
  ['@visulima/redact', '2.0.5'],
  ['redactum', '1.1.0'],
  ['openredaction', '1.1.5'],
  ['redact-pii', '3.4.0'],
  ['@redactpii/node', '1.0.17'],
  ['@cdssnc/sanitize-pii', '2.1.1'],
];

/** What records, in the version that was compared. */
export const RECORDER_PEERS: readonly Peer[] = [
  ['@aws/aws-distro-opentelemetry-node-autoinstrumentation', '0.13.0'],
];

/** A package in a folder of its own, or why it is not there. */
export interface InstalledPeer {
  readonly name: string;
  /** Its name and version. */
  readonly label: string;
  readonly folder: string;
  readonly failed?: string;
}

/** What a program wrote; `failed` says how it ended when it did not end well. */
export interface Ended {
  readonly output: string;
  readonly failed?: string;
}

interface Run {
  /** The folder that it works in. */
  readonly cwd: string;
  /** What it reads. */
  readonly input: string;
  /** It is stopped after this time. */
  readonly milliseconds: number;
}

const MOST_TO_INSTALL = 180_000;

/**
 * Installs packages one after the other, each into a folder of its own that goes away when the last one is done with.
 * They are compared with, not depended on.
 *
 * @param child the file that uses them, if one does: it is copied beside each one, so that the package's name resolves there.
 */
export async function* installPeers(peers: readonly Peer[], child?: string): AsyncGenerator<InstalledPeer> {
  const parent = await mkdtemp(join(tmpdir(), 'lantern-peers-'));
  try {
    for (const [at, peer] of peers.entries()) yield await install(join(parent, String(at)), peer, child);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function install(folder: string, [name, version]: Peer, child?: string): Promise<InstalledPeer> {
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  if (child !== undefined) await copyFile(child, join(folder, basename(child)));
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent', '--prefix', folder];
  const { failed } = await runProgram('npm', ['install', ...flags, `${name}@${version}`], {
    cwd: folder,
    input: '',
    milliseconds: MOST_TO_INSTALL,
  });
  const installed = { name, label: `${name} ${version}`, folder };
  return failed === undefined ? installed : { ...installed, failed: `did not install: ${failed}` };
}

/** Runs a program to its end, or to the end of its time. */
export async function runProgram(
  program: string,
  options: readonly string[],
  { cwd, input, milliseconds }: Run,
): Promise<Ended> {
  const child = spawn(program, options, { cwd, stdio: ['pipe', 'pipe', 'pipe'], timeout: milliseconds });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  // A program that ends early reads no further.
  child.stdin.on('error', () => undefined).end(input);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code === 0) return { output };
    if (signal !== null) return { output, failed: `was stopped after ${milliseconds / 1000} s` };
    return { output, failed: `ended with ${code}: ${errors.trim().split('\n').at(-1) ?? ''}` };
  } catch (error) {
    return { output, failed: messageOf(error) };
  }
}
