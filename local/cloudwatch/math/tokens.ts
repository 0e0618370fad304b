import { MathError } from './math-error.ts';

export interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'sign' | 'end';
  readonly text: string;
  /** Where it begins in the expression. */
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z]\w*)|"(?<text>[^"]*)"|(?<sign><=|>=|==|!=|<>|&&|\|\||[-+*/^(),<>![\]]))/y;

/** @throws MathError for what belongs to no expression. */
export const tokensOf = (expression: string): Token[] => {
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
};
