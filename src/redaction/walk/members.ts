import { className, Described } from './described.ts';

/** Reads one member. A getter runs at most once, and what it throws is shown in its place. */
export function read(owner: object, key: string | number): unknown {
  try {
    return (owner as Readonly<Record<string | number, unknown>>)[key];
  } catch (error) {
    return threw(error);
  }
}

/** What is shown of a member whose getter threw. */
export function threw(error: unknown): Described {
  return new Described(error instanceof Error ? `<threw ${className(error)}>` : '<threw>');
}

/** The first items of a collection; the others are never reached. */
export function take<Item>(items: Iterable<Item>, most: number): Item[] {
  const taken: Item[] = [];
  if (most <= 0) return taken;
  for (const item of items) {
    taken.push(item);
    if (taken.length >= most) break;
  }
  return taken;
}

/**
 * The name, with a number when the shape has such a key already: masked keys are often equal.
 *
 * @param serials the numbers given so far, so that the thousandth key does not try the others again.
 */
export function freeName(shape: object, name: string, serials: Map<string, number>): string {
  let serial = serials.get(name) ?? 1;
  let free = serial === 1 ? name : `${name} ${serial}`;
  for (; Object.hasOwn(shape, free); free = `${name} ${serial}`) serial += 1;
  serials.set(name, serial);
  return free;
}

/** Sets a member; an own `__proto__` stays a key. */
export function define(shape: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(shape, key, { value, enumerable: true, configurable: true, writable: true });
  } else shape[key] = value;
}
