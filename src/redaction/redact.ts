/** What {@link redact} may show. */
export interface RedactionPolicy {
  /**
   * Names of keys whose values appear as they are when they are strings, numbers or booleans, at any depth. Everything
   * else appears as its shape.
   *
   * @default []
   */
  readonly allow?: readonly string[];
}

/** Deeper than this, an object is shown as `<object>`: what nobody reads is not worth the room in the document. */
const MAX_DEPTH = 8;
/** Keys shown of one object; the others are counted. */
const MAX_KEYS = 50;
/** Longest allowed string shown whole; a longer one is cut and marked. */
const MAX_STRING_LENGTH = 256;
/** Longest string that is opened to see whether it is JSON. */
const MAX_JSON_LENGTH = 100_000;

/** Whatever the policy: the status of an HTTP answer says nothing about a person. */
const ALWAYS_ALLOWED = ['statusCode'];

/**
 * A plain JSON value that shows how `value` is built without showing what it holds: keys, types, lengths. Values
 * appear only under the key names that the policy allows. A string of JSON, such as the body of an API Gateway
 * response, is opened and treated the same. Never throws, never changes `value`.
 */
export function redact(value: unknown, policy: RedactionPolicy = {}): unknown {
  const allowed = new Set([...ALWAYS_ALLOWED, ...(policy.allow ?? [])]);
  try {
    return shapeOf(value, allowed, undefined, MAX_DEPTH, new Set());
  } catch {
    // A getter or a proxy that throws: what cannot be read cannot be shown.
    return '<unreadable>';
  }
}

function shapeOf(
  value: unknown,
  allowed: ReadonlySet<string>,
  key: string | undefined,
  depth: number,
  ancestors: Set<object>,
): unknown {
  if (value === null) return null;
  if (typeof value === 'string') return shapeOfString(value, allowed, key, depth, ancestors);
  if (typeof value === 'number' || typeof value === 'boolean') {
    return key !== undefined && allowed.has(key) ? value : `<${typeof value}>`;
  }
  if (typeof value !== 'object') return `<${typeof value}>`;
  if (ancestors.has(value)) return '<circular>';
  if (depth <= 0) return Array.isArray(value) ? '<array>' : '<object>';
  ancestors.add(value);
  const shape = Array.isArray(value)
    ? shapeOfArray(value as unknown[], allowed, depth, ancestors)
    : shapeOfObject(value, allowed, depth, ancestors);
  ancestors.delete(value);
  return shape;
}

function shapeOfString(
  value: string,
  allowed: ReadonlySet<string>,
  key: string | undefined,
  depth: number,
  ancestors: Set<object>,
): unknown {
  if (key !== undefined && allowed.has(key)) {
    return value.length <= MAX_STRING_LENGTH ? value : `${value.slice(0, MAX_STRING_LENGTH)}…`;
  }
  const opened = openJson(value);
  if (opened !== undefined) return shapeOf(opened, allowed, undefined, depth - 1, ancestors);
  return `<string, ${lengthClass(value.length)}>`;
}

/** The exact length of a short secret helps to guess it; a class of lengths does not. */
function lengthClass(length: number): string {
  if (length === 0) return 'empty';
  if (length < 16) return 'below 16 characters';
  return length < 256 ? 'below 256 characters' : '256 characters or more';
}

function openJson(value: string): object | undefined {
  if (value.length > MAX_JSON_LENGTH || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const opened: unknown = JSON.parse(value);
    return typeof opened === 'object' && opened !== null ? opened : undefined;
  } catch {
    return undefined;
  }
}

function shapeOfArray(
  items: readonly unknown[],
  allowed: ReadonlySet<string>,
  depth: number,
  ancestors: Set<object>,
): unknown {
  if (items.length === 0) return [];
  const first = shapeOf(items[0], allowed, undefined, depth - 1, ancestors);
  return items.length === 1 ? [first] : [first, `<${items.length - 1} more>`];
}

function shapeOfObject(
  value: object,
  allowed: ReadonlySet<string>,
  depth: number,
  ancestors: Set<object>,
): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `<${typeName(value)}>`;
  const keys = Object.keys(value);
  const shape: Array<[string, unknown]> = keys
    .slice(0, MAX_KEYS)
    .map((key) => [
      key,
      shapeOf((value as Record<string, unknown>)[key], allowed, key, depth - 1, ancestors),
    ]);
  if (keys.length > MAX_KEYS) shape.push(['…', `<${keys.length - MAX_KEYS} more keys>`]);
  return Object.fromEntries(shape);
}

/** The class of an object, for what has no plain keys to show: a Map, a Buffer, a stream. */
function typeName(value: object): string {
  const { name } = value.constructor;
  return /^[A-Za-z]\w{0,40}$/.test(name) ? name : 'object';
}
