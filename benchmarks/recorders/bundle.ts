import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles a program of this folder as `serverless.yml` bundles functions. */
export async function bundle(source: string, folder: string): Promise<string> {
  await build({
    entryPoints: { index: join(import.meta.dirname, source) },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'node24',
    platform: 'node',
    splitting: true,
    conditions: ['lambda-lantern-source', 'module'],
    outExtension: { '.js': '.mjs' },
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return join(folder, 'index.mjs');
}
