import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileWatch } from '../../../../plugin/local/reload/watch-files.ts';
import { watchFiles } from '../../../../plugin/local/reload/watch-files.ts';
import { until } from '../../../helpers/until.ts';

let root: string;
let service: string;
let watch: FileWatch;
let told: Set<string>;
let restless: string[];

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'lantern-watch-')));
  service = join(root, 'service');
  for (const folder of ['src/lib', 'node_modules/pkg', '.git', 'src/node_modules/pkg'])
    await mkdir(join(service, folder), { recursive: true });
  told = new Set();
  restless = [];
  watch = watchFiles({
    directory: service,
    onChange: (paths) => {
      for (const path of paths) told.add(relative(root, path));
    },
    onRestless: (path) => restless.push(relative(root, path)),
    onProblem: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  watch.stop();
  await rm(root, { recursive: true });
});

function write(path: string): Promise<void> {
  return writeFile(join(root, path), 'text');
}

/** All that was told until a file that is written now. */
async function toldSoFar(): Promise<string[]> {
  await write('service/last');
  await until(() => told.has('service/last'), 'the last file');
  return [...told].filter((path) => path !== 'service/last').sort();
}

describe('files that are watched', () => {
  it('are told of when they are written, renamed and removed, at any depth', async () => {
    await write('service/serverless.yml');
    await write('service/src/lib/a.ts');
    expect(await toldSoFar()).toEqual(['service/serverless.yml', 'service/src/lib/a.ts']);
    told.clear();
    await rename(join(service, 'src/lib/a.ts'), join(service, 'src/lib/b.ts'));
    await rm(join(service, 'serverless.yml'));
    expect(await toldSoFar()).toEqual([
      'service/serverless.yml',
      'service/src/lib/a.ts',
      'service/src/lib/b.ts',
    ]);
  });

  it('may lie in folders that are made later, and made once more', async () => {
    for (const text of ['first', 'again']) {
      await mkdir(join(service, 'made/later'), { recursive: true });
      await write(`service/made/later/${text}.ts`);
      await until(() => told.has(`service/made/later/${text}.ts`), 'the file in a new folder');
      await rm(join(service, 'made'), { recursive: true });
      await until(() => told.has('service/made') || told.has('service/made/later'), 'the end of the folder');
    }
  });

  it('are not those of packages, of folders with a dot, nor logs and what editors write for themselves', async () => {
    for (const path of ['node_modules/pkg/a.js', '.git/HEAD', 'src/node_modules/pkg/a.js'])
      await write(`service/${path}`);
    for (const name of ['4913', 'a.ts~', '.a.ts.swp', '#a.ts#', '.#a.ts', 'a.ts.tmp', 'local.log'])
      await write(`service/src/${name}`);
    expect(await toldSoFar()).toEqual([]);
  });

  it('are told of while another one is written without a pause', async () => {
    const stop = new AbortController();
    const pauseless = (async () => {
      while (!stop.signal.aborted) {
        await write('service/output.txt');
        await setImmediate();
      }
    })();
    await write('service/src/lib/a.ts');
    try {
      await until(() => told.has('service/src/lib/a.ts'), 'the file beside it');
    } finally {
      stop.abort();
      await pauseless;
    }
  });

  it('are no longer watched when they are written all the time, and the others are', async () => {
    while (restless.length === 0) {
      told.clear();
      await write('service/output.txt');
      await until(() => told.size > 0 || restless.length > 0, 'the change of the file');
    }
    await toldSoFar();
    told.clear();
    for (const path of ['service/output.txt', 'service/src/lib/a.ts']) await write(path);
    expect(await toldSoFar()).toEqual(['service/src/lib/a.ts']);
    expect(restless).toEqual(['service/output.txt']);
  });

  it('may lie elsewhere, where that is asked for', async () => {
    await mkdir(join(root, 'shared'));
    watch.include(join(root, 'shared/word.ts'));
    await write('shared/word.ts');
    await until(() => told.has('shared/word.ts'), 'the file elsewhere');
  });

  it('are also those of packages in a folder that is watched whole, in the service or elsewhere', async () => {
    for (const layer of ['service/layer', 'elsewhere/.layer']) {
      await mkdir(join(root, layer, 'nodejs/node_modules/pkg'), { recursive: true });
      watch.includeWhole(join(root, layer));
      const path = `${layer}/nodejs/node_modules/pkg/a.js`;
      await write(path);
      await until(() => told.has(path), path);
      await mkdir(join(root, layer, 'nodejs/node_modules/new'));
      await write(`${layer}/nodejs/node_modules/new/b.js`);
      await until(() => told.has(`${layer}/nodejs/node_modules/new/b.js`), 'a file in a new package');
    }
    told.clear();
    await write('service/node_modules/pkg/a.js');
    expect(await toldSoFar()).toEqual([]);
  });
});
