import type { DurationBin } from '../../xray/durations.ts';
import { DURATION_EDGES, edgesOf } from '../../xray/durations.ts';
import type { EntityStatus } from '../../xray/trace.ts';
import type { DurationBounds } from '../search/conditions.ts';

/** Bars that are there at least, so that a few traces do not fill the width. */
const MIN_BARS = 15;

/** The bins that a histogram shows: `first` to `last`, both included. */
export interface Scale {
  readonly first: number;
  readonly last: number;
}

export function scaleOf(bins: readonly DurationBin[], bounds: DurationBounds | undefined): Scale {
  const indexes = [
    ...bins.map(({ index }) => index),
    ...(bounds?.least === undefined ? [] : [binAt(bounds.least)]),
    ...(bounds?.below === undefined ? [] : [binAt(bounds.below) - 1]),
  ];
  const [first, last] = [Math.min(...indexes), Math.max(...indexes)];
  const missing = Math.max(0, MIN_BARS - (last - first + 1));
  const begin = Math.max(0, first - Math.ceil(missing / 2));
  return { first: begin, last: Math.min(DURATION_EDGES.length, Math.max(last, begin + MIN_BARS - 1)) };
}

/** The bin that a duration in seconds belongs to. */
export function binAt(seconds: number): number {
  const index = DURATION_EDGES.findIndex((edge) => seconds < edge);
  return index === -1 ? DURATION_EDGES.length : index;
}

/** From the beginning of one bin to the end of another. */
export function boundsOf(one: number, other: number): DurationBounds {
  const { least } = edgesOf(Math.min(one, other));
  const { below } = edgesOf(Math.max(one, other));
  return { ...(least !== undefined && { least }), ...(below !== undefined && { below }) };
}

/** The bins that lie within bounds, as far as the scale shows them. */
export function chosenBins({ least, below }: DurationBounds, { first, last }: Scale): Scale {
  return {
    first: Math.max(first, least === undefined ? first : binAt(least)),
    // What is below an edge does not reach the bin that begins there.
    last: Math.min(last, below === undefined ? last : endingAt(below)),
  };
}

function endingAt(below: number): number {
  const index = binAt(below);
  return DURATION_EDGES[index - 1] === below ? index - 1 : index;
}

export function countOf({ counts }: DurationBin): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** How often each status occurs. */
export function statusCounts(bins: readonly DurationBin[]): ReadonlyMap<EntityStatus, number> {
  const sums = new Map<EntityStatus, number>();
  for (const { counts } of bins) {
    for (const [status, count] of Object.entries(counts) as [EntityStatus, number][]) {
      sums.set(status, (sums.get(status) ?? 0) + count);
    }
  }
  return sums;
}
