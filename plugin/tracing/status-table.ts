import type { FunctionSnapshot } from '../tracing-switch/decide.ts';
import { isTraced, readTracingState } from '../tracing-switch/tracing-state.ts';

export interface FunctionStatus {
  /** The key in `serverless.yml`. */
  readonly key: string;
  /** Absent for a function that is not deployed. */
  readonly snapshot?: FunctionSnapshot;
}

const HEADINGS = ['function', 'tracing', 'by', 'since', 'until', 'why'];

/** What `serverless tracing status` prints. */
export function statusTable(statuses: readonly FunctionStatus[]): string {
  const rows = [HEADINGS, ...statuses.map(rowOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rowOf({ key, snapshot }: FunctionStatus): string[] {
  if (snapshot === undefined) return [key, 'not deployed'];
  const { switchedOn, until, never } = readTracingState(snapshot.tags);
  if (!isTraced(snapshot.configuration)) return [key, never ? 'off, never on' : 'off'];
  if (switchedOn === undefined) return [key, 'on', 'the deployment'];
  const end = until === undefined ? 'turned off' : new Date(until).toISOString().replace('.000Z', 'Z');
  return [key, 'on', switchedOn.by, switchedOn.since, end, switchedOn.reason];
}
