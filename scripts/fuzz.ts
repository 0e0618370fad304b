import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';

/*
 * Runs every test whose inputs are random with a new seed and more inputs: `npm run test:fuzz`. What it finds is found
 * again with `FUZZ_SEED=… npm run test:fuzz`. `FUZZ_RUNS` is how often a property is tried that is tried 100 times in
 * `npm test`; the others follow. Arguments go to Vitest: `npm run test:fuzz -- --testNamePattern redact`.
 */
const MAX_SEED = 2 ** 31 - 1;
const { FUZZ_SEED = String(randomInt(MAX_SEED)), FUZZ_RUNS = '1000' } = process.env;
for (const [name, value] of Object.entries({ FUZZ_SEED, FUZZ_RUNS })) {
  if (!/^\d+$/.test(value) || Number(value) > MAX_SEED) {
    console.error(`${name} takes a whole number up to ${MAX_SEED}, not "${value}".`);
    process.exit(1);
  }
}

const repository = join(import.meta.dirname, '..');
const again = `FUZZ_SEED=${FUZZ_SEED} FUZZ_RUNS=${FUZZ_RUNS} npm run test:fuzz`;
console.log(`Random inputs of seed ${FUZZ_SEED}; the same again: ${again}\n`);
const vitest = spawn(
  process.execPath,
  [
    join(repository, 'node_modules/vitest/vitest.mjs'),
    ...['related', '--run', 'tests/helpers/fast-check.ts', '--project', 'quick', '--testTimeout', '600000'],
    ...process.argv.slice(2),
  ],
  { cwd: repository, stdio: 'inherit', env: { ...process.env, FUZZ_SEED, FUZZ_RUNS } },
);
vitest.on('close', (code) => {
  console.log(`\nSeed ${FUZZ_SEED}; the same again: ${again}`);
  process.exitCode = code ?? 1;
});
