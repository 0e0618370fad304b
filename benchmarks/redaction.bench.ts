import type { RedactionBudget, RedactionPolicy } from '../src/redaction/redact.ts';
import { redact } from '../src/redaction/redact.ts';
import { comparePeers } from './redaction-peers/compare-peers.ts';
import { FORMS, orders, SIZES } from './support/orders.ts';
import { interleave } from './support/rounds.ts';
import type { Contender } from './support/rounds.ts';
import { duration, median, ratio } from './support/statistics.ts';
import { table } from './support/table.ts';

/*
 * What redacting a response costs, against `JSON.stringify` of the whole of it. With the default budget most of a large
 * response is not looked at; with the budget raised above the response the same amount is captured as stringified. With `--peers`
 * other packages are installed into a temporary folder and measured too, which takes minutes and needs a registry.
 */
const ROUNDS = 9;
const WARM_UPS = 2;
/** Each measurement runs at least this long, in nanoseconds, so that the clock does not matter. */
const LONG_ENOUGH = 5_000_000;

const RAISED: RedactionBudget = {
  bytes: Infinity,
  depth: 100,
  items: Infinity,
  keys: Infinity,
  stringLength: Infinity,
};

const POLICIES: ReadonlyArray<readonly [name: string, policy: RedactionPolicy]> = [
  ['shape', { mode: 'shape' }],
  ['values', { mode: 'values' }],
  ['shape, budget raised', { mode: 'shape', budget: RAISED }],
  ['values, budget raised', { mode: 'values', budget: RAISED }],
];

/** Nanoseconds of one call. */
function timed(call: () => unknown): () => number {
  let calls = 1;
  return () => {
    for (;;) {
      const start = process.hrtime.bigint();
      for (let count = 0; count < calls; count += 1) call();
      const elapsed = Number(process.hrtime.bigint() - start);
      if (elapsed >= LONG_ENOUGH) return elapsed / calls;
      calls = Math.ceil(calls * Math.min(10, (1.5 * LONG_ENOUGH) / elapsed));
    }
  };
}

// The variable would make the mode of every policy stricter.
delete process.env.LANTERN_REDACTION;
console.log(`redact() to JSON.stringify of the whole: medians of ${ROUNDS} interleaved rounds\n`);
for (const [form, wrap] of FORMS) {
  const rows: string[][] = [];
  for (const [size, characters] of SIZES) {
    const value = wrap(orders(characters));
    const contenders: Contender[] = [
      { name: 'JSON.stringify', measure: timed(() => JSON.stringify(value)) },
      ...POLICIES.map(([name, policy]) => ({ name, measure: timed(() => redact(value, policy)) })),
    ];
    const [base = [], ...results] = await interleave(contenders, { rounds: ROUNDS, warmUps: WARM_UPS });
    rows.push([
      size,
      duration(median(base)),
      ...results.map((rounds) => `${duration(median(rounds))} (${ratio(rounds, base)})`),
    ]);
  }
  console.log(table([form, 'JSON.stringify', ...POLICIES.map(([name]) => name)], rows));
  console.log('');
}
if (process.argv.includes('--peers')) await comparePeers();
