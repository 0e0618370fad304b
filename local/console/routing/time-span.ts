import type { TimeRange } from '../../cloudwatch/view.ts';
import { readRange } from '../../console-contract.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { formatRange } from '../format/time.ts';

/** Which time a page shows: the last so many milliseconds, or from one moment to another. Undefined is all there is. */
export type TimeSpan =
  { readonly kind: 'last'; readonly ms: number } | ({ readonly kind: 'between' } & TimeRange);

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What the query of an address asks for: `?last=15m`, or `?from=&to=` in epoch milliseconds. */
export function parseSpan(search: string): TimeSpan | 'unreadable' | undefined {
  const parameters = new URLSearchParams(search);
  const range = readRange(parameters);
  const last = parameters.get('last');
  if (last !== null) return range === undefined ? parseLast(last) : 'unreadable';
  return typeof range === 'object' ? { kind: 'between', ...range } : range;
}

/** The query that `parseSpan` reads, with its question mark; empty for all there is. */
export function spanQuery(span: TimeSpan | undefined): string {
  if (span === undefined) return '';
  return span.kind === 'last' ? `?last=${lastText(span.ms)}` : `?from=${span.from}&to=${span.to}`;
}

/** The times that a span means now; both in epoch milliseconds. */
export function rangeOf(span: TimeSpan | undefined, now: number): TimeRange | undefined {
  if (span === undefined) return undefined;
  return span.kind === 'last' ? { from: now - span.ms, to: now } : { from: span.from, to: span.to };
}

/** Whether more can still happen in it. */
export function isOpen(span: TimeSpan | undefined, now: number): boolean {
  return span?.kind !== 'between' || span.to > now;
}

function parseLast(text: string): TimeSpan | 'unreadable' {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  return ms > 0 ? { kind: 'last', ms } : 'unreadable';
}

/** In the largest unit that is exact. */
function lastText(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, each]) => ms % each === 0) ?? ['s', 1000];
  return `${Math.max(1, Math.round(ms / size))}${unit}`;
}

/** A time in words: `the last 15 min`, `13:45:00 – 13:46:00`; `now` in epoch milliseconds. */
export function spanText(span: TimeSpan, now: number): string {
  return span.kind === 'last' ? `the last ${formatDuration(span.ms / 1000)}` : formatRange(span, now);
}
