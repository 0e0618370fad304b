import type { FunctionContext } from './functions.ts';
import { callFunction, fill, wrongArguments } from './functions.ts';
import type { Expression, Operator } from './parse-expression.ts';
import type { SeriesValue, Value } from './series.ts';
import { combine, mapValue, series, MathError } from './series.ts';

export interface MathContext extends FunctionContext {
  /** The series or number of an id: of a metric, or of another expression. Undefined where there is none. */
  readonly valueOf: (id: string) => Value | undefined;
  /** Ids of the metrics, without those of expressions: what METRICS() gives. */
  readonly metricIds: readonly string[];
}

const operations: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

/** @throws MathError for unknown ids, functions that are not evaluated here, and arguments of the wrong kind. */
export function evaluateExpression(expression: Expression, context: MathContext): Value {
  const evaluate = (part: Expression): Value => evaluateExpression(part, context);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'text':
      throw new MathError(`"${expression.value}" stands where a number or a series is expected.`);
    case 'id':
      return valueOf(expression.id, context);
    case 'list':
      return listOf(expression.items.map(evaluate));
    case 'negative':
      return mapValue(evaluate(expression.operand), (point) => -point);
    case 'not':
      return mapValue(evaluate(expression.operand), (point) => Number(point === 0));
    case 'binary':
      return combine(evaluate(expression.left), evaluate(expression.right), operations[expression.operator]);
    case 'call':
      return call(expression.name, expression.arguments, context);
  }
}

function call(name: string, parts: readonly Expression[], context: MathContext): Value {
  const evaluate = (part: Expression): Value => evaluateExpression(part, context);
  if (name === 'METRICS') return metrics(parts, context);
  if (name === 'IF') return conditional(parts.map(evaluate), context);
  if (name === 'FILL') return filled(parts, context);
  if (name === 'SORT') return sorted(parts, context);
  return callFunction(name, parts.map(evaluate), context);
}

/**
 * True is whatever is not 0. Where the condition has no datapoint, neither has the result; where it holds and the series of the value
 * has none, that counts as 0, and where it does not hold, there is none either ("Using IF expressions", user guide).
 */
function conditional(values: readonly Value[], { length }: MathContext): Value {
  const [condition, whenTrue, whenFalse, ...more] = values;
  if (condition === undefined || whenTrue === undefined || more.length > 0) {
    throw wrongArguments('IF', 'a condition, a value, and another value where the condition does not hold');
  }
  if (typeof condition === 'number' && (whenFalse !== undefined || condition !== 0)) {
    return condition === 0 ? (whenFalse ?? series([])) : whenTrue;
  }
  const points = pointsOf('IF', condition, length);
  const isNumber = typeof whenTrue === 'number';
  const [positive, negative] = [whenTrue, whenFalse ?? series([])].map((value) =>
    pointsOf('IF', value, length),
  );
  return series(
    points.map((point, index) => {
      if (point === undefined) return undefined;
      return point === 0 ? negative?.[index] : (positive?.[index] ?? (isNumber ? undefined : 0));
    }),
  );
}

function filled([subject, filling, ...more]: readonly Expression[], context: MathContext): Value {
  if (subject === undefined || filling === undefined || more.length > 0) {
    throw wrongArguments('FILL', 'a series, and a number, a series, REPEAT or LINEAR');
  }
  const value = evaluateExpression(subject, context);
  const isMode = filling.kind === 'id' && (filling.id === 'REPEAT' || filling.id === 'LINEAR');
  const by = isMode ? filling.id : evaluateExpression(filling, context);
  if (typeof value === 'number') return value;
  if (value.kind === 'list') return { kind: 'list', items: value.items.map((item) => fill(item, by)) };
  return fill(value, by);
}

const SORTED_BY = ['AVG', 'MIN', 'MAX', 'SUM'];

/** `SORT(METRICS(), MAX, DESC)`, or no more of them than a fourth argument says. Series without a datapoint come last. */
function sorted(parts: readonly Expression[], context: MathContext): Value {
  const [list, by, order, most] = parts;
  const wrong = wrongArguments(
    'SORT',
    'several series, one of AVG, MIN, MAX and SUM, ASC or DESC, and how many',
  );
  const value = list && evaluateExpression(list, context);
  if (typeof value !== 'object' || value.kind !== 'list' || parts.length > 4) throw wrong;
  if (by?.kind !== 'id' || !SORTED_BY.includes(by.id)) throw wrong;
  if (order?.kind !== 'id' || !['ASC', 'DESC'].includes(order.id)) throw wrong;
  const count = most === undefined ? value.items.length : evaluateExpression(most, context);
  if (typeof count !== 'number') throw wrong;
  const sign = order.id === 'ASC' ? 1 : -1;
  const ranked = value.items.map((item) => {
    const rank = callFunction(by.id, [item], context);
    return { item, rank: typeof rank === 'number' && Number.isFinite(rank) ? sign * rank : Infinity };
  });
  ranked.sort((one, other) => (one.rank === other.rank ? 0 : one.rank - other.rank));
  return { kind: 'list', items: ranked.slice(0, count).map(({ item }) => item) };
}

function metrics([part, ...more]: readonly Expression[], context: MathContext): Value {
  if (more.length > 0 || (part !== undefined && part.kind !== 'text')) {
    throw wrongArguments('METRICS', 'nothing, or a text that the ids hold');
  }
  const ids = context.metricIds.filter((id) => part === undefined || id.includes(part.value));
  return listOf(ids.map((id) => valueOf(id, context)));
}

function valueOf(id: string, { valueOf: read }: MathContext): Value {
  const value = read(id);
  if (value === undefined) throw new MathError(`There is no metric or expression with the id ${id}.`);
  return value;
}

function listOf(values: readonly Value[]): Value {
  const items = values.flatMap((value): readonly SeriesValue[] => {
    if (typeof value === 'number') throw new MathError('A list holds series, not numbers.');
    return value.kind === 'list' ? value.items : [value];
  });
  return { kind: 'list', items };
}

/** A number stands for a series of it. */
export function pointsOf(what: string, value: Value, length: number): (number | undefined)[] {
  if (typeof value === 'number') {
    const point = Number.isFinite(value) ? value : undefined;
    return Array.from({ length }, () => point);
  }
  if (value.kind === 'list') throw new MathError(`${what} gives several series where one is expected.`);
  return Array.from({ length }, (_, index) => value.points[index]);
}
