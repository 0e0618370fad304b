import { table } from '../../../benchmarks/support/table.ts';
import { shareText } from '../report.ts';
import type { Sample } from './peer-sample.ts';
import { scoreOf } from './peer-sample.ts';
import type { PeerRun } from './run-peers.ts';

const HEADER = ['package', 'generated', 'forms of secrets', 'labelled', 'benign altered', 'time'];

/** One row for each package; below, which did not run. */
export function reportPeers(runs: readonly PeerRun[], samples: readonly Sample[]): string {
  const rows = runs.flatMap((run) => {
    if ('failed' in run) return [];
    const { generated, formats, labelled, benign } = scoreOf(samples, run.shown);
    const shares = [generated, formats, labelled, benign].map(shareText);
    return [[run.name, ...shares, `${(run.milliseconds / 1000).toFixed(1)} s`]];
  });
  const failed = runs.flatMap((run) => ('failed' in run ? [`${run.name} ${run.failed}`] : []));
  return [table(HEADER, rows), ...failed].join('\n');
}
