import type { TimeRange } from '../cloudwatch/view.ts';

/** What is wrong with the times of a request, for whoever wrote its address. */
export interface BadRange {
  readonly problem: string;
}

/** The latest moment that a Date can hold (ECMAScript, "Time Values and Time Range"). */
const LATEST_MS = 8.64e15;

/** The range that `?from=&to=` asks for; undefined when neither is given, which means all there is. */
export function requestedRange({ searchParams }: URL): TimeRange | BadRange | undefined {
  const [from, to] = [searchParams.get('from'), searchParams.get('to')];
  if (from === null && to === null) return undefined;
  const range = { from: milliseconds(from), to: milliseconds(to) };
  if (range.from < range.to) return range;
  const problem =
    'Expected "from" and "to" together, both whole milliseconds since 1970 and "from" before "to", ' +
    `for example ?from=1790000000000&to=1790000060000; got ${said('from', from)} and ${said('to', to)}.`;
  return { problem };
}

/** NaN for anything but a moment, so that no comparison with it holds. */
function milliseconds(value: string | null): number {
  const number = value !== null && /^\d{1,16}$/.test(value) ? Number(value) : NaN;
  return number <= LATEST_MS ? number : NaN;
}

function said(name: string, value: string | null): string {
  return value === null ? `no "${name}"` : `${name}=${JSON.stringify(value)}`;
}
