/** Filter patterns of plain terms: `ERROR "out of memory"`, `?ERROR ?WARN`, `ERROR -Retry`, `%ERR[0-9]+%`. */
import { regularExpression } from './comparison.ts';
import { PatternError } from './pattern-error.ts';

const TERM = /\s*([?-]?)(?:"((?:\\.|[^"\\])*)"|%([^%]*)%|(\S+))/y;

type Test = (message: string) => boolean;

/** @throws PatternError for a pattern that is not understood. */
export const parseTermPattern = (pattern: string): Test => {
  const all: Test[] = [];
  const any: Test[] = [];
  const none: Test[] = [];
  const text = pattern.trim();
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const [, prefix, quoted, expression, word] = TERM.exec(text) ?? [];
    if (prefix === undefined) throw new PatternError(`${pattern}: this term is not understood.`);
    const group = prefix === '?' ? any : prefix === '-' ? none : all;
    if (expression === undefined) {
      const term = quoted?.replaceAll(/\\(.)/gs, '$1') ?? word ?? '';
      group.push((message) => message.includes(term));
    } else {
      const matcher = regularExpression(expression);
      group.push((message) => matcher.test(message));
    }
  }
  const matches = (message: string) => (test: Test) => test(message);
  return (message) =>
    all.every(matches(message)) &&
    (any.length === 0 || any.some(matches(message))) &&
    !none.some(matches(message));
};
