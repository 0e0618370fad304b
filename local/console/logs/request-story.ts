import type { LogLine } from '../../logs/log-line.ts';
import type { TraceSummary } from '../../xray/trace.ts';

/** One thing that happened in a business request; times in epoch milliseconds. */
export type StoryItem =
  | { readonly kind: 'trace'; readonly at: number; readonly trace: TraceSummary }
  | { readonly kind: 'line'; readonly at: number; readonly line: LogLine };

/** Traces and log lines, as they happened. A trace comes before the lines that were written while it ran. */
export function storyOf(traces: readonly TraceSummary[], lines: readonly LogLine[]): readonly StoryItem[] {
  const items: StoryItem[] = [
    ...traces.map((trace) => ({ kind: 'trace' as const, at: trace.startTime * 1000, trace })),
    ...lines.map((line) => ({ kind: 'line' as const, at: line.time, line })),
  ];
  return items.sort((one, other) => one.at - other.at || orderOf(one) - orderOf(other));
}

/** Among what happened in the same millisecond. */
function orderOf(item: StoryItem): number {
  return item.kind === 'trace' ? 0 : item.line.id;
}
