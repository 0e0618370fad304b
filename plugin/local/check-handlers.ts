import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Serverless } from '../serverless.ts';

/** What a handler's module may end in, before it is bundled. */
const EXTENSIONS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];

/**
 * Looks for the module of each handler that is packaged from the service's sources: those of other runtimes have other
 * rules, and a prebuilt package has its modules inside.
 *
 * @returns for each that is missing a sentence that names the function, its handler, and the file.
 */
export function missingHandlers({
  service: { functions, provider, package: shared },
  serviceDir,
}: Pick<Serverless, 'service' | 'serviceDir'>): string[] {
  return Object.entries(functions).flatMap(([key, { handler, runtime, package: own }]) => {
    if (handler === undefined || (own?.artifact ?? shared?.artifact) !== undefined) return [];
    // Without one the framework takes Node.js.
    if ((runtime ?? provider.runtime)?.startsWith('nodejs') === false) return [];
    const module = handler.replace(/\.[^./]+$/, '');
    const candidates = [module, join(module, 'index')].flatMap((path) =>
      EXTENSIONS.map((extension) => join(serviceDir, path + extension)),
    );
    if (candidates.some((path) => existsSync(path))) return [];
    return [
      `The handler of the function "${key}" is ${handler}, but there is no file ${module}.ts, nor one that ends in ` +
        `${EXTENSIONS.slice(1).join(', ')}. Correct functions.${key}.handler in serverless.yml.`,
    ];
  });
}
