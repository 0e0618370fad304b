import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { build } from 'esbuild';

const SOURCES = join(import.meta.dirname, '../../src');

/**
 * Bundles a program of this folder as `serverless.yml` bundles functions.
 *
 * @param published the folder of the package as it is published, which takes the place of its sources: there its lazy
 * parts are files of their own, and that decides what a function reads.
 * @param api the file of the OpenTelemetry API that takes the place of ours, unbundled.
 * @returns the file that is to be run.
 */
export async function bundle(
  source: string,
  folder: string,
  published: string,
  api?: string,
): Promise<string> {
  await build({
    entryPoints: { index: join(import.meta.dirname, source) },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'node24',
    platform: 'node',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    logLevel: 'silent',
    plugins: [inPlaceOfSources(published), ...(api === undefined ? [] : [withApi(api)])],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return join(folder, 'index.mjs');
}

function withApi(file: string): Plugin {
  return {
    name: 'with-api',
    setup(bundler) {
      bundler.onResolve({ filter: /^@opentelemetry[/]api$/ }, () => ({ path: file, external: true }));
    },
  };
}

function inPlaceOfSources(published: string): Plugin {
  return {
    name: 'in-place-of-sources',
    setup(bundler) {
      bundler.onResolve({ filter: /^\..*[/]src[/].*[.]ts$/ }, ({ path, resolveDir, kind }) => {
        const module = relative(SOURCES, join(resolveDir, path)).replace(/[.]ts$/, '.js');
        return bundler.resolve(`./${module}`, { resolveDir: join(published, 'dist/src'), kind });
      });
    },
  };
}
