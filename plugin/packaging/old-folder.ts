import { statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What to say where an early version of `serverless local` has left its folder in the service: what patterns do not leave
 * out of a package travels in it, and this one holds whole packages.
 */
export function oldFolderNotice(serviceDirectory: string): string | undefined {
  const folder = join(serviceDirectory, '.lantern');
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  return (
    `An early version of Lambda Lantern has left ${folder}, which is packaged with the service: nothing writes or reads it any ` +
    'more. Remove it, and deploy once more if a deployment was made with it.'
  );
}
