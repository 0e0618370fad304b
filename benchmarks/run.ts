import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * Runs the benchmarks one after the other, each in a process of its own: `npm run bench`. With names, those alone:
 * `npm run bench -- redaction`. The method is in the README of this folder.
 */
const ENDING = '.bench.ts';

/** What a benchmark can be told, and which ones take it. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  // Other packages are measured too.
  '--peers': ['redaction', 'recorders'],
  // What was measured is put into RESULTS.md.
  '--write': ['recorders'],
};

const known = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length))
  .sort();
const words = process.argv.slice(2);
const flags = words.filter((word) => Object.hasOwn(FLAGS, word));
const asked = words.filter((word) => !flags.includes(word));
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}, and the flags ${Object.keys(FLAGS).join(', ')}`,
  );
  process.exit(1);
}
const chosen = asked.length > 0 ? asked : known;
for (const flag of flags) {
  const takers = FLAGS[flag] ?? [];
  if (chosen.some((name) => takers.includes(name))) continue;
  console.error(`${flag} is for ${takers.join(' and ')}, and not for ${chosen.join(', ')}`);
  process.exit(1);
}

for (const name of chosen) {
  const own = flags.filter((flag) => FLAGS[flag]?.includes(name));
  const child = spawn(process.execPath, [join(import.meta.dirname, name + ENDING), ...own], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    console.error(`The benchmark ${name} failed`);
    process.exitCode = 1;
  }
  console.log('');
}
