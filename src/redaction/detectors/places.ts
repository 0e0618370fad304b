/*
 * Where a value may begin in a text, found without trying a pattern at every character.
 */

/** A detector's pattern, tried at one place. Says where to go on: at the end of a value, else there or one further. */
export type TryAt = (at: number) => number;

/** The characters that runs are made of, by their codes. */
export type Characters = Uint8Array;

const ASCII = String.fromCharCode(...Array(128).keys());

/** Characters of ASCII that a class of a regular expression names. */
export function charactersOf(of: RegExp): Characters {
  const characters = new Uint8Array(ASCII.length);
  // All at once: asking for each takes ten times as long.
  for (const character of ASCII.match(new RegExp(of, `${of.flags}g`)) ?? []) {
    characters[character.charCodeAt(0)] = 1;
  }
  return characters;
}

function has(characters: Characters, code: number): boolean {
  return (characters[code] ?? 0) === 1;
}

export const ALPHANUMERIC = charactersOf(/[A-Za-z\d]/);

/** Where the characters begin that stand right before a place: at most so many, or the place itself without any. */
export function startOfRun(text: string, end: number, most: number, characters: Characters): number {
  let start = end;
  while (end - start < most && has(characters, text.charCodeAt(start - 1))) start -= 1;
  return start;
}

/** Visits the runs of at least so many of the characters, between two places. Of other text one character in `least` is read. */
export function eachRun(
  text: string,
  characters: Characters,
  least: number,
  visit: (start: number, end: number) => void,
  from = 0,
  to = text.length,
): void {
  let left = from;
  for (let at = from + least - 1; at < to; at += least) {
    if (!has(characters, text.charCodeAt(at))) continue;
    let start = at;
    while (start > left && has(characters, text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < to && has(characters, text.charCodeAt(end))) end += 1;
    if (end - start >= least) visit(start, end);
    left = end;
    at = Math.max(at, end - 1);
  }
}

/** The characters that keys of all issuers are made of, with the signs between their parts. */
const KEY_CHARACTERS = charactersOf(/[\w~.:|$%+/=!-]/);
/** The shortest key of an issuer: a password of Neon. A codice fiscale has as many. */
export const SHORTEST_KEY = 16;

/** Where keys can be in a text: the runs of characters that are long enough. */
export class LongRuns {
  readonly #text: string;
  #runs: ReadonlyArray<readonly [start: number, end: number]> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get runs(): ReadonlyArray<readonly [start: number, end: number]> {
    if (this.#runs === undefined) {
      const runs: Array<readonly [number, number]> = [];
      eachRun(this.#text, KEY_CHARACTERS, SHORTEST_KEY, (start, end) => runs.push([start, end]));
      this.#runs = runs;
    }
    return this.#runs;
  }

  /** Tries the beginnings of words: a letter or digit, and none before it. */
  tryWords(tryAt: TryAt): void {
    for (const [start, end] of this.runs) {
      for (let at = start; at <= end - SHORTEST_KEY; at += 1) {
        const begins = has(ALPHANUMERIC, this.#text.charCodeAt(at));
        if (!begins || has(ALPHANUMERIC, this.#text.charCodeAt(at - 1))) continue;
        at = Math.max(at, tryAt(at) - 1);
      }
    }
  }

  /** Tries the runs of exactly so many of some of the characters. */
  tryRunsOf(characters: Characters, length: number, tryAt: TryAt): void {
    const visit = (start: number, end: number): void => {
      if (end - start === length) tryAt(start);
    };
    for (const [start, end] of this.runs) {
      if (end - start >= length) eachRun(this.#text, characters, length, visit, start, end);
    }
  }
}
