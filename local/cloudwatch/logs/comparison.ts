/** What a JSON or space-delimited filter pattern compares a value of a log event with. */
export type PatternOperator = '=' | '!=' | '<' | '>' | '<=' | '>=';

/** Whether a value meets the comparison; it is undefined where the event has none. */
export type Comparison = (value: unknown) => boolean;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * @param literal as the pattern has it: `"text"`, `text*`, `404` or `%regular expression%`
 * @throws PatternError for an operator that needs a number, and for a regular expression that is none.
 */
export function comparisonWith(operator: PatternOperator, literal: string): Comparison {
  if (operator === '=') return equalTo(literal);
  if (operator === '!=') {
    const same = equalTo(literal);
    return (value) => !same(value);
  }
  const limit = numberOf(literal);
  if (limit === undefined) {
    throw new PatternError(`${operator} compares numbers, but the pattern has ${literal}.`);
  }
  return (value) => {
    const number = typeof value === 'string' ? numberOf(value) : value;
    return typeof number === 'number' && ordered(operator, number, limit);
  };
}

function ordered(operator: PatternOperator, a: number, b: number): boolean {
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}

function equalTo(literal: string): Comparison {
  const expression = /^%(.*)%$/s.exec(literal)?.[1];
  if (expression !== undefined) {
    const pattern = regularExpression(expression);
    return (value) => isPlain(value) && pattern.test(String(value));
  }
  const quoted = /^"(.*)"$/s.exec(literal)?.[1]?.replaceAll('\\"', '"');
  const number = quoted === undefined ? numberOf(literal) : undefined;
  const pattern = wildcardPattern(quoted ?? literal);
  return (value) => {
    if (typeof value === 'number' && number !== undefined) return value === number;
    return isPlain(value) && pattern.test(String(value));
  };
}

/** @throws PatternError for what is no regular expression. */
export function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text, 's');
  } catch (cause) {
    throw new PatternError(`%${text}% is no regular expression.`, { cause });
  }
}

function numberOf(text: string): number | undefined {
  return NUMBER.test(text.trim()) ? Number(text) : undefined;
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Matches a whole text in which `*` stands for any characters: filter patterns and event patterns write it so. */
function wildcardPattern(text: string): RegExp {
  return new RegExp(`^${text.split('*').map(escaped).join('.*')}$`, 's');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A filter pattern that CloudWatch Logs would refuse, or one that is not understood here. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
