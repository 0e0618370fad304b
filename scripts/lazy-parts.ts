import { readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';
import { build } from 'esbuild';

/*
 * The parts of the package that a function loads when it needs them (`src/lazy`) are published as files that hold their
 * code themselves. Otherwise esbuild, splitting a user's bundle, puts what such a part shares with anything that
 * `src/index.ts` names into the first file, used there or not: with `redact` all of redaction, with `logger` the Logger.
 *
 * What a pipeline imports at once stays shared, and with it all state (the scopes, the logger of the service). It becomes one
 * file.
 */

/** Where the code begins that is loaded at once. */
const PIPELINE = 'middlewares/observability.js';
/** And that of the recorder, which is in no other part. */
const RECORDER = 'telemetry/xray/xray-tracer.js';
/** The file that holds what every pipeline imports at once. */
const JOINED = 'pipeline.js';

/**
 * Bundles the parts, in their place, and joins what is loaded at once.
 *
 * @param source the compiled `src`.
 */
export async function bundleLazyParts(source: string): Promise<void> {
  const root = await realpath(source);
  const parts = (await readdir(join(root, 'lazy'))).filter((name) => name.endsWith('.js'));
  const joined = await staticallyImported(root, [PIPELINE]);
  const ofRecorder = await staticallyImported(root, [RECORDER]);
  await joinFiles(root, [...joined].sort());
  const shared = new Set([JOINED, ...[...ofRecorder].filter((file) => !joined.has(file))]);
  await build({
    entryPoints: parts.map((name) => join(root, 'lazy', name)),
    outdir: join(root, 'lazy'),
    allowOverwrite: true,
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    nodePaths: [join(import.meta.dirname, '../node_modules')],
    plugins: [keepShared(root, shared)],
    logLevel: 'warning',
  });
}

/**
 * Puts what every pipeline imports at once into one file, and in the place of each of its files what exports the same from there.
 * As files of their own they are shared with the lazy parts in many ways, and esbuild, splitting a user's bundle, writes a chunk
 * for each way: a dozen files that every cold start has to open, read and link.
 */
async function joinFiles(root: string, files: readonly string[]): Promise<void> {
  const exported = await exportsOf(root, files);
  const alias = (name: string, file: string): string => `${name}_${files.indexOf(file)}`;
  const listed = (file: string, show: (name: string) => string): string =>
    (exported.get(file) ?? []).map(show).join(', ');
  const contents = files.map(
    (file) => `export { ${listed(file, (name) => `${name} as ${alias(name, file)}`)} } from './${file}';`,
  );
  const { outputFiles } = await build({
    stdin: { contents: contents.join('\n'), resolveDir: root, sourcefile: JOINED },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    write: false,
    outfile: join(root, JOINED),
    plugins: [keepLazy(root)],
    logLevel: 'warning',
  });
  await writeFile(join(root, JOINED), outputFiles[0]?.contents ?? '');
  for (const file of files) {
    const names = listed(file, (name) => `${alias(name, file)} as ${name}`);
    const path = relative(dirname(file), JOINED);
    await writeFile(
      join(root, file),
      `export { ${names} } from '${path.startsWith('.') ? path : `./${path}`}';\n`,
    );
  }
}

/** The names that files export. */
async function exportsOf(root: string, files: readonly string[]): Promise<Map<string, readonly string[]>> {
  const { metafile } = await build({
    entryPoints: files.map((file) => join(root, file)),
    outdir: root,
    outbase: root,
    absWorkingDir: root,
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  return new Map(
    Object.entries(metafile.outputs).map(([path, { exports }]): [string, readonly string[]] => [
      path,
      exports,
    ]),
  );
}

/** The files of ours that some files import statically, at any distance; relative to `root`. */
async function staticallyImported(root: string, files: readonly string[]): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    entryPoints: files.map((file) => join(root, file)),
    outdir: root,
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const found = new Set<string>();
  const visit = (path: string, { inputs }: Metafile): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const { kind, path: imported, external } of inputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) visit(imported, { inputs } as Metafile);
    }
  };
  for (const file of files) visit(file, metafile);
  return found;
}

/** Leaves imports of shared files as they are, and those that are loaded by themselves. */
function keepShared(root: string, shared: ReadonlySet<string>): Plugin {
  return {
    name: 'keep-shared',
    setup(bundler) {
      bundler.onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind }) => {
        const file = join(resolveDir, path);
        if (!file.startsWith(`${root}/`)) return undefined;
        const name = file.slice(root.length + 1);
        if (kind !== 'dynamic-import' && !shared.has(name)) return undefined;
        // All parts and their chunks lie in one folder below the root.
        return { path: `../${name}`, external: true };
      });
    },
  };
}

/** Leaves what is loaded by itself where it is. */
function keepLazy(root: string): Plugin {
  return {
    name: 'keep-lazy',
    setup(bundler) {
      bundler.onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, kind }) =>
        kind === 'dynamic-import'
          ? { path: `./${relative(root, join(resolveDir, path))}`, external: true }
          : undefined,
      );
    },
  };
}
