import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';

/** Packages the shop for `prod`, once for all tests of what is deployed. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const copy = await copyProject();
  const run = runServerless(['package', '--stage', 'prod'], copy.directory);
  if ((await run.exited) !== 0) throw new Error(run.output());
  project.provide('packagedShop', join(copy.directory, '.serverless'));
  return () => copy.remove();
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the template of the shop and the archives of its functions. */
    packagedShop: string;
  }
}
