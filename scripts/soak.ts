import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/*
 * Loads the shop as `serverless local` runs it, then breaks something under it: `npm run soak`. Ends with an error when an
 * order, a trace or a number is lost, or something is stuck. `--minutes` is how long orders come in, half of it with traces
 * in memory and half with traces in a file; `--seed` chooses what is ordered.
 */
const repository = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0)) fail(`--minutes takes a number above 0, not "${values.minutes}"`);
if (!Number.isSafeInteger(seed) || seed < 0) fail(`--seed takes a whole number, not "${values.seed}"`);

const env = { ...process.env, SOAK_SECONDS: String((minutes * 60) / 2), SOAK_SEED: String(seed) };
const again = `npm run soak -- --minutes ${minutes} --seed ${seed}`;
console.log(`Orders of seed ${seed}; the same again: ${again}`);
// The load has the machine to itself.
for (const files of [['tests/soak/load.test.ts'], ['--exclude', 'tests/soak/load.test.ts']]) {
  const vitest = spawn(
    process.execPath,
    [join(repository, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'soak', ...files],
    { cwd: repository, stdio: 'inherit', env },
  );
  const [code] = (await once(vitest, 'close')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}
console.log(`\nSeed ${seed}; the same again: ${again}`);

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
