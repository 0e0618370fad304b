import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';

const SERVERLESS_YML = `service: packed
plugins: [serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
functions:
  together: { handler: index.handler, events: [http: GET /] }
  alone: { handler: index.handler, package: { individually: true } }
`;

let project: ProjectCopy;
let service: string;

beforeAll(async () => {
  project = await copyProject();
  service = join(project.directory, 'packed');
  await mkdir(service);
  await writeFile(join(service, 'serverless.yml'), SERVERLESS_YML);
  await writeFile(
    join(service, 'index.js'),
    "exports.handler = async () => ({ statusCode: 200, body: 'x' });\n",
  );
});
afterAll(() => project.remove());

/** The files in each package, with their sizes. */
async function packages(): Promise<Record<string, Record<string, number>>> {
  const folder = join(service, '.serverless');
  const archives = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
  const read = async (name: string) => {
    const entries = Object.entries(unzipSync(await readFile(join(folder, name))));
    return [name, Object.fromEntries(entries.map(([path, content]) => [path, content.length]))] as const;
  };
  return Object.fromEntries(await Promise.all(archives.map(read)));
}

describe('what is packaged', () => {
  it('is the same after four starts, together and individually, and the service has no file more', async () => {
    const before = await readdir(service);
    const seen: unknown[] = [];
    for (let start = 0; start < 4; start++) {
      const stack = await startLocalStack(service);
      expect(await (await fetch(stack.api)).text()).toBe('x');
      seen.push(await packages());
      await stack.stop();
      expect((await readdir(service)).sort()).toEqual([...before, '.serverless'].sort());
    }
    expect(Object.keys(seen[0] as object).sort()).toEqual(['alone.zip', 'packed.zip']);
    expect(seen).toEqual(Array.from({ length: 4 }, () => seen[0]));
  });

  it('has what an early version left, which is named with what to do', async () => {
    const folder = join(service, '.lantern');
    await mkdir(folder);
    try {
      const run = runServerless(['package'], service);
      expect(await run.exited).toBe(0);
      expect(run.output()).toContain(`${folder}, which is packaged with the service`);
      expect(run.output()).toContain('Remove it');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
