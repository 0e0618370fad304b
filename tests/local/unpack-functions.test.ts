import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackFunctions } from '../../local/unpack-functions.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lantern-unpack-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function archive(name: string, files: Record<string, string>): Promise<string> {
  const path = join(directory, name);
  await writeFile(
    path,
    zipSync(Object.fromEntries(Object.entries(files).map(([file, text]) => [file, strToU8(text)]))),
  );
  return path;
}

describe('unpackFunctions', () => {
  it('gives each package a folder, and functions that share one the same', async () => {
    const shared = await archive('shop.zip', { 'src/a.mjs': 'export const a = 1;' });
    const own = await archive('own.zip', { 'src/': '', 'src/b.mjs': 'export const b = 1;' });
    const target = join(directory, 'unpacked');

    const folders = await unpackFunctions(
      new Map([
        ['a', shared],
        ['a2', shared],
        ['b', own],
      ]),
      target,
    );

    expect(folders.get('a')).toBe(folders.get('a2'));
    expect(await readFile(join(folders.get('b') ?? '', 'src/b.mjs'), 'utf8')).toBe('export const b = 1;');
    expect(await readFile(join(target, 'package.json'), 'utf8')).toBe('{}\n');
  });

  it('leaves nothing of an earlier run', async () => {
    const target = join(directory, 'unpacked');
    await unpackFunctions(new Map([['old', await archive('old.zip', { 'old.mjs': '' })]]), target);

    await unpackFunctions(new Map([['new', await archive('new.zip', { 'new.mjs': '' })]]), target);

    expect(existsSync(join(target, 'old'))).toBe(false);
  });

  it('refuses a package whose paths lead out of it', async () => {
    const evil = await archive('evil.zip', { '../../escaped.txt': 'x' });
    const target = join(directory, 'unpacked');

    await expect(unpackFunctions(new Map([['evil', evil]]), target)).rejects.toThrow(
      'leads out of the package',
    );
    expect(existsSync(join(directory, 'escaped.txt'))).toBe(false);
  });
});
