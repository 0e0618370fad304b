import { isObject } from '../../local/template/index.ts';
import { suggestion } from './nearest-name.ts';
import type { ValueCheck } from './value-checks.ts';
import { shown } from './value-checks.ts';

/** Mistakes in an object whose names are known: one sentence each, beginning with its path. */
export function checkNames(
  object: unknown,
  path: string,
  known: readonly string[],
  what: string,
  check: (name: string, value: unknown, path: string) => readonly string[],
): readonly string[] {
  if (!isObject(object)) return [expected(path, 'settings by name', object)];
  return Object.entries(object).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    return known.includes(name)
      ? check(name, value, at)
      : [`${at}: there is no such ${what}${suggestion(name, known)}`];
  });
}

export function checkValue(value: unknown, path: string, check: ValueCheck): readonly string[] {
  const wanted = check(value);
  return wanted === undefined ? [] : [expected(path, wanted, value)];
}

export const expected = (path: string, wanted: string, value: unknown): string =>
  `${path}: expected ${wanted}, but got ${shown(value)}`;
