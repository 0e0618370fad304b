import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FORMS, orders, SIZES } from '../support/orders.ts';
import { installPeers, runProgram, TEXT_PEERS } from '../support/peers.ts';
import type { InstalledPeer, Peer } from '../support/peers.ts';
import { duration, median, ratio } from '../support/statistics.ts';
import { table } from '../support/table.ts';

/** Packages that redact by the names or paths of members, which is what most programs do. */
const PATH_PEERS: readonly Peer[] = [
  ['@pinojs/redact', '0.4.0'],
  ['@hackylabs/deep-redact', '3.0.5'],
];
/** For one package on one value, with the start of its process. */
const MOST_MILLISECONDS = 10_000;
const TOO_LONG = `> ${MOST_MILLISECONDS / 1000} s`;
/** Rounds that do not count, where there are more. */
const WARM_UPS = 2;
const CHILD = 'peer-speed-child.ts';
const OURS = 'lambda-lantern';

/** Prints what redacting the responses costs with other packages, one after the other, and with ours measured alike. */
export async function comparePeers(): Promise<void> {
  const sizes = SIZES.map(([size]) => size);
  const rows = FORMS.map((): string[][] => []);
  const failures: string[] = [];
  const measureRow = async (peer: InstalledPeer, file?: string): Promise<void> => {
    for (const [at, [, wrap]] of FORMS.entries()) {
      rows[at]?.push([peer.label, ...(await measureSizes(peer, wrap, failures, file))]);
    }
  };

  const ours = { name: OURS, label: `${OURS}, values, budget raised`, folder: import.meta.dirname };
  await measureRow(ours, pathToFileURL(join(import.meta.dirname, '../../src/redaction/index.ts')).href);
  for await (const peer of installPeers([...PATH_PEERS, ...TEXT_PEERS], join(import.meta.dirname, CHILD))) {
    if (peer.failed === undefined) await measureRow(peer);
    else failures.push(`${peer.label} ${peer.failed}`);
  }
  for (const [at, [form]] of FORMS.entries()) console.log(`${table([form, ...sizes], rows[at] ?? [])}\n`);
  for (const failure of failures) console.log(failure);
}

/** A cell for each size. What takes too long for one size is not tried with a larger one. */
async function measureSizes(
  { name, label, folder }: InstalledPeer,
  wrap: (value: object) => object,
  failures: string[],
  file?: string,
): Promise<string[]> {
  const cells: string[] = [];
  for (const [size, characters] of SIZES) {
    if (cells.at(-1) === TOO_LONG) {
      cells.push(TOO_LONG);
      continue;
    }
    const { output, failed } = await runProgram(process.execPath, [CHILD, name, ...(file ? [file] : [])], {
      cwd: folder,
      input: JSON.stringify(wrap(orders(characters))),
      milliseconds: MOST_MILLISECONDS,
    });
    const isStopped = failed?.startsWith('was stopped') === true;
    if (failed !== undefined && !isStopped) failures.push(`${label} on ${size} ${failed}`);
    cells.push(cellOf(output) ?? (isStopped ? TOO_LONG : 'failed'));
  }
  return cells;
}

/** The median of the rounds that a process wrote; nothing when it ended before the first one. */
function cellOf(output: string): string | undefined {
  const lines = output.split('\n').slice(0, -1);
  const rounds = lines.map((line) => JSON.parse(line) as readonly [base: number, time: number]);
  const counted = rounds.slice(Math.min(WARM_UPS, rounds.length - 1));
  if (counted.length === 0) return undefined;
  const times = counted.map(([, time]) => time);
  const bases = counted.map(([base]) => base);
  return `${duration(median(times))} (${ratio(times, bases)})`;
}
