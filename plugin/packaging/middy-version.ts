/** Middy as the service has it, where the middlewares of lambda-lantern are to go into its pipelines. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { asObject } from 'lambda-lantern-local/template';

/** The first of Middy that the middlewares work with, as `peerDependencies` of lambda-lantern have it. */
const LEAST = [7, 7] as const;

/** What is to be said of a service whose Middy is too old for the middlewares that it has installed; undefined otherwise. */
export function oldMiddyNotice(serviceDirectory: string): string | undefined {
  if (versionOf('lambda-lantern', serviceDirectory) === undefined) return undefined;
  const version = versionOf('@middy/core', serviceDirectory);
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (version === undefined || major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]))
    return undefined;
  return (
    `lambda-lantern needs @middy/core ${LEAST.join('.')} or later, and this service has ${version}: update Middy before functions use its ` +
    'middlewares. The plugin needs neither: alarms and serverless local work as they are.'
  );
}

/** By the folders in which Node looks for it; what a package exports does not matter. */
function versionOf(name: string, directory: string): string | undefined {
  const folders = createRequire(join(directory, 'package.json')).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      const { version } = asObject(JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')));
      return typeof version === 'string' ? version : undefined;
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}
