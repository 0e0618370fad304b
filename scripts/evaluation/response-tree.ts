import type { LabelledText } from './labelled-text.ts';

/** Where a personal value stands: how much its surroundings say about it. */
export type Place = 'own key' | 'neutral key' | 'free text';

/** A string of a response and what is known about it: a personal value at a place, or a benign value of a kind. */
export class Leaf {
  readonly text: LabelledText;
  readonly about: { readonly place: Place } | { readonly benign: string };

  constructor(text: LabelledText, about: Leaf['about']) {
    this.text = text;
    this.about = about;
  }
}

/** A part of a response that is sent as JSON in a string. */
export class JsonText {
  readonly content: ResponseTree;

  constructor(content: ResponseTree) {
    this.content = content;
  }
}

/** An object whose keys are data: names of people, addresses, identifiers. */
export class DataMap {
  readonly entries: ReadonlyArray<readonly [key: string, value: ResponseTree]>;

  constructor(entries: DataMap['entries']) {
    this.entries = entries;
  }
}

/** A response before it is sent. */
export type ResponseTree =
  | Leaf
  | DataMap
  | JsonText
  | string
  | number
  | boolean
  | null
  | readonly ResponseTree[]
  | { readonly [key: string]: ResponseTree };

export interface PlacedLeaf {
  /** Keys and indexes that lead to it, JSON in strings counted as opened. */
  readonly path: ReadonlyArray<string | number>;
  readonly leaf: Leaf;
}

/** The value as a handler returns it. */
export function toValue(tree: ResponseTree): unknown {
  if (tree instanceof Leaf) return tree.text.text;
  if (tree instanceof JsonText) return JSON.stringify(toValue(tree.content));
  if (tree instanceof DataMap)
    return Object.fromEntries(tree.entries.map(([key, value]) => [key, toValue(value)]));
  if (isList(tree)) return tree.map(toValue);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, toValue(value)]));
}

/** Every leaf with its path below `path`. */
export function leavesOf(tree: ResponseTree, path: PlacedLeaf['path'] = []): PlacedLeaf[] {
  if (tree instanceof Leaf) return [{ path, leaf: tree }];
  if (tree instanceof JsonText) return leavesOf(tree.content, path);
  if (typeof tree !== 'object' || tree === null) return [];
  const entries: ReadonlyArray<readonly [string | number, ResponseTree]> = isList(tree)
    ? tree.map((value, index) => [index, value] as const)
    : tree instanceof DataMap
      ? tree.entries
      : Object.entries(tree);
  return entries.flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

/** The keys of a response: names of fields, and keys that are data. */
export interface ResponseKeys {
  readonly fields: Set<string>;
  readonly data: Set<string>;
}

/** All keys of a response. */
export function keysOf(
  tree: ResponseTree,
  keys: ResponseKeys = { fields: new Set(), data: new Set() },
): ResponseKeys {
  if (tree instanceof JsonText) return keysOf(tree.content, keys);
  if (tree instanceof Leaf || typeof tree !== 'object' || tree === null) return keys;
  const entries = isList(tree) ? [] : tree instanceof DataMap ? tree.entries : Object.entries(tree);
  for (const [key] of entries) (tree instanceof DataMap ? keys.data : keys.fields).add(key);
  for (const value of isList(tree) ? tree : entries.map(([, each]) => each)) keysOf(value, keys);
  return keys;
}

/** What a redacted response shows at a path; undefined when it shows nothing there. */
export function shownAt(output: unknown, path: PlacedLeaf['path']): unknown {
  let at = output;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** Every string and number that a value shows, without the keys. */
export function shownStrings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(shownStrings);
}

/** Every key that a value shows. */
export function shownKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [] : Object.keys(value);
  return [...keys, ...Object.values(value).flatMap(shownKeys)];
}

function isList(tree: ResponseTree): tree is readonly ResponseTree[] {
  return Array.isArray(tree);
}
