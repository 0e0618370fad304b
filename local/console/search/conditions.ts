import type { Comparison, FilterExpression } from '../../xray/filter/expression.ts';
import { FilterError } from '../../xray/filter/expression.ts';
import { parseFilter } from '../../xray/filter/parse-filter.ts';
import { printFilter } from '../../xray/filter/write-filter.ts';

/** What is wrong with a filter expression; undefined for one that can be read. */
export function filterProblem(filter: string): FilterError | undefined {
  const read = readFilter(filter);
  return read instanceof FilterError ? read : undefined;
}

/** The conditions that all have to hold, each as a filter expression; none where the filter is empty or cannot be read. */
export function conditionsOf(filter: string): readonly string[] {
  return operandsOf(filter).map(printFilter);
}

/** A filter that asks for one thing more; a condition that it asks for already is not repeated. */
export function withCondition(filter: string, condition: string): string {
  const known = new Set(conditionsOf(filter));
  const added = operandsOf(condition).filter((operand) => !known.has(printFilter(operand)));
  return joined([...operandsOf(filter), ...added]);
}

/** A filter that does not ask for one of its conditions any more. */
export function withoutCondition(filter: string, condition: string): string {
  return joined(operandsOf(filter).filter((operand) => printFilter(operand) !== condition));
}

/** Durations in seconds: from `least`, up to and without `below`. */
export interface DurationBounds {
  readonly least?: number;
  readonly below?: number;
}

/** A filter without what it asks of the duration, and what that is; undefined where it asks nothing of it. */
export function splitDuration(filter: string): {
  readonly within: string;
  readonly bounds: DurationBounds | undefined;
} {
  const operands = operandsOf(filter);
  const bounding = operands.filter(isBound);
  const least = bounding.filter(({ operator }) => operator.startsWith('>')).map(({ value }) => Number(value));
  const below = bounding.filter(({ operator }) => operator.startsWith('<')).map(({ value }) => Number(value));
  return {
    within: joined(operands.filter((operand) => !isBound(operand))),
    bounds:
      bounding.length === 0
        ? undefined
        : {
            ...(least.length > 0 && { least: Math.max(...least) }),
            ...(below.length > 0 && { below: Math.min(...below) }),
          },
  };
}

/** A filter that asks for durations within bounds, instead of those that it asked for before. */
export function withDuration(filter: string, { least, below }: DurationBounds): string {
  const kept = operandsOf(filter).filter((operand) => !isBound(operand));
  return joined([
    ...kept,
    ...(least === undefined ? [] : [durationIs('>=', least)]),
    ...(below === undefined ? [] : [durationIs('<', below)]),
  ]);
}

function readFilter(filter: string): FilterExpression | FilterError {
  try {
    return parseFilter(filter);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
}

function operandsOf(filter: string): readonly FilterExpression[] {
  const read = readFilter(filter);
  if (read instanceof FilterError || read.kind === 'all') return [];
  return read.kind === 'and' ? read.operands : [read];
}

function joined(operands: readonly FilterExpression[]): string {
  const [first = { kind: 'all' }] = operands;
  return printFilter(operands.length < 2 ? first : { kind: 'and', operands });
}

function durationIs(operator: '>=' | '<', value: number): FilterExpression {
  return { kind: 'comparison', field: { keyword: 'duration' }, operator, value };
}

function isBound(expression: FilterExpression): expression is Comparison {
  return (
    expression.kind === 'comparison' &&
    expression.field.keyword === 'duration' &&
    typeof expression.value === 'number' &&
    /^[<>]/.test(expression.operator)
  );
}
