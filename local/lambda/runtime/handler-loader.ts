import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { streamingOf } from './awslambda.ts';
import {
  CallbackHandlerDeprecated,
  HandlerNotFound,
  ImportModuleError,
  MalformedHandlerName,
  UserCodeSyntaxError,
} from './runtime-errors.ts';

/** A function's handler, ready to be called. */
export interface LoadedHandler {
  /** With an event and a context, or with an event, a response stream and a context. */
  readonly call: (...parameters: readonly unknown[]) => unknown;
  readonly streaming: boolean;
  /** Whether the runtime lets it end by a callback or by functions of its context. */
  readonly callbacks: boolean;
  /** Of the response stream, where the function asked for one. */
  readonly highWaterMark?: number;
}

/** In the order in which Lambda looks for them. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/** The runtimes in which a handler may still take a callback. */
const CALLBACK_RUNTIMES = /nodejs(1[0-9]|20|22)\.x$/;

/**
 * Loads a handler by Lambda's rules: `path/to/module.export.of.it` below the task root.
 *
 * @throws an error of runtime-errors.ts, or what the module itself threw
 */
export async function loadHandler(
  taskRoot: string,
  handler: string,
  executionEnv: string,
): Promise<LoadedHandler> {
  const [, moduleName, exportName] = /^([^.]*)\.(.+)$/.exec(basename(handler)) ?? [];
  if (moduleName === undefined || exportName === undefined || handler.includes('..')) {
    throw new MalformedHandlerName(`'${handler}' is not a handler name: expected path/to/module.export.`);
  }
  const loaded = await importModule(taskRoot, resolve(taskRoot, dirname(handler), moduleName), handler);
  const found = findExport(loaded, exportName) ?? findExport(findExport(loaded, 'default'), exportName);
  if (found === undefined) throw new HandlerNotFound(`${handler} is undefined or not exported`);
  if (!isFunction(found)) throw new HandlerNotFound(`${handler} is not a function`);
  const streaming = streamingOf(found);
  const callbacks = CALLBACK_RUNTIMES.test(executionEnv);
  if (found.length >= 3 && streaming === undefined && !callbacks) {
    throw new CallbackHandlerDeprecated(executionEnv.replace('AWS_Lambda_', ''));
  }
  return { call: found, streaming: streaming !== undefined, callbacks, ...streaming };
}

async function importModule(taskRoot: string, path: string, handler: string): Promise<unknown> {
  const file = EXTENSIONS.map((extension) => path + extension).find((candidate) => existsSync(candidate));
  if (file === undefined) {
    const looked = EXTENSIONS.map((extension) => basename(path) + extension).join(', ');
    const where = dirname(path) === resolve(taskRoot) ? taskRoot : dirname(path);
    throw new ImportModuleError(
      `Error: Cannot find module for the handler '${handler}': looked for ${looked} in ${where}`,
    );
  }
  try {
    return isCommonJs(file) ? createRequire(file)(file) : await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
      throw new ImportModuleError(String(error), error);
    throw error;
  }
}

/** Lambda requires what is no ES module: what instruments a function changes modules as they are required. */
function isCommonJs(file: string): boolean {
  if (!file.endsWith('.js')) return file.endsWith('.cjs');
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) return typeOf(manifest) !== 'module';
    if (folder === dirname(folder)) return true;
  }
}

/** Undefined where it cannot be read: Node itself will say so. */
function typeOf(manifest: string): unknown {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown } | null)?.type;
  } catch {
    return undefined;
  }
}

function findExport(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, key) =>
        typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined,
      value,
    );
}

function isFunction(value: unknown): value is (...parameters: readonly unknown[]) => unknown {
  return typeof value === 'function';
}
