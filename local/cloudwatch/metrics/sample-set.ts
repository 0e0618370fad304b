/**
 * Different values of one metric that are kept for ten seconds of it. CloudWatch takes percentiles of sketches; here they
 * are exact up to this many, far more than a laptop does in that time.
 */
export const MAX_DISTINCT_VALUES = 1000;

/** What was measured of one metric in one bucket: CloudWatch's statistic set, and the values themselves. */
export interface SampleSet {
  sum: number;
  count: number;
  minimum: number;
  maximum: number;
  /** How often each value came. */
  readonly values: Map<number, number>;
}

export function emptySampleSet(): SampleSet {
  return {
    sum: 0,
    count: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    values: new Map(),
  };
}

/** @returns how many samples percentiles will not know of, because too many different values came before. */
export function addSample(
  set: SampleSet,
  value: number,
  count: number,
  maxDistinctValues = MAX_DISTINCT_VALUES,
): number {
  set.sum += value * count;
  set.count += count;
  set.minimum = Math.min(set.minimum, value);
  set.maximum = Math.max(set.maximum, value);
  const seen = set.values.get(value);
  if (seen === undefined && set.values.size >= maxDistinctValues) return count;
  set.values.set(value, (seen ?? 0) + count);
  return 0;
}

/** The values are put together when they are first asked for: only percentiles and the like need them. */
export function mergeSampleSets(sets: readonly SampleSet[]): SampleSet {
  let values: Map<number, number> | undefined;
  const merged = {
    sum: 0,
    count: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    get values(): Map<number, number> {
      return (values ??= mergeValues(sets));
    },
  };
  for (const set of sets) {
    merged.sum += set.sum;
    merged.count += set.count;
    merged.minimum = Math.min(merged.minimum, set.minimum);
    merged.maximum = Math.max(merged.maximum, set.maximum);
  }
  return merged;
}

function mergeValues(sets: readonly SampleSet[]): Map<number, number> {
  const merged = new Map<number, number>();
  for (const { values } of sets) {
    for (const [value, count] of values) merged.set(value, (merged.get(value) ?? 0) + count);
  }
  return merged;
}
