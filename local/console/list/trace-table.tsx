import type { TraceSummary } from '../../xray/trace.ts';
import { TableHead } from '../components/table-head.tsx';
import { useNow } from '../components/use-now.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { TraceRow } from './trace-row.tsx';

const COLUMNS = ['Status', 'Request', 'Duration', 'Services', 'Started'];

/** Relative times need no more than this. */
const CLOCK_EVERY_MS = 5000;

export interface TraceTableProps {
  readonly traces: readonly TraceSummary[];
  readonly span: TimeSpan | undefined;
}

export function TraceTable({ traces, span }: TraceTableProps) {
  const clock = useNow(CLOCK_EVERY_MS);
  const now = Math.max(clock, ...traces.slice(0, 1).map(({ startTime }) => startTime));
  const slowest = traces.reduce((longest, { duration }) => Math.max(longest, duration), 0);
  return (
    <table role="table" class="trace-table" aria-label="Traces">
      <TableHead columns={COLUMNS} />
      <tbody role="rowgroup">
        {traces.map((summary) => (
          <TraceRow key={summary.id} summary={summary} slowest={slowest} now={now} span={span} />
        ))}
      </tbody>
    </table>
  );
}
