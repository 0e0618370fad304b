import { createRedactor } from '../src/redaction/redact.ts';
import { hostileStrings, hostileValues } from './support/hostile.ts';
import { duration } from './support/statistics.ts';
import { table } from './support/table.ts';

/*
 * Whether somebody who chooses the input can make redaction slow: the worst of many inputs of a size, with the budget
 * raised above it, against an ordinary one. Time that grows faster than the size shows as a worse ratio for 1 MB.
 */
const SIZES = [
  ['100 kB', 100_000],
  ['1 MB', 1_000_000],
] as const;
const RUNS = 3;
const SHOWN = 5;
const redact = createRedactor({
  mode: 'values',
  budget: { bytes: Infinity, depth: 100, items: Infinity, keys: Infinity, stringLength: Infinity },
});

/** Orders with an address, a phone and a note with both: what an API answers. */
function ordinary(size: number): object[] {
  const list: object[] = [];
  for (let length = 0; length < size; length += JSON.stringify(list.at(-1)).length) {
    const id = `3f2a9c14-7b1e-4c0d-9a55-${String(list.length).padStart(12, '0')}`;
    const href = `https://api.example.com/v1/orders/${id}?page=2`;
    const note = `Call +44 20 7946 0018 or write to jane.${list.length}@example.com, order ORD-2026-0001234567.`;
    list.push({ id, href, placedAt: '2026-03-14T09:26:53.589Z', total: 1198.5, note, sku: 'TEA-100233' });
  }
  return list;
}

/** The best of some runs, in nanoseconds: what else the machine does only ever adds. */
function timeOf(value: unknown): number {
  let best = Infinity;
  for (let run = 0; run < RUNS; run += 1) {
    const start = process.hrtime.bigint();
    redact(value);
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return best;
}

for (const [size, characters] of SIZES) {
  const usual = ordinary(characters);
  for (let warmUp = 0; warmUp < 20; warmUp += 1) redact(usual);
  const base = timeOf(usual);
  const inputs = [...hostileStrings(characters), ...hostileValues(characters)];
  const worst = inputs
    .map(({ name, value }) => ({ name, time: timeOf(value) }))
    .sort((one, other) => other.time - one.time)
    .slice(0, SHOWN);
  console.log(`redact() of ${size}, budget raised: the worst ${SHOWN} of ${inputs.length} hostile inputs\n`);
  const rows = worst.map(({ name, time }) => [name, duration(time), `${(time / base).toFixed(1)} ×`]);
  console.log(table(['input', 'time', 'to ordinary'], [['ordinary', duration(base), '1.0 ×'], ...rows]));
  console.log('');
}
