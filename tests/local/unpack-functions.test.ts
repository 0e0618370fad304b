import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackFunctions } from '../../local/unpack-functions.ts';
import { runNode } from '../helpers/run.ts';

let directory: string;
const removals: (() => Promise<void>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lantern-unpack-'));
});
afterEach(async () => {
  for (const remove of removals.splice(0)) await remove();
  await rm(directory, { recursive: true, force: true });
});

async function archive(name: string, files: Record<string, string>): Promise<string> {
  const path = join(directory, name);
  await writeFile(
    path,
    zipSync(Object.fromEntries(Object.entries(files).map(([file, text]) => [file, strToU8(text)]))),
  );
  return path;
}

async function unpack(packages: Record<string, string>, service = directory) {
  const unpacked = await unpackFunctions(new Map(Object.entries(packages)), service);
  removals.push(() => unpacked.remove());
  return { ...unpacked, folder: (name: string) => unpacked.folders.get(name) ?? '' };
}

describe('unpackFunctions', () => {
  it('gives each package a folder, and functions that share one the same', async () => {
    const shared = await archive('shop.zip', { 'src/a.mjs': 'export const a = 1;' });
    const own = await archive('own.zip', { 'src/': '', 'src/b.mjs': 'export const b = 1;' });

    const { folder } = await unpack({ a: shared, a2: shared, b: own });

    expect(folder('a')).toBe(folder('a2'));
    expect(await readFile(join(folder('b'), 'src/b.mjs'), 'utf8')).toBe('export const b = 1;');
  });

  it('leaves the code of another instance as it is, and writes nothing into the service', async () => {
    const one = await unpack({ f: await archive('shop.zip', { 'f.mjs': 'one' }) });
    const files = await readdir(directory);

    const other = await unpack({ f: await archive('shop.zip', { 'f.mjs': 'other' }) });

    expect(await readFile(join(one.folder('f'), 'f.mjs'), 'utf8')).toBe('one');
    expect(await readFile(join(other.folder('f'), 'f.mjs'), 'utf8')).toBe('other');
    expect(await readdir(directory)).toEqual(files);
    await other.remove();
    expect(existsSync(other.folder('f'))).toBe(false);
    expect(existsSync(one.folder('f'))).toBe(true);
  });

  it('removes what an instance left that was ended', async () => {
    // Above the highest id that any system gives to a process.
    const left = await mkdtemp(join(tmpdir(), 'lantern-functions-999999999-'));

    await unpack({});

    expect(existsSync(left)).toBe(false);
  });

  it('lets functions find the modules that the service finds, but not its package.json', async () => {
    const service = join(directory, 'packages', 'shop');
    const module = (at: string, name: string) => {
      mkdirSync(join(at, 'node_modules', name), { recursive: true });
      writeFileSync(join(at, 'node_modules', name, 'index.js'), `module.exports = '${name}';`);
    };
    module(directory, 'hoisted');
    module(service, 'own');
    writeFileSync(join(service, 'package.json'), '{"type":"module"}');
    const code = "console.log(require('hoisted'), require('own'))";

    const { folder } = await unpack({ f: await archive('shop.zip', { 'f.js': code }) }, service);

    const { stdout, exited } = runNode([join(folder('f'), 'f.js')], directory);
    await exited;
    expect(stdout()).toBe('hoisted own\n');
  });

  it('says which packages it could not unpack, and unpacks the others', async () => {
    const evil = await archive('evil.zip', { '../../escaped.txt': 'x' });
    const torn = join(directory, 'torn.zip');
    await writeFile(torn, 'no archive at all');
    const good = await archive('good.zip', { 'f.mjs': 'good' });

    const { folders, problems } = await unpack({ evil, torn, torn2: torn, good });

    expect([...folders.keys()]).toEqual(['good']);
    expect(problems.get('evil')).toContain('leads out of the package');
    expect(problems.get('torn')).toMatch(/^its package .*torn\.zip cannot be unpacked: /);
    expect(problems.get('torn2')).toBe(problems.get('torn'));
    expect(existsSync(join(tmpdir(), 'escaped.txt'))).toBe(false);
  });

  it('revises a folder beside the one of before, which stays as it is', async () => {
    const { folder, revise, discard } = await unpack({
      f: await archive('shop.zip', { 'f.mjs': 'one', 'lib/kept.mjs': 'kept', 'lib/gone.mjs': 'gone' }),
    });
    const before = folder('f');

    const revised = await revise(
      before,
      new Map([
        ['f.mjs', strToU8('two')],
        ['new/g.mjs', strToU8('new')],
        ['lib/gone.mjs', undefined],
      ]),
    );

    expect(await readFile(join(revised, 'f.mjs'), 'utf8')).toBe('two');
    expect(await readFile(join(revised, 'new/g.mjs'), 'utf8')).toBe('new');
    expect(await readdir(join(revised, 'lib'))).toEqual(['kept.mjs']);
    expect(await readFile(join(before, 'f.mjs'), 'utf8')).toBe('one');
    expect((await readdir(join(before, 'lib'))).sort()).toEqual(['gone.mjs', 'kept.mjs']);
    await discard(before);
    expect(await readFile(join(revised, 'lib/kept.mjs'), 'utf8')).toBe('kept');
    await expect(revise(revised, new Map([['../../out.txt', strToU8('x')]]))).rejects.toThrow('leads out');
  });

  it('tells what a newer package holds otherwise', async () => {
    const files = { 'f.mjs': 'one', 'lib/kept.mjs': 'kept', 'lib/gone.mjs': 'gone' };
    const { folder, changesIn } = await unpack({ f: await archive('shop.zip', files) });

    expect(await changesIn(await archive('same.zip', files), folder('f'))).toEqual(new Map());
    const newer = await archive('newer.zip', { 'f.mjs': 'two', 'lib/kept.mjs': 'kept', 'g.mjs': 'g' });
    const changes = await changesIn(newer, folder('f'));
    expect(Array.from(changes, ([path, contents]) => [path, contents && strFromU8(contents)]).sort()).toEqual(
      [
        ['f.mjs', 'two'],
        ['g.mjs', 'g'],
        ['lib/gone.mjs', undefined],
      ],
    );
  });
});
