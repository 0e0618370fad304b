import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Of Lantern local, as it was published. */
export async function version(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('lambda-lantern-local/package.json');
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
}
