/** Event patterns of EventBridge ("Amazon EventBridge event patterns"). Pure. */
import { isObject } from '../../json.ts';
import { wildcardPattern } from '../logs/comparison.ts';

/** Whether an event matches: each field that the pattern names has one of the values it allows. */
export function matchesEventPattern(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) return false;
  return Object.entries(pattern).every(([name, expected]) => {
    if (name === '$or' && Array.isArray(expected)) {
      return expected.some((alternative) => matchesEventPattern(alternative, event));
    }
    const value = isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined;
    if (Array.isArray(expected)) return expected.some((allowed) => matchesAny(allowed, value));
    return matchesEventPattern(expected, value);
  });
}

/** Of a list in the event, one element is enough. */
function matchesAny(allowed: unknown, value: unknown): boolean {
  if (isObject(allowed) && 'exists' in allowed) return allowed.exists === (value !== undefined);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.some((element) => matchesValue(allowed, element));
}

function matchesValue(allowed: unknown, value: unknown): boolean {
  if (!isObject(allowed)) return allowed === value;
  const [entry] = Object.entries(allowed);
  if (entry === undefined || value === undefined) return false;
  const [operator, operand] = entry;
  switch (operator) {
    case 'prefix':
      return matchesText(operand, value, (text, part) => text.startsWith(part));
    case 'suffix':
      return matchesText(operand, value, (text, part) => text.endsWith(part));
    case 'equals-ignore-case':
      return matchesText(operand, value, (text, part) => text.toLowerCase() === part.toLowerCase());
    case 'wildcard':
      return matchesText(operand, value, (text, part) => wildcardPattern(part).test(text));
    case 'anything-but':
      return !(Array.isArray(operand) ? operand : [operand]).some((refused) => matchesValue(refused, value));
    case 'numeric':
      return Array.isArray(operand) && typeof value === 'number' && matchesNumber(operand, value);
    default:
      return false;
  }
}

function matchesText(
  operand: unknown,
  value: unknown,
  matches: (text: string, part: string) => boolean,
): boolean {
  return typeof operand === 'string' && typeof value === 'string' && matches(value, operand);
}

/** `['>=', 0, '<', 5]` */
function matchesNumber(comparisons: readonly unknown[], value: number): boolean {
  for (let index = 0; index < comparisons.length; index += 2) {
    const limit = Number(comparisons[index + 1]);
    const holds = new Map([
      ['=', value === limit],
      ['<', value < limit],
      ['<=', value <= limit],
      ['>', value > limit],
      ['>=', value >= limit],
    ]);
    if (holds.get(String(comparisons[index])) !== true) return false;
  }
  return comparisons.length > 0;
}
