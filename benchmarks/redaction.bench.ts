import type { RedactionBudget, RedactionPolicy } from '../src/redaction/redact.ts';
import { redact } from '../src/redaction/redact.ts';
import { interleave } from './support/rounds.ts';
import type { Contender } from './support/rounds.ts';
import { duration, median, ratio } from './support/statistics.ts';
import { table } from './support/table.ts';

/*
 * What redacting a response costs, against `JSON.stringify` of the whole of it. With the default budget most of a large
 * response is not looked at; with the budget raised above the response the same amount is captured as stringified.
 */
const ROUNDS = 9;
const WARM_UPS = 2;
/** Each measurement runs at least this long, in nanoseconds, so that the clock does not matter. */
const LONG_ENOUGH = 5_000_000;
const SIZES = [
  ['1 kB', 1_000],
  ['10 kB', 10_000],
  ['100 kB', 100_000],
  ['1 MB', 1_000_000],
] as const;

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

/** Orders as an API lists them, with little that is personal, of about `size` characters as JSON. */
function orders(size: number): object {
  const list: object[] = [];
  for (let length = 30, number = 1; length < size; number += 1) {
    const order = {
      id: `3f2a9c14-7b1e-4c0d-9a55-${String(number).padStart(12, '0')}`,
      status: number % 3 === 0 ? 'fulfilled' : 'placed',
      placedAt: '2026-03-14T09:26:53.589Z',
      total: 1198 + number,
      customer: { name: 'Jane Doe', email: `jane.doe.${number}@example.com`, phone: '+44 20 7946 0018' },
      items: [
        { sku: 'tea', quantity: 2, price: 599 },
        { sku: 'mug', quantity: 1, price: 1450 },
      ],
      note: 'Please leave the parcel with the neighbours when nobody opens.',
    };
    list.push(order);
    length += JSON.stringify(order).length + 1;
  }
  return { items: list, next: null };
}

function envelope(value: object): object {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    isBase64Encoded: false,
    body: JSON.stringify(value),
  };
}

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
const forms: ReadonlyArray<readonly [string, (value: object) => object]> = [
  ['object', (value) => value],
  ['API Gateway envelope', envelope],
];
console.log(`redact() to JSON.stringify of the whole: medians of ${ROUNDS} interleaved rounds\n`);
for (const [form, wrap] of forms) {
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
