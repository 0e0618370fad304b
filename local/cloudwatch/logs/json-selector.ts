/** `$.a.b[0]['c d']`: how filter patterns and metric values point into a log event that is JSON. */
import { PatternError } from './comparison.ts';

export type JsonSelector = ReadonlyArray<string | number>;

const STEP = /\.([\w-]+)|\.?\[(\d+|\*)\]|\.?\['([^']*)'\]|\.?\["([^"]*)"\]/y;

/** @throws PatternError for what is no selector. */
export function parseSelector(text: string): JsonSelector {
  const steps: (string | number)[] = [];
  STEP.lastIndex = text.startsWith('$') ? 1 : 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const [, name, index, single, double] = STEP.exec(text) ?? [];
    const key = name ?? single ?? double;
    if (key === undefined && index === undefined) {
      throw new PatternError(`${text}: expected .name or [index] at character ${at + 1}.`);
    }
    steps.push(key ?? (index === '*' ? '*' : Number(index)));
  }
  if (!text.startsWith('$')) throw new PatternError(`${text}: a selector begins with $.`);
  return steps;
}

/** Every value that the selector points to: `[*]` may give several. An absent one is undefined. */
export function select(selector: JsonSelector, value: unknown): unknown[] {
  const [step, ...rest] = selector;
  if (step === undefined) return [value];
  if (step === '*')
    return Array.isArray(value) ? value.flatMap((item: unknown) => select(rest, item)) : [undefined];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [undefined];
  return select(rest, (value as Record<string | number, unknown>)[step]);
}
