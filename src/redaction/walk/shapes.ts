/** Key under which a merged shape says what else was found where an object was. */
const OR = '<or>';
/** More kinds than this in one position say no more. */
const MOST_KINDS = 6;

/** An object with more keys than this is a map, whatever they are called: nobody writes so many by hand. */
export const MANY_KEYS = 100;
/** More keys than this with one kind of value are a map. */
const MANY_KEYS_OF_ONE_KIND = 24;
/** As many objects with the same keys are a map of them. */
const MANY_OBJECTS_ALIKE = 5;

type Shape = Readonly<Record<string, unknown>>;

/**
 * One shape that describes both: keys of either, and for a position where they differ every kind that was found,
 * `<number | string, below 16 characters>`. Changes neither, and gives back `one` itself when `other` adds nothing.
 */
export function mergeShapes(one: unknown, other: unknown): unknown {
  if (one === other) return one;
  if (Array.isArray(one) && Array.isArray(other)) return mergeArrays(one as unknown[], other as unknown[]);
  if (isShape(one)) return isShape(other) ? mergeObjects(one, other) : mergeKey(one, OR, kindOf(other));
  if (isShape(other)) return mergeKey(other, OR, kindOf(one));
  return mergeLabels(kindOf(one), kindOf(other), one);
}

/** An array's shape is its length and one shape for all of its items: `['<3 items>', shape]`. */
function mergeArrays(one: readonly unknown[], other: readonly unknown[]): unknown {
  if (other.length === 0 && one.length === 0) return one;
  const length = mergeCounts(one[0] ?? '<0 items>', other[0] ?? '<0 items>');
  const item = one.length < 2 ? other[1] : other.length < 2 ? one[1] : mergeShapes(one[1], other[1]);
  if (length === one[0] && item === one[1]) return one;
  return item === undefined ? [length] : [length, item];
}

function mergeObjects(one: Shape, other: Shape): Shape {
  let merged = one;
  for (const key of Object.keys(other)) merged = mergeKey(merged, key, other[key]);
  return merged;
}

function mergeKey(shape: Shape, key: string, added: unknown): Shape {
  if (!Object.hasOwn(shape, key)) return withMember(shape, key, added);
  const before = shape[key];
  // A note on what was cut: one such note is enough.
  const after = key === '…' ? before : mergeShapes(before, added);
  return after === before ? shape : withMember(shape, key, after);
}

/** A computed key in a literal is defined, not set: an own `__proto__` stays a key. */
function withMember(shape: Shape, key: string, value: unknown): Shape {
  return { ...shape, [key]: value };
}

function mergeLabels(one: string, other: string, original: unknown): unknown {
  if (one === other) return original;
  const kinds = kindsOf(one);
  const added = kindsOf(other).filter((kind) => !kinds.includes(kind));
  if (added.length === 0 || kinds.length >= MOST_KINDS) return original;
  return `<${[...kinds, ...added].slice(0, MOST_KINDS).join(' | ')}>`;
}

function kindsOf(label: string): string[] {
  return (label.startsWith('<') && label.endsWith('>') ? label.slice(1, -1) : label).split(' | ');
}

function kindOf(shape: unknown): string {
  if (Array.isArray(shape)) return '<array>';
  return typeof shape === 'string' ? shape : shape === null ? '<null>' : `<${typeof shape}>`;
}

/** `<3 items>` and `<12 items>` are `<3 to 12 items>`. */
function mergeCounts(one: unknown, other: unknown): unknown {
  if (one === other) return one;
  const counts = [...numbersOf(one), ...numbersOf(other)];
  const noun = String(one).includes(' key') ? 'keys' : 'items';
  const [low, high] = [Math.min(...counts), Math.max(...counts)].map((each) => each.toLocaleString('en-US'));
  const merged = low === high ? `<${low} ${noun}>` : `<${low} to ${high} ${noun}>`;
  return merged === one ? one : merged;
}

function numbersOf(label: unknown): number[] {
  const [lengths = ''] = String(label).split(', ');
  const counts = lengths.match(/\d{1,3}(?:,\d{3}){0,5}/g) ?? ['0'];
  return counts.slice(0, 2).map((each) => Number(each.replaceAll(',', '')));
}

function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the shape of an object is that of a map from data to values: many keys, and values that are all alike. */
export function looksLikeMap(shape: Shape): boolean {
  const names = Object.keys(shape);
  const [first] = names;
  if (first === undefined || names.length < MANY_OBJECTS_ALIKE) return false;
  const kind = formOf(shape[first]);
  const isObject = kind.includes(',');
  if (!isObject && names.length <= MANY_KEYS_OF_ONE_KIND) return false;
  return names.every((name) => formOf(shape[name]) === kind);
}

/** The keys of an object of several keys, and the first word of anything else: `<string`, `<number>`. */
function formOf(shape: unknown): string {
  if (typeof shape === 'string') return /^<?\w*/.exec(shape)?.[0] ?? '';
  if (typeof shape !== 'object' || shape === null) return typeof shape;
  return Array.isArray(shape) ? 'array' : Object.keys(shape).join();
}
