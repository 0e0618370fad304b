import { resolveText } from './intrinsics.ts';
import type { Scope } from './scope.ts';
import { isPlainObject, shown } from './template.ts';

/**
 * What an expression of the Conditions section says: `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and
 * references to other conditions.
 *
 * @throws Error that begins with the path, for anything else.
 */
export const evaluateCondition = (expression: unknown, path: string, scope: Scope): boolean => {
  const entries = isPlainObject(expression) ? Object.entries(expression) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) {
    throw new Error(`${path}: expected one condition function, got ${shown(expression)}`);
  }
  const [name, argument] = entry;
  if (name === 'Condition' && typeof argument === 'string') return scope.condition(argument, path);

  const operands: unknown[] = Array.isArray(argument) ? argument : [];
  const holds = (operand: unknown) => evaluateCondition(operand, `${path}.${name}`, scope);
  const [left, right] = operands;
  switch (name) {
    case 'Fn::Equals':
      return resolveText(left, `${path}.${name}`, scope) === resolveText(right, `${path}.${name}`, scope);
    case 'Fn::And':
      return operands.every(holds);
    case 'Fn::Or':
      return operands.some(holds);
    case 'Fn::Not':
      return !holds(left);
    default:
      throw new Error(
        `${path}: expected Condition, Fn::Equals, Fn::And, Fn::Or or Fn::Not, got ${shown(expression)}`,
      );
  }
};
