/**
 * Loaded into a function's process before its code: paths below `/opt` mean what the function's layers hold, for imports, `node:fs`
 * and child processes; and ES modules are found by `NODE_PATH`, as by Lambda's Node.js from nodejs18.x on. It leans on nothing but
 * Node. Its own address says where the layers are: `opt`, absent where there are none.
 */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import type { ResolveHookContext, ResolveFnOutput } from 'node:module';
import module from 'node:module';
import { basename, delimiter, dirname, join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

type Change = (args: readonly unknown[]) => readonly unknown[];
type Resolve = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;

const OPT = '/opt';
const opt = new URL(import.meta.url).searchParams.get('opt') ?? undefined;
const nodePath = (process.env.NODE_PATH ?? '').split(delimiter).filter((folder) => folder !== '');
const { existsSync } = fs;

/** What of `node:fs` reads what a path names; Lambda lets nothing be written below `/opt`. */
const READERS = [
  ...['access', 'cp', 'copyFile', 'exists', 'lstat', 'open', 'opendir', 'readFile', 'readdir', 'readlink'],
  ...['realpath', 'stat', 'statfs'],
];

const STARTERS = ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork', 'exec', 'execSync'];

if (opt !== undefined) {
  const withPath: Change = ([path, ...rest]) => [here(path), ...rest];
  for (const name of READERS) {
    for (const each of [name, `${name}Sync`]) change(fs, each, withPath);
    change(fs.promises, name, withPath);
  }
  for (const name of ['createReadStream', 'openAsBlob', 'watch', 'watchFile', 'unwatchFile'])
    change(fs, name, withPath);
  change(fs.promises, 'watch', withPath);
  for (const name of STARTERS) change(childProcess, name, (args) => args.map(ofChild));
  module.syncBuiltinESMExports();
}
// From Node 22.15 on.
if ('registerHooks' in module) module.registerHooks({ resolve });

/** Where a path is on this machine. What the layers do not hold may be a path of this machine. */
function here(path: unknown): unknown {
  if (path instanceof URL)
    return path.protocol === 'file:' ? pathToFileURL(String(here(fileURLToPath(path)))) : path;
  if (typeof path !== 'string' || opt === undefined) return path;
  const normal = posix.normalize(path);
  if (normal !== OPT && !normal.startsWith(`${OPT}/`)) return path;
  const found = opt + normal.slice(OPT.length);
  return existsSync(found) ? found : path;
}

/** The program, its arguments, or its options. */
function ofChild(argument: unknown): unknown {
  if (typeof argument === 'string') {
    return argument.replaceAll(/(?<![\w./-])\/opt(?![\w.-])(\/[^\s:;,="'`]*)?/g, (path) =>
      String(here(path)),
    );
  }
  if (Array.isArray(argument)) return argument.map(ofChild);
  if (typeof argument !== 'object' || argument === null || !('cwd' in argument)) return argument;
  return { ...argument, cwd: here(argument.cwd) };
}

/** Has a function of Node called with other arguments, by itself and by what `promisify` makes of it. */
function change(target: object, name: string, changed: Change): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') return;
  const call = original as (...args: readonly unknown[]) => unknown;
  function replacement(this: unknown, ...args: readonly unknown[]): unknown {
    return Reflect.apply(call, this, changed(args));
  }
  const { [promisify.custom]: promised, ...own } = Object.getOwnPropertyDescriptors(original) as Record<
    PropertyKey,
    PropertyDescriptor
  >;
  Object.defineProperties(replacement, own);
  if (typeof promised?.value === 'function') {
    const asPromise = promised.value as (...args: readonly unknown[]) => unknown;
    Object.defineProperty(replacement, promisify.custom, {
      value: (...args: readonly unknown[]) => asPromise(...changed(args)),
    });
  }
  Reflect.set(target, name, replacement);
}

function resolve(specifier: string, context: ResolveHookContext, next: Resolve): ResolveFnOutput {
  const isImport = context.conditions.includes('import');
  const inLayers = ofModule(specifier, isImport);
  if (inLayers !== undefined) {
    try {
      return next(inLayers, context);
    } catch (error) {
      // That the path of AWS is not found says more.
      if (!isNotFound(error)) throw error;
    }
  }
  try {
    return next(specifier, context);
  } catch (error) {
    const found = isImport && isNotFound(error) ? byNodePath(specifier, context, next) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

/** A module may be named without its ending, so whether the layers hold it is not known yet. */
function ofModule(specifier: string, isImport: boolean): string | undefined {
  if (opt === undefined || !/^(file:\/\/)?\/opt\//.test(specifier)) return undefined;
  if (!isImport) return opt + posix.normalize(specifier).slice(OPT.length);
  const url = new URL(specifier, 'file:///');
  url.pathname = pathToFileURL(opt).pathname + url.pathname.slice(OPT.length);
  return url.href;
}

/** `require` looks there by itself. */
function byNodePath(
  specifier: string,
  context: ResolveHookContext,
  next: Resolve,
): ResolveFnOutput | undefined {
  // Paths, addresses, what a package calls its own, and modules of Node.
  if (/^(\.{0,2}\/|#|[a-z]+:)/i.test(specifier)) return undefined;
  for (const folder of nodePath) {
    try {
      if (basename(folder) === 'node_modules') {
        const parentURL = pathToFileURL(join(dirname(folder), 'module.js')).href;
        return next(specifier, { ...context, parentURL });
      }
      const file = module.createRequire(join(folder, 'module.js')).resolve(join(folder, specifier));
      return { url: pathToFileURL(file).href, shortCircuit: true };
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return undefined;
}

function isNotFound(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}
