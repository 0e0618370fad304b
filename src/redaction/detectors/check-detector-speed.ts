import type { Detector } from './detector.ts';
import { traitsOf } from './traits.ts';

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
 * Refuses a detector that would be slow on hostile text. Call it where the detector is handed over, not where it is used:
 * it takes some milliseconds.
 *
 * @throws RangeError when the pattern takes too long on hostile text
 */
export function checkDetectorSpeed(detector: Detector): void {
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
