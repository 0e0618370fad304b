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
  /** Of the response stream, where the function asked for one. */
  readonly highWaterMark?: number;
}

/** What a module may end in, in the order in which Lambda looks for it; a folder, too, is found without an ending. */
const ENDINGS = ['', '.js', '.mjs', '.cjs'];

/** What has to be bundled or compiled before. */
const SOURCES = ['.ts', '.mts', '.cts', '.tsx', '.jsx'];

/** The runtimes in which a handler may still take a callback, and CommonJS is loaded by `require`. */
const CALLBACK_RUNTIMES = /nodejs(1[0-9]|20|22)\.x$/;

/** Whether a runtime lets handlers end by a callback or by functions of their context. @param executionEnv `AWS_EXECUTION_ENV` */
export function hasCallbacks(executionEnv: string): boolean {
  return CALLBACK_RUNTIMES.test(executionEnv);
}

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
  const [, moduleName, exportName] = /^([^.]*)\.(.*)$/.exec(basename(handler)) ?? [];
  if (moduleName === undefined || exportName === undefined || handler.includes('..')) {
    throw new MalformedHandlerName(`'${handler}' is not a handler name: expected path/to/module.export.`);
  }
  const callbacks = hasCallbacks(executionEnv);
  const directory = resolve(taskRoot, dirname(handler));
  const loaded = await loadModule({ taskRoot, directory, moduleName, handler }, callbacks, executionEnv);
  const found = callbacks
    ? findExport(loaded, exportName, isReference)
    : (findExport(loaded, exportName, isObject) ??
      findExport(isObject(loaded) ? loaded['default'] : undefined, exportName, isObject));
  if (!found) throw new HandlerNotFound(`${handler} is undefined or not exported`);
  if (!isFunction(found)) throw new HandlerNotFound(`${handler} is not a function`);
  const streaming = streamingOf(found);
  if (found.length >= 3 && streaming === undefined && !callbacks) {
    throw new CallbackHandlerDeprecated(executionEnv.replace('AWS_Lambda_', ''));
  }
  return { call: found, streaming: streaming !== undefined, ...streaming };
}

interface HandlerModule {
  readonly taskRoot: string;
  readonly directory: string;
  readonly moduleName: string;
  /** For messages. */
  readonly handler: string;
}

async function loadModule(module: HandlerModule, byRequire: boolean, executionEnv: string): Promise<unknown> {
  const { taskRoot, directory, moduleName } = module;
  const path = join(directory, moduleName);
  const require = createRequire(join(taskRoot, 'handler'));
  const file = ENDINGS.map((ending) => path + ending).find((candidate) => existsSync(candidate));
  try {
    if (file === undefined) return require(installed(module, require)) as unknown;
    return byRequire && isCommonJs(file)
      ? (require(file) as unknown)
      : await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof ImportModuleError) throw error;
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    sayWhereItComesFrom(error, executionEnv);
    // Lambda's runtime tells a missing module from other errors only where `require` has looked for it.
    const missing = missingModule(error);
    if (missing !== undefined) throw new ImportModuleError(`${missing.name}: ${missing.message}`, missing);
    throw error;
  }
}

/**
 * Of the SDK that is part of Lambda's runtimes (version 3 since nodejs18.x, version 2 before), many services install nothing. Here it
 * comes from the service, so an error that AWS would not have says what to do.
 */
function sayWhereItComesFrom(error: unknown, executionEnv: string): void {
  if (!(error instanceof Error)) return;
  const [, name] = /^Cannot find (?:module|package) '((?:@[^/']+\/)?[^/']+)/.exec(error.message) ?? [];
  if (name === undefined) return;
  const runtime = executionEnv.replace('AWS_Lambda_', '');
  const brought = /^nodejs1[0-6]\.x$/.test(runtime) ? /^aws-sdk$/ : /^@(?:aws-sdk|smithy)\//;
  if (!brought.test(name)) return;
  error.message +=
    `\nIn AWS, the runtime ${runtime} brings ${name}; on this machine it comes from the service: ` +
    `npm install --save-dev ${name}`;
}

function missingModule(error: unknown): Error | undefined {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
    ? error
    : undefined;
}

/** A handler may also be in a package that is found from its folder, as those of layers are. */
function installed(
  { taskRoot, directory, moduleName, handler }: HandlerModule,
  require: NodeJS.Require,
): string {
  try {
    return require.resolve(moduleName, { paths: [taskRoot, directory] });
  } catch {
    const looked = ENDINGS.slice(1)
      .map((ending) => moduleName + ending)
      .join(', ');
    const source = SOURCES.map((ending) => moduleName + ending).find((name) =>
      existsSync(join(directory, name)),
    );
    const hint =
      source === undefined
        ? ''
        : `. There is ${source}, which Lambda does not run: let a plugin such as serverless-esbuild bundle it`;
    throw new ImportModuleError(
      `Error: Cannot find module for the handler '${handler}': looked for ${looked} in ${directory}${hint}`,
    );
  }
}

/** As the runtimes with callbacks decide: a `.js` file by the nearest package.json, whatever is written in it. */
function isCommonJs(file: string): boolean {
  return file.endsWith('.mjs') ? false : !file.endsWith('.js') || !isInModulePackage(dirname(file));
}

function isInModulePackage(folder: string): boolean {
  if (basename(folder) === 'node_modules') return false;
  const description = join(folder, 'package.json');
  if (existsSync(description)) {
    try {
      const content: unknown = JSON.parse(readFileSync(description, 'utf8'));
      return isObject(content) && content['type'] === 'module';
    } catch {
      return false;
    }
  }
  return dirname(folder) !== folder && isInModulePackage(dirname(folder));
}

function findExport(
  value: unknown,
  path: string,
  mayHold: (value: unknown) => value is Record<string, unknown>,
): unknown {
  return path.split('.').reduce<unknown>((found, key) => (mayHold(found) ? found[key] : undefined), value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isReference(value: unknown): value is Record<string, unknown> {
  return isObject(value) || typeof value === 'function';
}

function isFunction(value: unknown): value is (...parameters: readonly unknown[]) => unknown {
  return typeof value === 'function';
}
