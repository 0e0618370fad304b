/** One value for each period, oldest first; undefined where there is none. */
export type Series = ReadonlyArray<number | undefined>;

/** What an expression gives: one number, one series, or several. */
export type Value = number | SeriesValue | SeriesList;

export interface SeriesValue {
  readonly kind: 'series';
  readonly points: Series;
  /** The id it was read from: what SERVICE_QUOTA looks at. */
  readonly id?: string;
}

export interface SeriesList {
  readonly kind: 'list';
  readonly items: readonly SeriesValue[];
}

export function series(points: Series): SeriesValue {
  return { kind: 'series', points };
}

/** A division by zero gives no datapoint, nor does anything else that is no number. */
export function pointOf(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Applies an operation to each datapoint. Where only one of two series has a datapoint, the other counts as 0; where none has one,
 * or there is a number on the other side, the result has none ("Using metric math", user guide: arithmetic, and comparisons).
 */
export function combine(left: Value, right: Value, operation: (a: number, b: number) => number): Value {
  if (typeof left === 'number' && typeof right === 'number') return operation(left, right);
  if (typeof left !== 'number' && left.kind === 'list') {
    if (typeof right === 'number' || right.kind === 'series') {
      return { kind: 'list', items: left.items.map((item) => combineSeries(item, right, operation)) };
    }
    const items = left.items.map((item, index) =>
      combineSeries(item, right.items[index] ?? series([]), operation),
    );
    return { kind: 'list', items };
  }
  if (typeof right !== 'number' && right.kind === 'list') {
    return { kind: 'list', items: right.items.map((item) => combineSeries(left, item, operation)) };
  }
  return combineSeries(left, right, operation);
}

export function mapValue(value: Value, operation: (point: number) => number): Value {
  if (typeof value === 'number') return operation(value);
  if (value.kind === 'list') {
    return { kind: 'list', items: value.items.map((item) => mapSeries(item, operation)) };
  }
  return mapSeries(value, operation);
}

function mapSeries({ points }: SeriesValue, operation: (point: number) => number): SeriesValue {
  return series(points.map((point) => (point === undefined ? undefined : pointOf(operation(point)))));
}

function combineSeries(
  left: number | SeriesValue,
  right: number | SeriesValue,
  operation: (a: number, b: number) => number,
): SeriesValue {
  const at = (operand: number | SeriesValue, index: number): number | undefined =>
    typeof operand === 'number' ? operand : operand.points[index];
  const lengths = [left, right].map((operand) => (typeof operand === 'number' ? 0 : operand.points.length));
  const missing = typeof left === 'number' || typeof right === 'number' ? undefined : 0;
  return series(
    Array.from({ length: Math.max(...lengths) }, (_, index) => {
      const [a, b] = [at(left, index), at(right, index)];
      if (a === undefined && b === undefined) return undefined;
      const [first, second] = [a ?? missing, b ?? missing];
      return first === undefined || second === undefined ? undefined : pointOf(operation(first, second));
    }),
  );
}

/** An expression of metric math that cannot be evaluated here: it is wrong, or uses what only CloudWatch has. */
export class MathError extends Error {
  override readonly name = 'MathError';
}
