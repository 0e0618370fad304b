import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * Runs the benchmarks one after the other, each in a process of its own: `npm run bench`. With names, those alone:
 * `npm run bench -- redaction`. The method is in the README of this folder.
 */
const ENDING = '.bench.ts';

const known = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length))
  .sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(1);
}

for (const name of asked.length > 0 ? asked : known) {
  const child = spawn(process.execPath, [join(import.meta.dirname, name + ENDING)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    console.error(`The benchmark ${name} failed`);
    process.exitCode = 1;
  }
  console.log('');
}
