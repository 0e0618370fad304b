/**
 * Reads JSON that others wrote. Each function looks once and gives a value whose type can be trusted, or undefined.
 */

/** A JSON object from outside, before anybody looked at its members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any SDK writes metadata, and shallow enough for every reader that recurses. */
const MAX_VALUE_DEPTH = 32;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty object for anything that is none. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The object that `text` holds, or undefined when it holds anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The objects among the elements of `value`; none when it is not an array. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The strings among the elements of `value`; none when it is not an array. */
export function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === 'string') : [];
}

/** A copy of `object` that lacks the members named. */
export function without<Value>(
  object: Readonly<Record<string, Value>>,
  ...names: string[]
): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Also reads digits in a string: some senders write a status or a line that way. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

export function asTexts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? stringsIn(value) : undefined;
}

export function asObjects(value: unknown): JsonObject[] | undefined {
  return Array.isArray(value) ? objectsIn(value) : undefined;
}

/** A free-form object with its depth bounded; undefined when it is anything else. */
export function asRecord(value: unknown): JsonObject | undefined {
  return isObject(value) ? boundedObject(value, MAX_VALUE_DEPTH) : undefined;
}

/** Any JSON value with its depth bounded and its numbers finite. */
export function asJson(value: unknown, depth = MAX_VALUE_DEPTH): unknown {
  // JSON.parse reads 1e999 as Infinity, which JSON.stringify would turn into null.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '[nested too deeply to show]';
  return Array.isArray(value)
    ? value.map((element) => asJson(element, depth - 1))
    : boundedObject(value as JsonObject, depth);
}

/** The members that are not undefined: what `exactOptionalPropertyTypes` asks of an object put together. */
export function present<T extends object>(members: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

function boundedObject(value: JsonObject, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      // As a plain key it would change the prototype of every later copy.
      .filter(([key]) => key !== '__proto__')
      .map(([key, member]) => [key, asJson(member, depth - 1)]),
  );
}
