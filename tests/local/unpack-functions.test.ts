import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strFromU8, strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LayersOfFunction } from '../../local/unpack-functions.ts';
import { unpackFunctions } from '../../local/unpack-functions.ts';
import { layersOf } from '../../local/lambda/layers.ts';
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

async function unpack(
  packages: Record<string, string>,
  service = directory,
  layers: Record<string, LayersOfFunction> = {},
) {
  const unpacked = await unpackFunctions(
    new Map(Object.entries(packages)),
    service,
    new Map(Object.entries(layers)),
  );
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

describe('layers', () => {
  const runtime = 'nodejs24.x';

  /** What a file below `/opt` says to the code in a folder. */
  function below(folder: string, path: string): Promise<string> {
    return readFile(join(layersOf(folder) ?? '', path), 'utf8');
  }

  it('are laid over each other once for all functions that have the same, each with its own code', async () => {
    const code = await archive('code.zip', { 'f.js': 'f' });
    const one = await archive('one.zip', {
      'a.txt': 'one',
      'b.txt': 'one',
      'extensions/metrics': '',
      'extensions/x/y': '',
    });
    const two = await archive('two.zip', { 'b.txt': 'two!' });
    const both = { paths: [one, two], runtime };

    const { folder, layers } = await unpack({ f: code, g: code, h: code, i: code, j: code }, directory, {
      f: both,
      g: both,
      h: { paths: [two, one], runtime },
      i: { paths: [one, two], runtime: 'nodejs22.x' },
    });

    expect(folder('g')).toBe(folder('f'));
    expect(layersOf(folder('i'))).toBe(layersOf(folder('f')));
    expect(layersOf(folder('j'))).toBeUndefined();
    expect([await below(folder('f'), 'a.txt'), await below(folder('f'), 'b.txt')]).toEqual(['one', 'two!']);
    expect(await below(folder('h'), 'b.txt')).toBe('one');
    expect(layers.get('f')).toEqual({ extensions: ['metrics'], size: 11 });
    expect(layers.has('j')).toBe(false);
  });

  it('keep what may be executed, and links, and may be folders with links', async () => {
    const zip = join(directory, 'modes.zip');
    await writeFile(
      zip,
      zipSync({
        'bin/run': [strToU8('#!/bin/sh'), { os: 3, attrs: 0o100700 << 16 }],
        'bin/ümlaut': [strToU8('#!/bin/sh'), { os: 3, attrs: 0o100755 << 16 }],
        'bin/again': [strToU8('run'), { os: 3, attrs: 0o120777 << 16 }],
        'plain.txt': strToU8('x'),
      }),
    );
    const layer = join(directory, 'layer');
    mkdirSync(join(layer, 'real'), { recursive: true });
    writeFileSync(join(layer, 'real/tool'), 'tool');
    await chmod(join(layer, 'real/tool'), 0o755);
    await symlink('real', join(layer, 'linked'));
    await symlink('..', join(layer, 'real/round'));
    await symlink('nowhere', join(layer, 'dangling'));
    const f = await archive('f.zip', {});

    const { folder } = await unpack({ f }, directory, { f: { paths: [zip, layer], runtime } });

    const opt = layersOf(folder('f')) ?? '';
    const mode = async (path: string) => ((await stat(join(opt, path))).mode & 0o777).toString(8);
    expect(await mode('bin/run')).toBe('544');
    expect(await mode('bin/ümlaut')).toBe('555');
    expect(await mode('plain.txt')).toBe('444');
    expect(await readlink(join(opt, 'bin/again'))).toBe('run');
    expect(await mode('linked/tool')).toBe('555');
    expect((await readdir(opt)).sort()).toEqual(['bin', 'linked', 'plain.txt', 'real']);
  });

  it('that cannot be read cost their own functions only', async () => {
    const f = await archive('f.zip', { 'f.js': 'f' });
    const torn = join(directory, 'torn.zip');
    await writeFile(torn, 'PK but no archive');
    const escaping = await archive('escaping.zip', { '../out.txt': 'x' });
    const link = join(directory, 'link.zip');
    await writeFile(link, zipSync({ out: [strToU8('../../../etc'), { os: 3, attrs: 0o120777 << 16 }] }));
    const of = (path: string) => ({ paths: [path], runtime });

    const { folders, problems } = await unpack({ f, torn: f, gone: f, escaping: f, link: f }, directory, {
      torn: of(torn),
      gone: of(join(directory, 'gone')),
      escaping: of(escaping),
      link: of(link),
    });

    expect([...folders.keys()]).toEqual(['f']);
    expect(problems.get('torn')).toMatch(/^its layer .*torn\.zip cannot be read: /);
    expect(problems.get('gone')).toMatch(/^its layer .*gone cannot be read: /);
    expect(problems.get('escaping')).toMatch(/leads out/);
    expect(problems.get('link')).toMatch(/leads out/);
  });

  it('that hold something else give new folders with the same code, and those of before go when nothing uses them', async () => {
    const layer = join(directory, 'layer');
    mkdirSync(layer);
    writeFileSync(join(layer, 'a.txt'), 'one');
    const own = { paths: [layer], runtime };
    const { folder, renewLayers, revise, discard } = await unpack(
      { f: await archive('f.zip', { 'f.js': 'f' }), g: await archive('g.zip', { 'g.js': 'g' }) },
      directory,
      { f: own, g: own },
    );
    const before = folder('f');
    expect(await renewLayers(new Map([[before, own]]))).toEqual(new Map());

    writeFileSync(join(layer, 'a.txt'), 'two');
    const renewed = (await renewLayers(new Map([[before, own]]))).get(before);
    const now = renewed?.folder ?? '';

    expect(renewed?.layers).toBe(layersOf(now));
    expect([await readFile(join(now, 'f.js'), 'utf8'), await below(now, 'a.txt')]).toEqual(['f', 'two']);
    expect(await below(before, 'a.txt')).toBe('one');
    const revised = await revise(now, new Map([['f.js', strToU8('newer')]]));
    expect(await below(revised, 'a.txt')).toBe('two');
    await discard(before);
    expect(await below(folder('g'), 'a.txt')).toBe('one');
    await discard(folder('g'));
    expect(existsSync(dirname(layersOf(before) ?? ''))).toBe(false);
    await discard(now);
    expect(await below(revised, 'a.txt')).toBe('two');
  });

  it('are those of now where what they held comes back while what used it goes', async () => {
    const layer = join(directory, 'layer');
    mkdirSync(layer);
    writeFileSync(join(layer, 'a.txt'), 'one');
    const own = { paths: [layer], runtime };
    const { folder, renewLayers, discard } = await unpack(
      { f: await archive('f.zip', { 'f.js': 'f' }) },
      directory,
      { f: own },
    );
    const first = folder('f');
    writeFileSync(join(layer, 'a.txt'), 'two');
    const second = (await renewLayers(new Map([[first, own]]))).get(first)?.folder ?? '';
    writeFileSync(join(layer, 'a.txt'), 'one');

    const [, renewed] = await Promise.all([discard(first), renewLayers(new Map([[second, own]]))]);

    const third = renewed.get(second)?.folder ?? '';
    expect(layersOf(third)).toBe(layersOf(first));
    expect([await readFile(join(third, 'f.js'), 'utf8'), await below(third, 'a.txt')]).toEqual(['f', 'one']);
  });
});
