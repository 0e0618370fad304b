/*
 * fast-check, the same in every run: `npm test` tries the inputs of one seed, and `npm run test:fuzz` those of a new one,
 * and more of them. The linter keeps tests from importing fast-check itself.
 */
// eslint-disable-next-line no-restricted-imports -- the one place
import fc from 'fast-check';

/** What a property that names no number is tried with. */
const USUAL_RUNS = 100;
const { FUZZ_SEED = '1', FUZZ_RUNS = String(USUAL_RUNS) } = process.env;

fc.configureGlobal({ seed: Number(FUZZ_SEED), numRuns: Number(FUZZ_RUNS) });

/** How often to try a property that is cheaper or dearer than others: `usual` times in `npm test`. */
export function runs(usual: number): { numRuns: number } {
  return { numRuns: Math.ceil((usual * Number(FUZZ_RUNS)) / USUAL_RUNS) };
}

// eslint-disable-next-line no-restricted-imports -- the one place
export { default as fc } from 'fast-check';
