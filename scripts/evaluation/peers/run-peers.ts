import { join } from 'node:path';
import { installPeers, runProgram, TEXT_PEERS } from '../../../benchmarks/support/peers.ts';
import type { InstalledPeer } from '../../../benchmarks/support/peers.ts';

/** What a package made of the texts, or why there is nothing. */
export type PeerRun =
  | { readonly name: string; readonly shown: readonly string[]; readonly milliseconds: number }
  | { readonly name: string; readonly failed: string };

/** For all texts. */
const MOST_MILLISECONDS = 180_000;
const CHILD = 'peer-child.ts';

/** Lets each package work on the texts, in a process that ends after a time. */
export async function* runPeers(texts: readonly string[]): AsyncGenerator<PeerRun> {
  for await (const peer of installPeers(TEXT_PEERS, join(import.meta.dirname, CHILD))) {
    yield await runPeer(peer, texts);
  }
}

async function runPeer(
  { name, label, folder, failed }: InstalledPeer,
  texts: readonly string[],
): Promise<PeerRun> {
  if (failed !== undefined) return { name: label, failed };
  const started = performance.now();
  const worked = await runProgram(process.execPath, [CHILD, name], {
    cwd: folder,
    input: JSON.stringify(texts),
    milliseconds: MOST_MILLISECONDS,
  });
  if (worked.failed !== undefined) return { name: label, failed: worked.failed };
  const milliseconds = performance.now() - started;
  return { name: label, shown: JSON.parse(worked.output) as string[], milliseconds };
}
