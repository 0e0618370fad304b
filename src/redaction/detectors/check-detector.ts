import type { Category, Detector } from './detector.ts';
import { traitsOf } from './traits.ts';

const CATEGORIES: Readonly<Record<Category, true>> = {
  credentials: true,
  contact: true,
  identity: true,
  financial: true,
  health: true,
  location: true,
  network: true,
};

/**
 * Lengths of the hostile strings. They grow by little first, so that an exponential pattern shows itself before it
 * takes for ever, and end where a quadratic one does.
 */
const HOSTILE_LENGTHS = [
  16, 18, 20, 22, 24, 26, 28, 30, 32, 40, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384,
];
/** Milliseconds that one hostile string may take, in the best of three runs; a linear pattern needs less than one. */
const MOST_MILLISECONDS = 25;
const RUNS = 3;
/** Repeated, these make a pattern that is not linear show itself. */
const HOSTILE_PARTS = [
  'a',
  'A',
  '1',
  ' ',
  '-',
  '_',
  '.',
  '@',
  ':',
  '/',
  '=',
  'a.',
  'a-',
  'a@',
  'a ',
  '1.',
  '1-',
  '1 ',
  'a1',
  'a,',
  '://',
  '\n',
];

/**
 * Refuses a detector that cannot work or would be slow on hostile text. Call it where the detector is handed over, not
 * where it is used: it takes some milliseconds.
 *
 * @throws TypeError when a property is missing or of the wrong type, or the pattern is not global or matches nothing
 * @throws RangeError when the pattern takes too long on hostile text
 */
export function checkDetector(detector: Detector): void {
  const { name, category, hint, pattern, valid } = detector as Partial<Record<keyof Detector, unknown>>;
  if (typeof name !== 'string' || !/^[a-z][a-z\d-]{0,39}$/.test(name)) {
    throw new TypeError(
      `A detector needs a name of lower-case letters, digits and dashes, at most 40; got ${shown(name)}.`,
    );
  }
  if (typeof category !== 'string' || !Object.hasOwn(CATEGORIES, category)) {
    throw new TypeError(
      `Detector ${name}: category must be one of ${Object.keys(CATEGORIES).join(', ')}; got ${shown(category)}.`,
    );
  }
  if (typeof hint !== 'function') {
    throw new TypeError(`Detector ${name}: hint must be a function of the text; got ${shown(hint)}.`);
  }
  if (valid !== undefined && typeof valid !== 'function') {
    throw new TypeError(`Detector ${name}: valid must be a function of the match; got ${shown(valid)}.`);
  }
  if (!(pattern instanceof RegExp) || !pattern.global || pattern.sticky) {
    throw new TypeError(
      `Detector ${name}: pattern must be a regular expression with the flag g and without y; got ${shown(pattern)}.`,
    );
  }
  if (new RegExp(pattern.source, pattern.flags).test('')) {
    throw new TypeError(
      `Detector ${name}: the pattern ${shown(pattern)} finds the empty text; let it need a character.`,
    );
  }
  checkTime(detector);
}

function checkTime(detector: Detector): void {
  for (const part of [...HOSTILE_PARTS, ...literalsOf(detector.pattern)]) {
    for (const length of HOSTILE_LENGTHS) {
      const text = `${part.repeat(Math.ceil(length / part.length))}\0`;
      let best = Infinity;
      for (let run = 0; run < RUNS && best > MOST_MILLISECONDS; run += 1) {
        best = Math.min(best, timeOf(detector, text));
      }
      if (best > MOST_MILLISECONDS) throw tooSlow(detector, part, text.length, best);
    }
  }
}

function tooSlow({ name }: Detector, part: string, length: number, milliseconds: number): RangeError {
  return new RangeError(
    `Detector ${name}: ${milliseconds.toFixed(0)} ms for ${length} characters of ${JSON.stringify(part)} repeated, ` +
      `at most ${MOST_MILLISECONDS} allowed. Bound every quantifier, and let the pattern start where no such character stands before.`,
  );
}

/** The words of a pattern: a hostile text is likely to be made of them. */
function literalsOf({ source }: RegExp): string[] {
  return (source.match(/[\w@:/=-]{2,20}/g) ?? []).slice(0, 8);
}

function timeOf({ hint, pattern }: Detector, text: string): number {
  const started = performance.now();
  hint(text, traitsOf(text));
  pattern.lastIndex = 0;
  while (pattern.exec(text) !== null);
  return performance.now() - started;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
