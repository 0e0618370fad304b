import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';
import { build } from 'esbuild';

/*
 * The parts of the package that a function loads when it needs them (`src/lazy`) are published as files that hold their
 * code themselves. Otherwise esbuild, splitting a user's bundle, puts what such a part shares with anything that
 * `src/index.ts` names into the first file, used there or not: with `redact` all of redaction, with `logger` the Logger.
 *
 * What a pipeline imports at once stays shared, and with it all state (the scopes, the logger of the service).
 */

/** Where the code begins that is loaded at once, and that of the recorder, which is in no other part. */
const SHARED = ['middlewares/observability.js', 'telemetry/xray/xray-tracer.js'];

/**
 * Bundles the parts, in their place.
 *
 * @param source the compiled `src`.
 */
export async function bundleLazyParts(source: string): Promise<void> {
  const root = await realpath(source);
  const parts = (await readdir(join(root, 'lazy'))).filter((name) => name.endsWith('.js'));
  const shared = await staticallyImported(root, SHARED);
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
