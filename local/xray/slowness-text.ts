import { shortLine } from '../printable.ts';
import { formatDuration } from './format-duration.ts';
import type { RootCauseService } from './graph/root-causes.ts';
import { rootCauses } from './graph/root-causes.ts';
import { selfTimes } from './timeline-analysis.ts';
import { summarizeTrace } from './summary.ts';
import { buildTimeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** Rows that are named for their self time. */
const MOST_SELF_TIMES = 8;

/** A smaller share of the whole explains nothing. */
const LEAST_SHARE = 0.02;

const MAX_NAME = 80;

/**
 * Why a trace took as long as it did, in sentences: the path that covers most of its response time, and what took time of
 * its own.
 *
 * @param now epoch seconds: what has not ended lasts until here. @param others the durations, in seconds, of traces that
 * began at the same service, to say how this one stands among them.
 */
export function slownessText(trace: Trace, now: number, others: readonly number[] = []): string {
  const summary = summarizeTrace(trace, []);
  const name = short(summary.name);
  const lines = [
    `Trace ${trace.id}: ${name} took ${formatDuration(summary.duration)}` +
      (summary.responseTime === undefined
        ? '.'
        : `, and answered after ${formatDuration(summary.responseTime)}.`),
  ];
  if (summary.isPartial) lines.push('It is partial: not everything has arrived or ended.');
  if (others.length > 0) lines.push(standing(summary.duration, others, name));
  const causes = rootCauses(trace).ResponseTimeRootCauses;
  for (const { Services } of causes) {
    lines.push(
      '',
      'Most of the response time, from the root down (share of it):',
      ...Services.flatMap(pathOf),
    );
  }
  const timeline = buildTimeline([trace], now);
  const selves = selfTimes(timeline);
  const total = timeline.end - timeline.start;
  const own = timeline.rows
    .map((row) => ({ row, self: selves.get(row.key) ?? 0 }))
    .filter(({ self }) => self > 0 && self >= total * LEAST_SHARE)
    .sort((one, other) => other.self - one.self);
  if (own.length > 0) lines.push('', 'Time of its own, which nothing below accounts for:');
  for (const { row, self } of own.slice(0, MOST_SELF_TIMES)) {
    lines.push(
      `  ${formatDuration(self).padStart(8)}  ${percent(self / total)}  ${short(row.name)}  ${row.status}`,
    );
  }
  if (own.length > MOST_SELF_TIMES) lines.push(`  … and ${own.length - MOST_SELF_TIMES} more`);
  return lines.join('\n');
}

function pathOf({ Name, EntityPath, Inferred }: RootCauseService): string[] {
  return EntityPath.map(({ Name: entity, Coverage = 0 }, index) => {
    const place =
      index === 0 ? `${short(Name)}${Inferred ? ' (does not report)' : ''}` : `  ${short(entity)}`;
    return `  ${percent(Coverage)}  ${place}`;
  });
}

function standing(duration: number, others: readonly number[], name: string): string {
  const sorted = [...others].sort((one, other) => one - other);
  const faster = sorted.filter((each) => each < duration).length;
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const longest = sorted.at(-1) ?? 0;
  return (
    `Among ${sorted.length} other traces that begin with ${name} it is slower than ${faster}; their median is ` +
    `${formatDuration(median)}, the longest ${formatDuration(longest)}.`
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`.padStart(5);
}

function short(text: string): string {
  return shortLine(text, MAX_NAME);
}
