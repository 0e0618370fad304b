/**
 * What serverless-esbuild has bundled, bundled again file by file: with its options, by its esbuild. It takes itself no
 * notice of a change outside of `serverless offline`.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { messageOf } from 'lambda-lantern-local/template';
import type { LoadedPlugin, Serverless } from '../../serverless.ts';

/** A module that is bundled by itself, and the functions whose handlers are in it. */
export interface Entry {
  /** Relative to the service, for example `src/orders.ts`. */
  readonly path: string;
  /** Their keys in serverless.yml. */
  readonly functions: readonly string[];
}

export type Bundling = { readonly bundle: Bundle } | { readonly errors: readonly string[] };

export interface Bundle {
  /** Absolute paths of the files that went in, links resolved. */
  readonly inputs: ReadonlySet<string>;
  /** By path in the package. */
  readonly outputs: ReadonlyMap<string, Output>;
}

export interface Output {
  readonly contents: Uint8Array;
  readonly digest: string;
}

/** The part of esbuild's interface that is used. */
interface Esbuild {
  context(options: object): Promise<BuildContext>;
}

interface BuildContext {
  rebuild(): Promise<{
    readonly outputFiles: readonly { readonly path: string; readonly contents: Uint8Array }[];
    readonly metafile: { readonly inputs: Readonly<Record<string, unknown>> };
  }>;
  dispose(): Promise<void>;
}

interface BuildMessage {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** The part of serverless-esbuild's plugin that is read when it has packaged the service. */
interface EsbuildPlugin {
  readonly buildOptions: Readonly<Record<string, unknown>>;
  readonly buildDirPath: string;
  readonly plugins: readonly unknown[];
  readonly functionEntries: readonly { readonly entry: string; readonly functionAlias: string }[];
}

/** Its own options, which esbuild does not know. */
const PLUGIN_OPTIONS = [
  'concurrency',
  'config',
  'disposeContext',
  'exclude',
  'installExtraArgs',
  'keepOutputDirectory',
  'nativeZip',
  'nodeExternals',
  'outputBuildFolder',
  'outputFileExtension',
  'outputWorkFolder',
  'packagePath',
  'packager',
  'packagerOptions',
  'skipBuild',
  'skipBuildExcludeFns',
  'skipRebuild',
  'stripEntryResolveExtensions',
  'watch',
  'zipConcurrency',
];

/**
 * Bundlings that esbuild remembers, so that the next one of the same entry is quicker. Each takes some 60 MB where a
 * function bundles clients of AWS.
 */
const REMEMBERED = 8;

export class EsbuildEntries {
  readonly entries: readonly Entry[];
  readonly #esbuild: Esbuild;
  readonly #plugin: EsbuildPlugin;
  readonly #directory: string;
  /** By path of the entry, the most recent last. */
  readonly #contexts = new Map<string, BuildContext>();

  private constructor(esbuild: Esbuild, plugin: EsbuildPlugin, directory: string) {
    this.#esbuild = esbuild;
    this.#plugin = plugin;
    this.#directory = directory;
    const functions = new Map<string, string[]>();
    for (const { entry, functionAlias } of plugin.functionEntries)
      functions.set(entry, [...(functions.get(entry) ?? []), functionAlias]);
    this.entries = [...functions].map(([path, keys]) => ({ path, functions: keys }));
  }

  /** Undefined where the service is not bundled by serverless-esbuild, or by a version of it that keeps its options elsewhere. */
  static of({ pluginManager, serviceDir }: Serverless): EsbuildEntries | undefined {
    try {
      const plugin = pluginManager.plugins.find(isEsbuildPlugin);
      if (plugin === undefined) return undefined;
      const own = createRequire(
        createRequire(join(serviceDir, 'serverless.yml')).resolve('serverless-esbuild'),
      );
      return new EsbuildEntries(own('esbuild') as Esbuild, plugin, serviceDir);
    } catch {
      return undefined;
    }
  }

  async bundle(entry: Entry): Promise<Bundling> {
    try {
      const context = this.#contexts.get(entry.path) ?? (await this.#esbuild.context(this.#optionsOf(entry)));
      await this.#remember(entry, context);
      const { outputFiles, metafile } = await context.rebuild();
      return {
        bundle: {
          inputs: new Set(Object.keys(metafile.inputs).map((path) => resolve(this.#directory, path))),
          outputs: new Map(
            outputFiles.map(({ path, contents }) => [this.#inPackage(path), outputOf(contents)]),
          ),
        },
      };
    } catch (error) {
      return { errors: messagesOf(error) };
    }
  }

  async stop(): Promise<void> {
    const contexts = [...this.#contexts.values()];
    this.#contexts.clear();
    await Promise.all(contexts.map((context) => context.dispose()));
  }

  async #remember({ path }: Entry, context: BuildContext): Promise<void> {
    this.#contexts.delete(path);
    this.#contexts.set(path, context);
    const [oldest] = this.#contexts;
    if (this.#contexts.size <= REMEMBERED || oldest === undefined) return;
    this.#contexts.delete(oldest[0]);
    await oldest[1].dispose();
  }

  #optionsOf({ path }: Entry): object {
    const { buildOptions, buildDirPath, plugins } = this.#plugin;
    const extension = buildOptions['outputFileExtension'];
    const exclude = texts(buildOptions['exclude']);
    return {
      ...Object.fromEntries(Object.entries(buildOptions).filter(([name]) => !PLUGIN_OPTIONS.includes(name))),
      external: [...texts(buildOptions['external']), ...(exclude.includes('*') ? [] : exclude)],
      plugins,
      ...(typeof extension === 'string' && extension !== '.js' && { outExtension: { '.js': extension } }),
      absWorkingDir: this.#directory,
      entryPoints: [path],
      // Nothing is written there, but source maps are relative to it.
      outdir: join(buildDirPath, dirname(path)),
      write: false,
      metafile: true,
      logLevel: 'silent',
    };
  }

  #inPackage(path: string): string {
    return relative(this.#plugin.buildDirPath, path).split(sep).join('/');
  }
}

function isEsbuildPlugin(plugin: LoadedPlugin): plugin is EsbuildPlugin & LoadedPlugin {
  return (
    plugin.constructor.name === 'EsbuildServerlessPlugin' &&
    'buildOptions' in plugin &&
    typeof plugin.buildOptions === 'object' &&
    'buildDirPath' in plugin &&
    typeof plugin.buildDirPath === 'string' &&
    'functionEntries' in plugin &&
    Array.isArray(plugin.functionEntries)
  );
}

function outputOf(contents: Uint8Array): Output {
  return { contents, digest: digestOf(contents) };
}

export function digestOf(contents: Uint8Array): string {
  return createHash('sha256').update(contents).digest('base64');
}

/** One line for each error, as `src/orders.ts:3:8: Expected ";" but found "}"`. */
function messagesOf(error: unknown): string[] {
  const { errors } = error as { readonly errors?: readonly BuildMessage[] };
  if (errors === undefined || errors.length === 0) return [messageOf(error)];
  return errors.map(({ text, location }) =>
    // esbuild counts columns from 0, and editors from 1.
    location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
  );
}

function texts(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === 'string');
}
