import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of the built page, which is found the same way from the sources of this package and from what is built of them. */
export function builtConsole(): string {
  const manifest = createRequire(import.meta.url).resolve('lambda-lantern-local/package.json');
  return join(dirname(manifest), 'dist', 'console');
}
