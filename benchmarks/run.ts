import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * Runs the benchmarks one after the other, each in a process of its own: `npm run bench`. With names, those alone:
 * `npm run bench -- redaction`. With `--peers`, which is for `redaction`, other packages are measured too. The method is
 * in the README of this folder.
 */
const ENDING = '.bench.ts';

const known = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length))
  .sort();
const PEERS = '--peers';
/** The benchmark that has peers. */
const WITH_PEERS = 'redaction';
const asked = process.argv.slice(2).filter((word) => word !== PEERS);
const withPeers = process.argv.includes(PEERS);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(1);
}
const chosen = asked.length > 0 ? asked : known;
if (withPeers && !chosen.includes(WITH_PEERS)) {
  console.error(`${PEERS} is for the benchmark ${WITH_PEERS}, which is not among ${chosen.join(', ')}`);
  process.exit(1);
}

for (const name of chosen) {
  const flags = withPeers && name === WITH_PEERS ? [PEERS] : [];
  const child = spawn(process.execPath, [join(import.meta.dirname, name + ENDING), ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    console.error(`The benchmark ${name} failed`);
    process.exitCode = 1;
  }
  console.log('');
}
