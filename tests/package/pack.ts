import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { PACKAGES } from './packages.ts';

const run = promisify(execFile);

/** Packs what `npm run build` has built, once for all tests of what is published. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'lantern-tarballs-'));
  for (const { directory: cwd } of PACKAGES) {
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', directory], { cwd });
  }
  project.provide('tarballs', directory);
  return () => rm(directory, { recursive: true, force: true });
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the packed packages. */
    tarballs: string;
  }
}
