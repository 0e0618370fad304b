/** Filter patterns for log events of fields with spaces between: `[kind = REPORT, id, ..., unit = ms]`. */
import type { PatternOperator } from './comparison.ts';
import { comparisonWith, PatternError } from './comparison.ts';

interface FieldPattern {
  readonly name: string;
  readonly matches: (value: string) => boolean;
}

/** The named fields of an event that matches; undefined of one that does not. */
export type SpaceMatcher = (message: string) => ReadonlyMap<string, string> | undefined;

/** @throws PatternError for a pattern that is not understood. */
export function parseSpacePattern(pattern: string): SpaceMatcher {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(pattern)?.[1];
  if (inner === undefined) throw new PatternError(`${pattern}: expected [field, field, ...].`);
  const parts = splitOutsideQuotes(inner, ',').map((part) => part.trim());
  const gap = parts.indexOf('...');
  if (gap !== parts.lastIndexOf('...')) throw new PatternError(`${pattern}: "..." may stand once.`);
  const fields = parts.map((part) => (part === '...' ? undefined : parseField(part, pattern)));

  return (message) => {
    const words = wordsOf(message);
    const missing = words.length - (gap === -1 ? fields.length : fields.length - 1);
    if (gap === -1 ? missing !== 0 : missing < 0) return undefined;
    const named = new Map<string, string>();
    for (const [index, field] of fields.entries()) {
      if (field === undefined) continue;
      const word = words[gap !== -1 && index > gap ? index + missing - 1 : index] ?? '';
      if (!field.matches(word)) return undefined;
      named.set(field.name, word);
    }
    return named;
  };
}

const CONDITION = /^([\w-]+)\s*(?:(!=|<=|>=|=|<|>)\s*("(?:\\.|[^"\\])*"|%[^%]*%|\S+))?$/;

/** `name`, `name = value`, or several comparisons of the same name with && and || between. */
function parseField(text: string, pattern: string): FieldPattern {
  let name = '';
  const condition = (part: string): ((value: string) => boolean) => {
    const [, field, operator, literal] = CONDITION.exec(part.trim()) ?? [];
    if (field === undefined)
      throw new PatternError(`${pattern}: expected a name, or name = value, got ${part}.`);
    name = field;
    if (operator === undefined || literal === undefined) return () => true;
    return comparisonWith(operator as PatternOperator, literal);
  };
  const groups = splitOutsideQuotes(text, '||').map((group) =>
    splitOutsideQuotes(group, '&&').map(condition),
  );
  return { name, matches: (value) => groups.some((group) => group.every((holds) => holds(value))) };
}

/** Text in double quotes or square brackets is one field. */
function wordsOf(message: string): string[] {
  return [...message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g)].map(([, quoted, bracketed, word]) =>
    String(quoted ?? bracketed ?? word),
  );
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [part, closing] = ['', ''];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (closing === '' && text.startsWith(separator, index)) {
      parts.push(part);
      part = '';
      index += separator.length - 1;
      continue;
    }
    if (character === closing) closing = '';
    else if (closing === '' && (character === '"' || character === '%')) closing = character;
    part += character;
  }
  return [...parts, part];
}
