/** Sets a member; an own `__proto__` stays a key. */
export function setOwn(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true });
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A copy of plain objects and arrays, also of such as hold themselves; everything else, and what cannot be read, itself. */
export function copyPlain(value: unknown, copies = new Map<unknown, unknown>()): unknown {
  try {
    const isList = Array.isArray(value);
    if (!isList && !isPlainObject(value)) return value;
    if (!copies.has(value)) {
      const copy = isList ? [] : {};
      copies.set(value, copy);
      for (const [key, each] of Object.entries(value)) {
        setOwn(copy, key, copyPlain(each, copies));
      }
    }
    return copies.get(value);
  } catch {
    return value;
  }
}
