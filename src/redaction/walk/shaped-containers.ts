import { count } from '../texts/labels.ts';
import type { Containers, Extent, Items, Place, Visitor } from './containers.ts';
import { closed, isList, NOTE_BYTES } from './containers.ts';
import { positionInMap, positionOfItem, positionOfMember } from './key-book.ts';
import type { KeyFacts } from './key-book.ts';
import { define, entriesOfMap, firstNames, read, sizeOfMap, take } from './members.ts';
import type { Names } from './members.ts';
import { CUT, jsonBytes, jsonBytesOf } from './meter.ts';
import { besideItems, isTypedValue, Siblings } from './named-values.ts';
import { looksLikeMap, MANY_KEYS, mergeShapes } from './shapes.ts';

/** Items that a merged shape is made of; the others are counted. */
const ITEMS_LOOKED_AT = 10;

type Shape = Record<string, unknown>;
type Known = Readonly<Record<string, unknown>>;

/** Containers in `shape` mode: objects with the shape of each member, lists with one shape for all of their items. */
export class ShapedContainers implements Containers {
  readonly #visitor: Visitor;
  /** Whether the policy allows anything: where it does not, the name beside a value changes nothing. */
  readonly #allows: boolean;
  /** Names or entries that may be needed: more than {@link MANY_KEYS} only where all that shows an allowed value is listed. */
  readonly #reach: number;

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
    const { allowedKeys, allowedPaths } = visitor.policy;
    this.#allows = allowedKeys.size > 0 || allowedPaths !== undefined;
    this.#reach = this.#allows ? Math.max(MANY_KEYS, visitor.policy.budget.items) : MANY_KEYS;
  }

  /**
   * The members of an object with the shape of each. Members whose keys are data are counted only, with one shape for all
   * of their values.
   */
  members(fields: Known, { total: given }: Extent, place: Place): unknown {
    const { meter, keys, policy } = this.#visitor;
    const { key: owner, position, depth, like } = place;
    const { names, total: found } = firstNames(fields, this.#reach);
    const total = given ?? found;
    meter.read(found - names.length);
    let siblings: Siblings | undefined;
    const valueAt = (at: number): unknown => {
      const name = names[at] ?? '';
      if (!this.#allows) return read(fields, name);
      const facts = keys.facts(name);
      if (facts.role === undefined) return read(fields, name);
      siblings ??= new Siblings(fields, keys, policy.budget.keys);
      return siblings.read(facts);
    };
    if (total > MANY_KEYS) {
      const items: Items = { total, reach: names.length, noun: 'key', valueAt };
      return merge(like, this.#grouped({}, items, place));
    }
    if (!meter.take(2 + NOTE_BYTES)) return CUT;
    const shownBefore = this.#visitor.shown;
    const isTyped = position.allowed && isTypedValue(names);
    const known = isShape(like) ? like : undefined;
    let showsAmbiguous: boolean | undefined;
    const data: number[] = [];
    let shape: Shape | undefined = known === undefined ? {} : undefined;
    let before: KeyFacts | undefined;
    let at = 0;
    let members = 0;
    for (; at < names.length && members < policy.budget.keys; at += 1) {
      const name = names[at] ?? '';
      const facts = before === undefined ? keys.first(owner, name) : keys.after(before, name);
      before = facts;
      if (facts.kind === 'ambiguous') showsAmbiguous ??= this.#ambiguousAreFields(names, owner);
      const isData = facts.likeData || (facts.kind === 'ambiguous' && showsAmbiguous === false);
      if (isData && !isTyped) {
        data.push(at);
        continue;
      }
      const { shown, bytes } = facts;
      if (!meter.take(bytes)) break;
      const likeMember = known !== undefined && Object.hasOwn(known, shown) ? known[shown] : undefined;
      const inside = positionOfMember(position, facts, fields);
      const child = this.#visitor.visit(
        valueAt(at),
        facts,
        isTyped ? { ...inside, allowed: true } : inside,
        depth - 1,
        likeMember,
      );
      if (child === CUT) {
        meter.bytes += bytes;
        break;
      }
      if (shape === undefined && child !== likeMember)
        shape = this.#membersBefore(names, at, known ?? {}, data);
      if (shape !== undefined) define(shape, shown, child);
      members += 1;
    }
    const left = total - at;
    if (left > 0 || data.length > 0) shape ??= this.#membersBefore(names, at, known ?? {}, data);
    if (left > 0 && shape !== undefined) define(shape, '…', count(left, 'more key'));
    else meter.bytes += NOTE_BYTES;
    if (shape === undefined) return like;
    if (data.length > 0) {
      const items: Items = {
        total: data.length,
        reach: data.length,
        noun: 'key',
        valueAt: (each) => valueAt(data[each] ?? 0),
      };
      return merge(like, this.#grouped(shape, items, place));
    }
    if (left > 0 || this.#visitor.shown !== shownBefore || !looksLikeMap(shape)) return merge(like, shape);
    return merge(like, {
      '<map>': [`<${count(total, 'key')}>`, Object.values(shape).reduce(mergeShapes)],
    });
  }

  /** Items as their number and one shape for all of them, or as a list as soon as one shows an allowed value. */
  items(given: Items, { key, position, depth, like, parent }: Place): unknown {
    const visitor = this.#visitor;
    const { meter, policy, keys } = visitor;
    if (!meter.take(2 + NOTE_BYTES)) return CUT;
    const most = Math.min(given.reach, policy.budget.items);
    const { total, noun, valueAt } = this.#allows
      ? besideItems(given, most, key, isList(parent), keys)
      : given;
    const inside = positionOfItem(position);
    const start = meter.bytes;
    const shownBefore = visitor.shown;
    const likeItem = Array.isArray(like) ? (like as unknown[])[1] : undefined;
    const list: unknown[] = [];
    let merged: unknown = likeItem;
    let lists = false;
    for (let at = 0; at < (lists ? most : Math.min(given.reach, ITEMS_LOOKED_AT)); at += 1) {
      const before = meter.bytes;
      // A value that is shown must not be merged with the shapes before it.
      const child = meter.take(1)
        ? visitor.visit(valueAt(at), key, inside, depth - 1, this.#allows ? undefined : merged)
        : CUT;
      if (child === CUT) {
        meter.bytes = before;
        break;
      }
      list.push(child);
      if (!lists && visitor.shown !== shownBefore) {
        lists = true;
        while (jsonBytesOf(list) > start) list.pop();
        meter.bytes = start - jsonBytesOf(list);
      }
      if (lists) continue;
      const isFirst = at === 0 && merged === undefined;
      if (isFirst || child === merged) {
        merged = child;
        if (!isFirst) meter.bytes = before;
        continue;
      }
      const both = mergeShapes(merged, child);
      const left = start - jsonBytesOf(both) - 1;
      meter.bytes = left < 0 ? before : left;
      if (left >= 0) merged = both;
    }
    if (lists) return closed(list, total, noun, meter);
    if (total === 0) return Array.isArray(like) && like.length === 0 ? like : merge(like, []);
    const looked = list.length < total ? `, first ${list.length} looked at` : '';
    const length = `<${count(total, noun)}${looked}>`;
    if (list.length > 0 && Array.isArray(like) && like[0] === length && merged === likeItem) return like;
    return merge(like, list.length === 0 ? [length] : [length, merged]);
  }

  /** A map by the number of its keys, which are data, and one shape for all of its values. */
  map(map: ReadonlyMap<unknown, unknown>, place: Place): unknown {
    const entries = take(entriesOfMap(map), this.#reach);
    const items: Items = {
      total: sizeOfMap(map),
      reach: entries.length,
      noun: 'key',
      valueAt: (at) => entries[at]?.[1],
    };
    return merge(place.like, this.#grouped({}, items, place));
  }

  /**
   * A key of ambiguous words is a field among fields: more others that surely are, none that is data, and all of them
   * written alike, because names of people begin with a capital letter.
   */
  #ambiguousAreFields(names: Names['names'], parent: KeyFacts | undefined): boolean {
    const { keys } = this.#visitor;
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
  #membersBefore(names: Names['names'], end: number, known: Known, data: readonly number[]): Shape {
    const shape: Shape = {};
    for (let at = 0; at < end; at += 1) {
      if (data.includes(at)) continue;
      const { shown } = this.#visitor.keys.facts(names[at] ?? '');
      define(shape, shown, known[shown]);
    }
    return shape;
  }

  /** Members whose keys are data: their number, and one shape for all of their values. */
  #grouped(shape: Shape, values: Items, { position, depth }: Place): unknown {
    const { meter } = this.#visitor;
    const isEmpty = Object.keys(shape).length === 0;
    if (!meter.take(jsonBytes('<map>') + 4)) return isEmpty ? CUT : shape;
    const place = {
      key: undefined,
      position: positionInMap(position),
      depth,
      like: undefined,
      parent: undefined,
    };
    const shown = this.items(values, place);
    if (shown !== CUT) shape['<map>'] = shown;
    return shown === CUT && isEmpty ? CUT : shape;
  }
}

function merge(like: unknown, shape: unknown): unknown {
  return like === undefined || shape === CUT ? shape : mergeShapes(like, shape);
}

function isShape(value: unknown): value is Known {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
