/**
 * Makes something when it is first asked for, once. Lists of words and patterns of Unicode take a tenth of a millisecond each to make,
 * which a cold start would pay for all of them; most values and texts need few.
 */
export function firstUse<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

/**
 * A pattern with classes of Unicode (`\p{L}`), made when it is first asked for. Engines check every literal of a file when they read it,
 * in functions that never run too, and one such class takes up to a third of a millisecond of a cold start: no literal may have one.
 *
 * @param source what stands between the slashes of a literal, by `String.raw`.
 */
export function unicodePattern(source: string, flags: string): () => RegExp {
  return firstUse(() => new RegExp(source, flags));
}
