/** Filter patterns for JSON log events: `{ $.type = "platform.report" && $.record.status != "success" }`. */
import type { PatternOperator } from './comparison.ts';
import { comparisonWith, PatternError } from './comparison.ts';
import { parseSelector, select } from './json-selector.ts';

type Condition = (event: unknown) => boolean;

const TOKEN =
  /\s*(?:(?<selector>\$(?:\.?\['[^']*'\]|\.?\["[^"]*"\]|\.?\[(?:\d+|\*)\]|\.[\w-]+)*)|(?<text>"(?:\\.|[^"\\])*"|%[^%]*%)|(?<sign>&&|\|\||<=|>=|!=|[=<>(){}])|(?<word>[^\s"$=<>!(){}&|]+))/y;

interface Token {
  readonly kind: 'selector' | 'text' | 'sign' | 'word' | 'end';
  readonly text: string;
}

/** @throws PatternError for a pattern that is not understood. */
export function parseJsonPattern(pattern: string): Condition {
  const tokens = tokensOf(pattern);
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '' };
  const accept = (...texts: string[]): string | undefined => {
    const { kind, text } = peek();
    if (kind === 'end' || kind === 'text' || !texts.includes(text)) return undefined;
    position += 1;
    return text;
  };
  const refuse = (expected: string): never => {
    const { kind, text } = peek();
    throw new PatternError(`${pattern}: expected ${expected}, got ${kind === 'end' ? 'the end' : text}.`);
  };

  const either = (): Condition => {
    const conditions = [both()];
    while (accept('||') !== undefined) conditions.push(both());
    return (event) => conditions.some((holds) => holds(event));
  };
  const both = (): Condition => {
    const conditions = [single()];
    while (accept('&&') !== undefined) conditions.push(single());
    return (event) => conditions.every((holds) => holds(event));
  };
  const single = (): Condition => {
    if (accept('(') !== undefined) {
      const inner = either();
      if (accept(')') === undefined) refuse('")"');
      return inner;
    }
    if (peek().kind !== 'selector') refuse('a selector such as $.field');
    const selector = parseSelector(peek().text);
    position += 1;
    const test = testOf();
    return (event) => select(selector, event).some(test);
  };
  const testOf = (): ((value: unknown) => boolean) => {
    if (accept('IS') !== undefined) {
      const word = accept('NULL', 'TRUE', 'FALSE') ?? refuse('NULL, TRUE or FALSE');
      return (value) => value === { NULL: null, TRUE: true, FALSE: false }[word as 'NULL' | 'TRUE' | 'FALSE'];
    }
    if (accept('EXISTS') !== undefined) return (value) => value !== undefined;
    if (accept('NOT') !== undefined) {
      if (accept('EXISTS') === undefined) refuse('EXISTS');
      return (value) => value === undefined;
    }
    const operator =
      accept('=', '!=', '<', '>', '<=', '>=') ?? refuse('an operator, IS, EXISTS or NOT EXISTS');
    const { kind, text } = peek();
    if (kind !== 'text' && kind !== 'word') return refuse('a text or a number');
    position += 1;
    const holds = comparisonWith(operator as PatternOperator, text);
    // A field that is not there is different from nothing.
    return (value) => value !== undefined && holds(value);
  };

  if (accept('{') === undefined) refuse('"{"');
  const condition = either();
  if (accept('}') === undefined || peek().kind !== 'end') refuse('"}" and nothing behind it');
  return condition;
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  const text = pattern.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    const found = Object.entries(groups ?? {}).find(
      ([, value]) => (value as string | undefined) !== undefined,
    );
    if (found === undefined)
      throw new PatternError(`${pattern}: ${text.slice(at).trim()} is not understood.`);
    tokens.push({ kind: found[0] as Token['kind'], text: found[1] });
  }
  return tokens;
}
