import { join } from 'node:path';
import { installPeers, runProgram } from './peer-process.ts';
import type { InstalledPeer, Peer } from './peer-process.ts';

/** Packages that look for personal data in a text, in the versions that were compared. */
export const TEXT_PEERS: readonly Peer[] = [
  ['@visulima/redact', '2.0.5'],
  ['redactum', '1.1.0'],
  ['openredaction', '1.1.5'],
  ['redact-pii', '3.4.0'],
  ['@redactpii/node', '1.0.17'],
  ['@cdssnc/sanitize-pii', '2.1.1'],
];

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
