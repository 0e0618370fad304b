import { count } from './described.ts';
import type { KeyFacts } from './key-book.ts';
import { mergeShapes } from './merge-shapes.ts';
import { CUT, jsonBytesOf } from './meter.ts';
import { placeOfItem } from './place.ts';
import type { Place } from './place.ts';
import { NOTE_BYTES } from './walker.ts';
import type { ValueAt, Walker } from './walker.ts';

/** Items that a merged shape is made of; the others are counted. */
const ITEMS_LOOKED_AT = 10;

/** Where items are, and how many there are of them. */
export interface Items {
  readonly total: number;
  readonly noun: 'item' | 'key';
  readonly valueAt: ValueAt;
}

/** Items as a list of what is shown of each. */
export function showItems(
  walk: Walker,
  { total, noun, valueAt }: Items,
  key: KeyFacts | undefined,
  place: Place,
  depth: number,
): unknown {
  const { meter, policy } = walk;
  if (!meter.take(2 + NOTE_BYTES)) return CUT;
  const inside = placeOfItem(place);
  const list: unknown[] = [];
  const most = Math.min(total, policy.budget.items);
  for (let at = 0; at < most; at += 1) {
    const before = meter.bytes;
    const child = meter.take(1) ? walk.visit(valueAt(at), key, inside, depth - 1) : CUT;
    if (child === CUT) {
      meter.bytes = before;
      break;
    }
    list.push(child);
  }
  return closed(walk, list, total, noun);
}

/** Items as their number and one shape for all of them, or as a list as soon as one shows an allowed value. */
export function shapeItems(
  walk: Walker,
  { total, noun, valueAt }: Items,
  key: KeyFacts | undefined,
  place: Place,
  depth: number,
  like?: unknown,
): unknown {
  const { meter, policy } = walk;
  if (!meter.take(2 + NOTE_BYTES)) return CUT;
  const inside = placeOfItem(place);
  const start = meter.bytes;
  const shownBefore = walk.shown;
  const likeItem = Array.isArray(like) ? (like as unknown[])[1] : undefined;
  const list: unknown[] = [];
  let merged: unknown = likeItem;
  let lists = false;
  for (let at = 0; at < Math.min(total, lists ? policy.budget.items : ITEMS_LOOKED_AT); at += 1) {
    const before = meter.bytes;
    const child = meter.take(1)
      ? walk.visit(valueAt(at), key, inside, depth - 1, lists ? undefined : merged)
      : CUT;
    if (child === CUT) {
      meter.bytes = before;
      break;
    }
    list.push(child);
    if (!lists && walk.shown !== shownBefore) {
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
  if (lists) return closed(walk, list, total, noun);
  if (total === 0) return Array.isArray(like) && like.length === 0 ? like : merge(like, []);
  const looked = list.length < total ? `, first ${list.length} looked at` : '';
  const length = `<${count(total, noun)}${looked}>`;
  if (list.length > 0 && Array.isArray(like) && like[0] === length && merged === likeItem) return like;
  return merge(like, list.length === 0 ? [length] : [length, merged]);
}

function merge(like: unknown, shape: unknown): unknown {
  return like === undefined ? shape : mergeShapes(like, shape);
}

/** The list with a note on what it lacks, for which the budget has kept room. */
function closed({ meter }: Walker, list: unknown[], total: number, noun: string): unknown[] {
  if (list.length < total) list.push({ '…': count(total - list.length, `more ${noun}`) });
  else meter.bytes += NOTE_BYTES;
  return list;
}
