/**
 * What a Lantern that can be joined leaves for other services of the same user: where it answers, and the token that lets them in. To
 * join is to have code run, so nobody else may: the file is its owner's alone, and a page in a browser cannot read it.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asText, parseObject } from '../json.ts';
import type { Machine } from '../xray/store/state-folder.ts';
import { lanternFolder } from '../xray/store/state-folder.ts';

export interface RunningRecord {
  readonly pid: number;
  /** Of its page. */
  readonly port: number;
  readonly token: string;
}

/** By the port of the page, which is what two that would meet have in common. */
export function recordPath(port: number, machine?: Machine): string {
  return join(lanternFolder(machine), 'running', `${port}.json`);
}

/** Takes the place of one that was left by a process that was killed. */
export async function writeRecord(record: RunningRecord): Promise<void> {
  const path = recordPath(record.port);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A file that is there keeps its rights.
  await rm(path, { force: true });
  await writeFile(path, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
}

/** Undefined where nobody has left one that can be read. */
export async function readRecord(port: number): Promise<RunningRecord | undefined> {
  const text = await readFile(recordPath(port), 'utf8').catch(() => '');
  const { pid, token } = parseObject(text) ?? {};
  const secret = asText(token);
  return typeof pid === 'number' && secret !== undefined ? { pid, port, token: secret } : undefined;
}

/** Removes it, unless another Lantern has written its own meanwhile. */
export async function removeRecord({ port, token }: RunningRecord): Promise<void> {
  if ((await readRecord(port))?.token === token) await rm(recordPath(port), { force: true });
}
