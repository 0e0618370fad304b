import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingHandlers } from '../../../plugin/local/check-handlers.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lantern-handlers-'));
  await mkdir(join(directory, 'src/folder'), { recursive: true });
  await writeFile(join(directory, 'src/hello.ts'), '');
  await writeFile(join(directory, 'src/dotted.name.mjs'), '');
  await writeFile(join(directory, 'src/folder/index.js'), '');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function missing(service: object): string[] {
  const provider = { runtime: 'nodejs24.x' };
  return missingHandlers({
    service: { service: 'shop', provider, functions: {}, ...service },
    serviceDir: directory,
  });
}

describe('missingHandlers', () => {
  it('finds modules of every kind, and lets be what is not packaged from sources of Node.js', () => {
    const functions = {
      hello: { handler: 'src/hello.handler' },
      dotted: { handler: 'src/dotted.name.handler' },
      folder: { handler: 'src/folder.handler' },
      image: {},
      python: { handler: 'snake.handler', runtime: 'python3.13' },
      prebuilt: { handler: 'inside.handler', package: { artifact: 'prebuilt.zip' } },
    };
    const elsewhere = { gone: { handler: 'gone.handler' } };

    expect(missing({ functions })).toEqual([]);
    expect(missing({ functions: elsewhere, provider: { runtime: 'java21' } })).toEqual([]);
    expect(missing({ functions: elsewhere, package: { artifact: 'all.zip' } })).toEqual([]);
  });

  it('names the function, its handler and the file that is missing', () => {
    const functions = {
      goodbye: { handler: 'src/goodbye.handler' },
      hello: { handler: 'src/hello.handler' },
    };

    expect(missing({ functions })).toEqual([
      expect.stringMatching(
        /function "goodbye" is src\/goodbye\.handler.*no file src\/goodbye\.ts.*functions\.goodbye\.handler/,
      ),
    ]);
  });
});
