import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHandlers } from '../../../plugin/local/check-handlers.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lantern-handlers-'));
  await mkdir(join(directory, 'src/folder'), { recursive: true });
  await writeFile(join(directory, 'src/hello.ts'), '');
  await writeFile(join(directory, 'src/dotted.name.mjs'), '');
  await writeFile(join(directory, 'src/folder/index.js'), '');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('checkHandlers', () => {
  it('finds modules of every kind, and lets container images be', () => {
    const functions = {
      hello: { handler: 'src/hello.handler' },
      dotted: { handler: 'src/dotted.name.handler' },
      folder: { handler: 'src/folder.handler' },
      image: {},
    };

    expect(() => checkHandlers(functions, directory)).not.toThrow();
  });

  it('names the function, its handler and the file that is missing', () => {
    const functions = { goodbye: { handler: 'src/goodbye.handler' } };

    expect(() => checkHandlers(functions, directory)).toThrow(
      /function "goodbye" is src\/goodbye\.handler.*no file src\/goodbye\.ts.*functions\.goodbye\.handler/,
    );
  });
});
