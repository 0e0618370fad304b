import type { TryAt } from './detector.ts';

/*
 * Where a value may begin in a text, found without trying a pattern at every character.
 */

/** The characters that runs are made of, by their codes. */
export type Characters = Uint8Array;

/** Characters of ASCII that a class of a regular expression names. */
export function charactersOf(of: RegExp): Characters {
  return Uint8Array.from({ length: 128 }, (_, code) => (of.test(String.fromCharCode(code)) ? 1 : 0));
}

function has(characters: Characters, code: number): boolean {
  return (characters[code] ?? 0) === 1;
}

const ALPHANUMERIC = charactersOf(/[A-Za-z\d]/);

/**
 * Visits the runs of at least so many of the characters. One character in `least` is looked at where there are none.
 *
 * @param visit gives where to go on, the end of the run at the earliest.
 */
export function eachRun(
  text: string,
  characters: Characters,
  least: number,
  visit: (start: number, end: number) => void,
): void {
  let from = 0;
  for (let at = least - 1; at < text.length; at += least) {
    if (!has(characters, text.charCodeAt(at))) continue;
    let start = at;
    while (start > from && has(characters, text.charCodeAt(start - 1))) start -= 1;
    // Not long enough yet, unless it goes on to the right.
    let end = at + 1;
    while (end < text.length && has(characters, text.charCodeAt(end))) end += 1;
    if (end - start >= least) visit(start, end);
    from = end;
    at = Math.max(at, end - 1);
  }
}

/** Tries the beginnings of words in every run of the characters: where no letter or digit stands before. */
export function wordsOfRuns(characters: Characters, least: number) {
  return (text: string, tryAt: TryAt): void => {
    eachRun(text, characters, least, (start, end) => {
      for (let at = start; at <= end - least; at += 1) {
        if (at > 0 && has(ALPHANUMERIC, text.charCodeAt(at - 1))) continue;
        at = Math.max(at, tryAt(at) - 1);
      }
    });
  };
}
