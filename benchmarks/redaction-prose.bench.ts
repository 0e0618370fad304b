import { createRedactor } from '../src/redaction/redact.ts';
import { hostileStrings } from './support/hostile.ts';
import { interleave } from './support/rounds.ts';
import { duration, median, ratio } from './support/statistics.ts';
import { table } from './support/table.ts';

/*
 * What a long text costs in `values` mode, with the budget raised above it: prose against `JSON.stringify` of the same, and
 * texts that somebody chose to make it slow against prose.
 */
const CHARACTERS = 1_000_000;
const ROUNDS = 9;
const WARM_UPS = 3;
const HOSTILE_ROUNDS = 3;
const SHOWN = 8;
const redact = createRedactor({
  mode: 'values',
  budget: { bytes: Infinity, depth: 100, items: Infinity, keys: Infinity, stringLength: Infinity },
});

const NUMBERS = [
  'The warehouse in Leeds shipped 1,204 parcels on 14 March 2026, of which 37 came back within 30 days.',
  'Order 100233 was split into 3 deliveries; the first (12 items, 4.5 kg) left at 09:26 and arrived on Tuesday.',
  'Customers wait 2.5 days on average, 0.3 less than in 2025, and 96 % of them rate the service 4 or 5.',
  'We measured 128 requests per second at 14:05, 256 at 14:10 and 1024 at noon; the slowest took 31.7 ms.',
  'It rained. Nobody came, and the shop closed early; "tomorrow is another day", said the owner - and left.',
];
const ACCENTS = [
  'The café — naïve as it was – charged 3,50 € for a “crème brûlée”, and 12 guests came in March 2026.',
];
const LINKS = [
  'See https://docs.example.com/guides/returns?page=2&lang=en for more, or ask the basic support and/or sales.',
  'The id 3f2a9c14-7b1e-4c0d-9a55-000000000017 of commit da39a3ee5e6b4b0d3255bfef95601890afd80709 is fine.',
  'Call +44 20 7946 0018 or write to jane.doe@example.com when a=b; it helps.',
];

/** The sentences over and over, with other numbers between them. */
function prose(sentences: readonly string[]): string {
  const parts: string[] = [];
  for (let length = 0; length < CHARACTERS; length += parts.at(-1)?.length ?? 1) {
    parts.push(`${sentences[parts.length % sentences.length]} ${(parts.length * 7919) % 10_007} `);
  }
  return parts.join('').slice(0, CHARACTERS);
}

/** Nanoseconds of one call: of the processor, because a single call cannot be told from what else the machine does. */
function timed(call: () => unknown): () => number {
  return () => {
    const start = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(start);
    return (user + system) * 1000;
  };
}

const KINDS = [
  ['words and numbers', prose(NUMBERS)],
  ['with accents and dashes', prose([...NUMBERS, ...ACCENTS])],
  ['with links, addresses and ids', prose([...NUMBERS, ...LINKS])],
] as const;

console.log(`redact() of a text of 1 MB, budget raised: medians of ${ROUNDS} interleaved rounds\n`);
const rows: string[][] = [];
for (const [kind, text] of KINDS) {
  const value = { text };
  const [base = [], times = []] = await interleave(
    [
      { name: 'JSON.stringify', measure: timed(() => JSON.stringify(value)) },
      { name: 'values', measure: timed(() => redact(value)) },
    ],
    { rounds: ROUNDS, warmUps: WARM_UPS },
  );
  rows.push([kind, duration(median(base)), duration(median(times)), ratio(times, base)]);
}
console.log(table(['prose', 'JSON.stringify', 'values', 'ratio'], rows));

const ordinary = { text: prose(NUMBERS) };
const worst: Array<readonly [name: string, times: readonly number[], base: readonly number[]]> = [];
for (const { name, value } of hostileStrings(CHARACTERS)) {
  const [base = [], times = []] = await interleave(
    [
      { name: 'prose', measure: timed(() => redact(ordinary)) },
      { name, measure: timed(() => redact({ text: value })) },
    ],
    { rounds: HOSTILE_ROUNDS, warmUps: 1 },
  );
  worst.push([name, times, base]);
}
worst.sort((one, other) => median(other[1]) / median(other[2]) - median(one[1]) / median(one[2]));
console.log(`\nThe worst ${SHOWN} of ${worst.length} hostile texts of 1 MB, to words and numbers\n`);
console.log(
  table(
    ['text', 'values', 'to prose'],
    worst.slice(0, SHOWN).map(([name, times, base]) => [name, duration(median(times)), ratio(times, base)]),
  ),
);
