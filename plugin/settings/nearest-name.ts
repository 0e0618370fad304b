import { closest, distance } from 'fastest-levenshtein';

/** A name that differs in more of its characters was probably not meant. */
const MOST_DIFFERENT = 0.5;

/** `; did you mean take-payment?`, or the names there are where none is near. Empty without any name. */
export function suggestion(name: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const nearest = closest(
    name.toLowerCase(),
    names.map((candidate) => candidate.toLowerCase()),
  );
  const found = names.find((candidate) => candidate.toLowerCase() === nearest) ?? '';
  return distance(name.toLowerCase(), nearest) <= Math.ceil(name.length * MOST_DIFFERENT)
    ? `; did you mean ${found}?`
    : `; there are: ${names.join(', ')}`;
}
