import { MathError } from './series.ts';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] };

export type Operator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '^';

/** Weakest first. */
const LEVELS: ReadonlyArray<ReadonlyMap<string, Operator>> = [
  new Map([
    ['||', '||'],
    ['OR', '||'],
  ]),
  new Map([
    ['&&', '&&'],
    ['AND', '&&'],
  ]),
  new Map<string, Operator>([
    ['==', '=='],
    ['!=', '!='],
    ['<>', '!='],
    ['<', '<'],
    ['<=', '<='],
    ['>', '>'],
    ['>=', '>='],
  ]),
  new Map([
    ['+', '+'],
    ['-', '-'],
  ]),
  new Map([
    ['*', '*'],
    ['/', '/'],
  ]),
];

/** Deeper than any expression that a person writes; CloudWatch takes 2,048 characters. */
const DEEPEST = 200;

/**
 * Reads an expression of metric math ("Using math expressions with CloudWatch metrics", user guide).
 *
 * @throws MathError that quotes the expression and says what was expected.
 */
export function parseExpression(expression: string): Expression {
  const tokens = tokensOf(expression);
  let position = 0;
  let depth = 0;

  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '', at: expression.length };
  const accept = (text: string): boolean => {
    const found = peek().kind === 'sign' && peek().text === text;
    if (found) position += 1;
    return found;
  };
  const refuse = (expected: string): never => {
    const { kind, text, at } = peek();
    const got = kind === 'end' ? 'the end' : `"${text}"`;
    throw new MathError(`"${expression}": expected ${expected} at character ${at + 1}, got ${got}.`);
  };
  const expect = (text: string): void => {
    if (!accept(text)) refuse(`"${text}"`);
  };

  const binary = (level: number): Expression => {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (;;) {
      const operator = peek().kind === 'end' ? undefined : operators.get(peek().text);
      if (operator === undefined) return left;
      position += 1;
      left = { kind: 'binary', operator, left, right: binary(level + 1) };
    }
  };

  const unary = (): Expression => {
    depth += 1;
    if (depth > DEEPEST) throw new MathError(`The expression is nested more than ${DEEPEST} levels deep.`);
    try {
      if (accept('-')) return { kind: 'negative', operand: unary() };
      if (accept('+')) return unary();
      if (accept('!')) return { kind: 'not', operand: unary() };
      if (peek().kind === 'name' && peek().text === 'NOT') {
        position += 1;
        return { kind: 'not', operand: unary() };
      }
      return power();
    } finally {
      depth -= 1;
    }
  };

  const power = (): Expression => {
    const left = primary();
    return accept('^') ? { kind: 'binary', operator: '^', left, right: unary() } : left;
  };

  const primary = (): Expression => {
    const { kind, text } = peek();
    if (kind === 'number') {
      position += 1;
      return { kind: 'number', value: Number(text) };
    }
    if (kind === 'text') {
      position += 1;
      return { kind: 'text', value: text };
    }
    if (kind === 'name') {
      position += 1;
      return accept('(') ? { kind: 'call', name: text, arguments: listUntil(')') } : { kind: 'id', id: text };
    }
    if (accept('[')) return { kind: 'list', items: listUntil(']') };
    if (!accept('(')) return refuse('a number, an id, a function or "("');
    const inner = binary(0);
    expect(')');
    return inner;
  };

  const listUntil = (closing: string): Expression[] => {
    const items: Expression[] = [];
    if (accept(closing)) return items;
    do items.push(binary(0));
    while (accept(','));
    expect(closing);
    return items;
  };

  const parsed = binary(0);
  if (peek().kind !== 'end') refuse('an operator or the end');
  return parsed;
}

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'sign' | 'end';
  readonly text: string;
  /** Where it begins in the expression. */
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z]\w*)|"(?<text>[^"]*)"|(?<sign><=|>=|==|!=|<>|&&|\|\||[-+*/^(),<>![\]]))/y;

/** @throws MathError for what belongs to no expression. */
function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  const end = expression.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(expression)?.groups;
    if (groups === undefined) {
      throw new MathError(
        `"${expression}": ${JSON.stringify(expression.slice(at).trim()[0])} is not understood.`,
      );
    }
    const [kind, text] = Object.entries(groups).find(
      ([, value]) => (value as string | undefined) !== undefined,
    ) ?? ['end', ''];
    tokens.push({ kind: kind as Token['kind'], text, at });
  }
  return [...tokens, { kind: 'end', text: '', at: end }];
}
