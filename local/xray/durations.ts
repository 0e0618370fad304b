import type { EntityStatus } from './trace.ts';

/** Traces by how long they took, and by the worst that happened in them. */
export interface Durations {
  /** Shortest first, those without a trace left out. */
  readonly bins: readonly DurationBin[];
  /** Whether every trace that was asked for is counted; of filters that no index answers, the newest are. */
  readonly isComplete: boolean;
}

export interface DurationBin {
  /** Its place in `DURATION_EDGES`: from the edge before, up to and without this one. */
  readonly index: number;
  readonly counts: Readonly<Partial<Record<EntityStatus, number>>>;
}

/** In each power of ten, so that steps look alike on a logarithmic scale and are numbers that people write. */
const STEPS = [1, 1.5, 2, 3, 5, 7];

/** Seconds, ascending. What is shorter than the first, and what is not shorter than the last, has a bin of its own. */
export const DURATION_EDGES: readonly number[] = [
  ...[-3, -2, -1, 0, 1, 2].flatMap((power) => STEPS.map((step) => Number(`${step}e${power}`))),
  1000,
];

/** The ends of a bin, in seconds; undefined where it has none. */
export function edgesOf(index: number): { readonly least?: number; readonly below?: number } {
  const [least, below] = [DURATION_EDGES[index - 1], DURATION_EDGES[index]];
  return { ...(least !== undefined && { least }), ...(below !== undefined && { below }) };
}
