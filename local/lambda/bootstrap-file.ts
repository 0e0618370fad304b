/** Finds the programs that run in processes of their own, the bootstrap and the warden, as files of JavaScript. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this file, of the bootstrap, and of `runtime/`, which the bootstrap imports. */
const directory = dirname(fileURLToPath(import.meta.url));

/**
 * The folder with `bootstrap.js` and `warden.js`: that of this file. In the project they are TypeScript: there their types
 * are taken off once, here, because Node needs 26 MB and a tenth of a second to do it in every function, which REPORT
 * would show as the function's own.
 */
export function preparePrograms(): string {
  if (extname(import.meta.url) === '.js') return directory;
  const target = mkdtempSync(join(tmpdir(), 'lantern-bootstrap-'));
  process.once('exit', () => rmSync(target, { recursive: true, force: true }));
  mkdirSync(join(target, 'runtime'));
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  const modules = [
    'bootstrap.ts',
    'warden.ts',
    ...readdirSync(join(directory, 'runtime')).map((name) => join('runtime', name)),
  ];
  for (const module of modules) {
    const code = quietly(() => stripTypeScriptTypes(readFileSync(join(directory, module), 'utf8')));
    const imports = /(from '\.{1,2}\/[^']+)\.ts'/g;
    writeFileSync(join(target, module.replace(/\.ts$/, '.js')), code.replaceAll(imports, "$1.js'"));
  }
  return target;
}

/** Node warns that taking types off is experimental, which is nothing that a user of ours could act on. */
function quietly<T>(fn: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return fn();
  } finally {
    process.emitWarning = emitWarning;
  }
}
