import { cp, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { build } from 'esbuild';
import { bundleLazyParts } from './lazy-parts.ts';

const PROJECT = join(import.meta.dirname, '..');

/**
 * Writes the package into a folder as it is published, without its types: quicker than the compiler, and the same for who
 * imports it.
 */
export async function compilePackage(folder: string): Promise<void> {
  const source = join(PROJECT, 'src');
  const files = (await readdir(source, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !/^(handlers|orders)\//.test(file),
  );
  await build({
    entryPoints: files.map((file) => join(source, file)),
    outdir: join(folder, 'dist/src'),
    outbase: source,
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    plugins: [importJs],
  });
  await cp(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await bundleLazyParts(join(folder, 'dist/src'));
}

/** The compiler writes the names of compiled files into imports. */
const importJs: Plugin = {
  name: 'import-js',
  setup(bundler) {
    bundler.onLoad({ filter: /[.]ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replaceAll(/((?:from|import\()\s*'\.[^']*)\.ts'/g, "$1.js'"),
    }));
  },
};
