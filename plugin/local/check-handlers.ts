import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerlessFunction } from '../serverless.ts';

/** What a handler's module may end in, before it is bundled. */
const EXTENSIONS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];

/**
 * Looks for the module of each handler before anything is bundled: a bundler says that something could not be compiled, but
 * not that a name in `serverless.yml` is wrong.
 *
 * @throws Error that names the function, its handler, and the file that is missing.
 */
export function checkHandlers(
  functions: Readonly<Record<string, ServerlessFunction>>,
  serviceDirectory: string,
): void {
  for (const [key, { handler }] of Object.entries(functions)) {
    if (handler === undefined) continue;
    const module = handler.replace(/\.[^./]+$/, '');
    const candidates = [module, join(module, 'index')].flatMap((path) =>
      EXTENSIONS.map((extension) => join(serviceDirectory, path + extension)),
    );
    if (candidates.some((path) => existsSync(path))) continue;
    throw new Error(
      `The handler of the function "${key}" is ${handler}, but there is no file ${module}.ts, nor one that ends in ` +
        `${EXTENSIONS.slice(1).join(', ')}. Correct functions.${key}.handler in serverless.yml.`,
    );
  }
}
