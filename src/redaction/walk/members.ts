import { isDataView, isProxy, isSharedArrayBuffer, isTypedArray } from 'node:util/types';
import { Described, knownClassName, Members } from './described.ts';

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
  return new Described(error instanceof Error ? `<threw ${knownClassName(error)}>` : '<threw>');
}

/** The first names of an object's own members, and how many it has. */
export interface Names {
  readonly names: readonly string[];
  readonly total: number;
}

/**
 * The names of an object's first own enumerable members, in their order. Engines list the names of an ordinary object
 * whole whatever is asked; a proxy, which answers with code of its own, is asked about no more of them than are taken.
 */
export function firstNames(owner: object, most: number): Names {
  if (!isProxy(owner)) {
    const all = Object.keys(owner);
    return { names: all.length > most ? all.slice(0, most) : all, total: all.length };
  }
  const names: string[] = [];
  for (const name in owner) {
    if (!Object.hasOwn(owner, name)) continue;
    if (names.length === most) return { names, total: Math.max(most + 1, namesOfProxy(owner)) };
    names.push(name);
  }
  return { names, total: names.length };
}

/** The first members of an object, each read once. */
export function firstMembers(owner: object, most: number): Members {
  const { names, total } = firstNames(owner, most);
  // Not without a prototype: engines keep such objects as hash tables, which costs more than all that is done with them.
  const fields: Record<string, unknown> = {};
  for (const name of names) define(fields, name, read(owner, name));
  return new Members(fields, total);
}

/** How many names a proxy says it has, those that it would call not enumerable included. */
export function namesOfProxy(proxy: object): number {
  return Reflect.ownKeys(proxy).filter((key) => typeof key === 'string').length;
}

/*
 * Of collections, what their class gives, not what an object of theirs says: that one could be anybody's, and differ from
 * one reading to the next.
 */

export function entriesOfMap(map: ReadonlyMap<unknown, unknown>): Iterable<readonly [unknown, unknown]> {
  return Map.prototype.entries.call(map) as Iterable<readonly [unknown, unknown]>;
}

export function sizeOfMap(map: ReadonlyMap<unknown, unknown>): number {
  return Number(SIZE_OF_MAP?.call(map));
}

export function valuesOfSet(set: ReadonlySet<unknown>): Iterable<unknown> {
  return Set.prototype.values.call(set) as Iterable<unknown>;
}

export function sizeOfSet(set: ReadonlySet<unknown>): number {
  return Number(SIZE_OF_SET?.call(set));
}

/** The length of an array. A proxy may say anything. */
export function lengthOf(list: readonly unknown[]): number {
  const { length } = list;
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}

/** The first items of an array, each read once. */
export function firstItems(list: readonly unknown[], most: number): unknown[] {
  return Array.from({ length: Math.min(lengthOf(list), most) }, (_, at) => read(list, at));
}

/** The bytes of a buffer or of a view of one. */
export function bytesOf(value: ArrayBufferLike | ArrayBufferView): number {
  if (isTypedArray(value)) return Number(BYTES_OF_ARRAY?.call(value));
  if (isDataView(value)) return Number(BYTES_OF_VIEW?.call(value));
  return Number((isSharedArrayBuffer(value) ? BYTES_OF_SHARED : BYTES_OF_BUFFER)?.call(value));
}

type Getter = ((this: unknown) => unknown) | undefined;

function getterOf(prototype: object, name: string): Getter {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the object that it is asked of
  return Object.getOwnPropertyDescriptor(prototype, name)?.get;
}

const SIZE_OF_MAP = getterOf(Map.prototype, 'size');
const SIZE_OF_SET = getterOf(Set.prototype, 'size');
const BYTES_OF_ARRAY = getterOf(Object.getPrototypeOf(Uint8Array.prototype) as object, 'byteLength');
const BYTES_OF_VIEW = getterOf(DataView.prototype, 'byteLength');
const BYTES_OF_BUFFER = getterOf(ArrayBuffer.prototype, 'byteLength');
const BYTES_OF_SHARED = getterOf(SharedArrayBuffer.prototype, 'byteLength');

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
