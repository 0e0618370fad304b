/** Where the layers of a function lie on this machine, and what paths below `/opt` and `/var/task` are here. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import type { FunctionDefinition } from '../template/service.ts';

/** Of the folder that holds the layers of some functions, and below it their code. No function's name has a tilde in it. */
const LAYERED = 'layers~';

/**
 * Node finds packages in the folders above a module, each of which has its `node_modules`, and so finds those of layers after the
 * function's own, and before those of the service, which stand for what Lambda has:
 *
 * ```
 * layers~<digest>/opt                      what the layers hold, laid over each other
 *                /node_modules             a link to opt/nodejs/node_modules
 *                /node24/node_modules      a link to opt/nodejs/node24/node_modules
 *                       /<function>        its code
 * ```
 *
 * @param digest of what the layers hold.
 */
export function layeredFolder(directory: string, digest: string): string {
  return join(directory, LAYERED + digest);
}

/** The folder that stands for `/opt`, of a function that runs from this one: undefined where it has no layers. */
export function layersOf(codeDirectory: string): string | undefined {
  const folder = dirname(dirname(codeDirectory));
  return basename(folder).startsWith(LAYERED) ? join(folder, 'opt') : undefined;
}

/** The folder of packages for one runtime only ("Layer paths for each Lambda runtime"): `node24` of `nodejs24.x`. */
export function nodeFolder(runtime: string): string {
  return runtime.replace(/^nodejs(\d+)\.x$/, 'node$1');
}

/** Folders of packages in layers, in the order in which Lambda's runtime looks through them. */
export function packageFolders(opt: string, runtime: string): readonly [ofRuntime: string, ofAll: string] {
  return [join(opt, 'nodejs', nodeFolder(runtime), 'node_modules'), join(opt, 'nodejs', 'node_modules')];
}

/**
 * The value of a variable with paths of this machine: `/var/task` is where Lambda has a function's code, and `/opt` what its layers
 * hold, in `NODE_PATH`, lists of paths and `--require=/var/task/x.js`. What the layers do not hold may be a path of this machine.
 */
export function withLocalPaths(
  value: string,
  { codeDirectory }: Pick<FunctionDefinition, 'codeDirectory'>,
): string {
  const opt = layersOf(codeDirectory);
  const task = value.replaceAll(/(?<![\w./-])\/var\/task(?![\w.-])/g, () => codeDirectory);
  if (opt === undefined) return task;
  return task.replaceAll(/(?<![\w./-])\/opt(?![\w.-])(\/[^\s:;,="'`]*)?/g, (path, below = '') => {
    const here = join(opt, posix.normalize(String(below)));
    return existsSync(here) ? here : path;
  });
}
