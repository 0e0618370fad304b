/** An object with more keys than this is a map, whatever they are called: nobody writes so many by hand. */
export const MANY_KEYS = 100;
/** More keys than this with one kind of value are a map. */
const MANY_KEYS_OF_ONE_KIND = 24;
/** As many objects with the same keys are a map of them. */
const MANY_OBJECTS_ALIKE = 5;

/** Whether the shape of an object is that of a map from data to values: many keys, and values that are all alike. */
export function looksLikeMap(shape: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(shape);
  const [first] = names;
  if (first === undefined || names.length < MANY_OBJECTS_ALIKE) return false;
  const kind = kindOf(shape[first]);
  const isObject = kind.includes(',');
  if (!isObject && names.length <= MANY_KEYS_OF_ONE_KIND) return false;
  return names.every((name) => kindOf(shape[name]) === kind);
}

/** The keys of an object of several keys, and the first word of anything else: `<string`, `<number>`. */
function kindOf(shape: unknown): string {
  if (typeof shape === 'string') return /^<?\w*/.exec(shape)?.[0] ?? '';
  if (typeof shape !== 'object' || shape === null) return typeof shape;
  return Array.isArray(shape) ? 'array' : Object.keys(shape).join();
}
