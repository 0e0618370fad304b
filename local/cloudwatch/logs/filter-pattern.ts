/** The filter patterns of CloudWatch Logs ("Filter pattern syntax for metric filters"): JSON, space-delimited, terms. */
import { parseJsonPattern } from './json-pattern.ts';
import { parseSelector, select } from './json-selector.ts';
import { parseSpacePattern } from './space-pattern.ts';
import { regularExpression, PatternError } from './comparison.ts';

/** What a matching event holds. */
export interface FilterMatch {
  /** The value of `$.field` or `$field`; undefined where the event has none. */
  readonly value: (reference: string) => unknown;
}

/** Undefined for an event that does not match. */
export type Filter = (message: string) => FilterMatch | undefined;

/** @throws PatternError for a pattern that is not understood. */
export function parseFilterPattern(pattern: string): Filter {
  const text = pattern.trim();
  if (text.startsWith('{')) {
    const holds = parseJsonPattern(text);
    return (message) => {
      const event = parseJson(message);
      if (event === undefined || !holds(event)) return undefined;
      return { value: (reference) => select(parseSelector(reference), event)[0] };
    };
  }
  if (text.startsWith('[')) {
    const match = parseSpacePattern(text);
    return (message) => {
      const fields = match(message);
      return fields && { value: (reference) => fields.get(reference.replace(/^\$/, '')) };
    };
  }
  const matches = parseTermPattern(text);
  return (message) => (matches(message) ? { value: () => undefined } : undefined);
}

/** Only objects and lists: JSON patterns match nothing else. */
function parseJson(message: string): object | undefined {
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    return JSON.parse(message) as object;
  } catch {
    return undefined;
  }
}

const TERM = /\s*([?-]?)(?:"((?:\\.|[^"\\])*)"|%([^%]*)%|(\S+))/y;

type Test = (message: string) => boolean;

/** @throws PatternError for a pattern that is not understood. */
function parseTermPattern(pattern: string): Test {
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
}
