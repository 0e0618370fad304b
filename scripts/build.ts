import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleLazyParts } from './lazy-parts.ts';

const PROJECT = join(import.meta.dirname, '..');

/** What is published, in an order in which each finds the types of those that it depends on. */
const PACKAGES = {
  local: { directory: 'local', page: true, lazyParts: false },
  plugin: { directory: 'plugin', page: false, lazyParts: false },
  'lambda-lantern': { directory: '.', page: false, lazyParts: true },
} as const;

/** Builds the packages that are named, or all, into their `dist/`. */
async function build(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(PACKAGES, name));
  if (unknown.length > 0) {
    throw new Error(
      `There is no package ${unknown.join(', ')}; there are ${Object.keys(PACKAGES).join(', ')}.`,
    );
  }
  for (const [name, { directory, page, lazyParts }] of Object.entries(PACKAGES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    // What an earlier build left behind must not end up in a package.
    rmSync(join(PROJECT, directory, 'dist'), { recursive: true, force: true });
    runTool('typescript/bin/tsc', ['-p', join(directory, 'tsconfig.build.json')]);
    if (lazyParts) await bundleLazyParts(join(PROJECT, directory, 'dist/src'));
    if (page) {
      runTool('vite/bin/vite.js', [
        'build',
        '--config',
        join(directory, 'vite.config.ts'),
        '--logLevel',
        'warn',
      ]);
    }
  }
}

function runTool(path: string, args: readonly string[]): void {
  execFileSync(process.execPath, [join(PROJECT, 'node_modules', path), ...args], {
    cwd: PROJECT,
    stdio: 'inherit',
  });
}

await build(process.argv.slice(2));
