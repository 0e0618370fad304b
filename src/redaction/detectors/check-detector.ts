import { CATEGORIES } from './detector.ts';
import type { Detector } from './detector.ts';

/**
 * Refuses what has not the form of a detector.
 *
 * @throws TypeError when a property is missing or of the wrong type, or the pattern is not global or finds the empty text
 */
export function checkDetector(detector: unknown): void {
  const { name, category, hint, pattern, valid } = (detector ?? {}) as Partial<
    Record<keyof Detector, unknown>
  >;
  if (typeof name !== 'string' || !/^[a-z][a-z\d-]{0,39}$/.test(name)) {
    throw new TypeError(
      `A detector needs a name of lower-case letters, digits and dashes, at most 40; got ${shown(name)}.`,
    );
  }
  const need = (isSo: boolean, what: string, value: unknown): void => {
    if (!isSo) throw new TypeError(`Detector ${name}: ${what}; got ${shown(value)}.`);
  };
  need(
    CATEGORIES.some((each) => each === category),
    `category must be one of ${CATEGORIES.join(', ')}`,
    category,
  );
  need(typeof hint === 'function', 'hint must be a function of the text', hint);
  need(valid === undefined || typeof valid === 'function', 'valid must be a function of the match', valid);
  const isGlobal = pattern instanceof RegExp && pattern.global && !pattern.sticky;
  need(isGlobal, 'pattern must be a regular expression with the flag g and without y', pattern);
  if (isGlobal && new RegExp(pattern.source, pattern.flags).test('')) {
    throw new TypeError(
      `Detector ${name}: the pattern ${shown(pattern)} finds the empty text; let it need a character.`,
    );
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
