/**
 * Makes something when it is first asked for, once. Lists of words and patterns of Unicode take a tenth of a millisecond each to make,
 * which a cold start would pay for all of them; most values and texts need few.
 */
export function firstUse<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}
