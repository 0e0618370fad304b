import { count } from './described.ts';
import type { KeyFacts } from './key-book.ts';
import { looksLikeMap, MANY_KEYS } from './map-like.ts';
import { define, freeName, threw } from './members.ts';
import { mergeShapes } from './merge-shapes.ts';
import { CUT, jsonBytes } from './meter.ts';
import { placeInMap, placeOfMember } from './place.ts';
import type { Place } from './place.ts';
import { shapeItems } from './walk-items.ts';
import { NOTE_BYTES } from './walker.ts';
import type { Fields, Shape, ValueAt, Walker } from './walker.ts';

/**
 * The members of an object with what is shown of each. Reads each once: `for … in` with the object's own key is what
 * engines make fastest, so this is the one place that does not go through {@link read}.
 *
 * @param ownOnly whether the prototypes may have keys too, which do not count.
 * @param total how many members there are, when `fields` holds not all of them.
 */
export function showMembers(
  walk: Walker,
  fields: Fields,
  ownOnly: boolean,
  parent: KeyFacts | undefined,
  place: Place,
  depth: number,
  total?: number,
): unknown {
  const { meter, keys, policy } = walk;
  if (!meter.take(2 + NOTE_BYTES)) return CUT;
  const shape: Shape = {};
  let serials: Map<string, number> | undefined;
  const most = policy.budget.keys;
  let before: KeyFacts | undefined;
  let at = 0;
  let isCut = false;
  for (const key in fields) {
    if (ownOnly && !Object.hasOwn(fields, key)) continue;
    const facts = before === undefined ? keys.first(parent, key) : keys.after(before, key);
    before = facts;
    let name = key;
    let nameBytes = facts.bytes;
    if (!facts.isPlain || serials !== undefined) {
      // Masked names are often equal: the second one gets a number.
      name = freeName(shape, facts.shown, (serials ??= new Map<string, number>()));
      if (name !== facts.shown) nameBytes = jsonBytes(name) + 2;
    }
    isCut = at >= most || !meter.take(nameBytes);
    if (isCut) break;
    let value: unknown;
    try {
      value = fields[key];
    } catch (error) {
      value = threw(error);
    }
    const child = walk.visit(value, facts, placeOfMember(place, facts), depth - 1);
    if (child === CUT) {
      meter.bytes += nameBytes;
      isCut = true;
      break;
    }
    if (facts.isPlain) shape[name] = child;
    else define(shape, name, child);
    at += 1;
  }
  const left = isCut || total !== undefined ? (total ?? Object.keys(fields).length) - at : 0;
  if (left > 0) define(shape, '…', count(left, 'more key'));
  else meter.bytes += NOTE_BYTES;
  return shape;
}

/**
 * The members of an object with the shape of each. Members whose keys are data are counted only, with one shape for all
 * of their values.
 */
export function shapeMembers(
  walk: Walker,
  names: readonly string[],
  valueAt: ValueAt,
  parent: KeyFacts | undefined,
  place: Place,
  depth: number,
  like?: unknown,
): unknown {
  const { meter, policy } = walk;
  const total = names.length;
  if (total > MANY_KEYS) return merge(like, grouped(walk, {}, total, valueAt, place, depth));
  if (!meter.take(2 + NOTE_BYTES)) return CUT;
  const shownBefore = walk.shown;
  const known = isShape(like) ? like : undefined;
  let showsAmbiguous: boolean | undefined;
  const data: number[] = [];
  let shape: Shape | undefined = known === undefined ? {} : undefined;
  let before: KeyFacts | undefined;
  let at = 0;
  let members = 0;
  for (; at < total && members < policy.budget.keys; at += 1) {
    const name = names[at] ?? '';
    const facts = before === undefined ? walk.keys.first(parent, name) : walk.keys.after(before, name);
    before = facts;
    if (facts.kind === 'ambiguous') showsAmbiguous ??= ambiguousAreFields(walk, names, parent);
    if (facts.likeData || (facts.kind === 'ambiguous' && showsAmbiguous === false)) {
      data.push(at);
      continue;
    }
    const { shown, bytes } = facts;
    if (!meter.take(bytes)) break;
    const likeMember = known !== undefined && Object.hasOwn(known, shown) ? known[shown] : undefined;
    const child = walk.visit(valueAt(at), facts, placeOfMember(place, facts), depth - 1, likeMember);
    if (child === CUT) {
      meter.bytes += bytes;
      break;
    }
    if (shape === undefined && child !== likeMember)
      shape = membersBefore(walk, names, at, known ?? {}, data);
    if (shape !== undefined) define(shape, shown, child);
    members += 1;
  }
  const left = total - at;
  if (left > 0 || data.length > 0) shape ??= membersBefore(walk, names, at, known ?? {}, data);
  if (left > 0 && shape !== undefined) define(shape, '…', count(left, 'more key'));
  else meter.bytes += NOTE_BYTES;
  if (shape === undefined) return like;
  if (data.length > 0) {
    return merge(
      like,
      grouped(walk, shape, data.length, (each) => valueAt(data[each] ?? 0), place, depth),
    );
  }
  if (left > 0 || walk.shown !== shownBefore || !looksLikeMap(shape)) return merge(like, shape);
  return merge(like, {
    '<map>': [`<${count(total, 'key')}>`, Object.values(shape).reduce(mergeShapes)],
  });
}

/**
 * A key of ambiguous words is a field among fields: more others that surely are, none that is data, and all of them
 * written alike, because names of people begin with a capital letter.
 */
function ambiguousAreFields(
  { keys }: Walker,
  names: readonly string[],
  parent: KeyFacts | undefined,
): boolean {
  let balance = 0;
  let capitals = 0;
  let before: KeyFacts | undefined;
  for (const name of names) {
    const facts = before === undefined ? keys.first(parent, name) : keys.after(before, name);
    before = facts;
    if (facts.likeData) return false;
    balance += facts.kind === 'field' ? 1 : -1;
    if (/^[A-Z]/.test(name)) capitals += 1;
  }
  return balance > 0 && (capitals === 0 || capitals === names.length);
}

/** The members up to `end`, which were all as in the shape that is known. */
function membersBefore(
  { keys }: Walker,
  names: readonly string[],
  end: number,
  known: Fields,
  data: readonly number[],
): Shape {
  const shape: Shape = {};
  for (let at = 0; at < end; at += 1) {
    if (data.includes(at)) continue;
    const { shown } = keys.facts(names[at] ?? '');
    define(shape, shown, known[shown]);
  }
  return shape;
}

/** Members whose keys are data: their number, and one shape for all of their values. */
export function grouped(
  walk: Walker,
  shape: Shape,
  total: number,
  valueAt: ValueAt,
  place: Place,
  depth: number,
): unknown {
  const { meter } = walk;
  const isEmpty = Object.keys(shape).length === 0;
  if (!meter.take(jsonBytes('<map>') + 4)) return isEmpty ? CUT : shape;
  const values = shapeItems(walk, { total, noun: 'key', valueAt }, undefined, placeInMap(place), depth);
  if (values !== CUT) shape['<map>'] = values;
  return values === CUT && isEmpty ? CUT : shape;
}

function merge(like: unknown, shape: unknown): unknown {
  return like === undefined || shape === CUT ? shape : mergeShapes(like, shape);
}

function isShape(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
