import { isMachineData } from '../detectors/benign-forms.ts';
import type { Category } from '../detectors/detector.ts';
import { ESCAPED, scan } from '../detectors/traits.ts';
import { saysNothing } from '../names/no-datum.ts';
import type { ResolvedPolicy } from '../policy/resolve-policy.ts';
import { count, lengthClass, shapeOfString } from '../texts/labels.ts';
import { looksLikeJson, StructureDecoder } from '../texts/structure-decoder.ts';
import type { DecodedText } from '../texts/structure-decoder.ts';
import type { TextMasker } from '../texts/text-masker.ts';
import { describeObject } from './describe-object.ts';
import { Described } from './described.ts';
import { decodeEnvelope, isEnvelope, isHttpStatus, isItemIdentifier } from './envelope.ts';
import { positionInMap, positionOfItem, positionOfMember, rootPosition } from './key-book.ts';
import type { KeyBook, KeyFacts, Position } from './key-book.ts';
import { define, freeName, read, take, threw } from './members.ts';
import { CUT, jsonBytes, jsonBytesOf, Meter } from './meter.ts';
import { looksLikeMap, MANY_KEYS, mergeShapes } from './shapes.ts';

/** Items that a merged shape is made of; the others are counted. */
const ITEMS_LOOKED_AT = 10;

/** Where items are, and how many there are of them. */
interface Items {
  readonly total: number;
  readonly noun: 'item' | 'key';
  readonly valueAt: ValueAt;
}

/** Bytes that every container keeps for the note on what was cut of it, and for the label of its length. */
const NOTE_BYTES = 64;

type Shape = Record<string, unknown>;
type Fields = Readonly<Record<string, unknown>>;
type ValueAt = (at: number) => unknown;

/** One pass over one value, within the budget of its policy. */
export class Walk {
  readonly #policy: ResolvedPolicy;
  readonly #keys: KeyBook;
  readonly #masker: TextMasker;
  readonly #meter: Meter;
  readonly #decoder: StructureDecoder;
  readonly #showsValues: boolean;
  /** Longer strings are not looked at whole. */
  readonly #wholeLength: number;
  /** Containers around the current one: only what holds itself is circular. */
  readonly #around: object[] = [];
  /** Values that the policy allowed so far: shapes that show some are not merged. */
  #shown = 0;

  constructor(policy: ResolvedPolicy, keys: KeyBook, masker: TextMasker) {
    this.#policy = policy;
    this.#keys = keys;
    this.#masker = masker;
    this.#meter = new Meter(policy.budget.bytes);
    this.#showsValues = policy.mode === 'values';
    this.#decoder = new StructureDecoder(policy.budget.bytes, this.#showsValues, (characters) =>
      this.#meter.read(characters),
    );
    this.#wholeLength = policy.budget.stringLength;
  }

  /** The value as it may be shown; `…`, or nothing, when the budget is too small for anything of it. */
  result(value: unknown): unknown {
    const { budget } = this.#policy;
    const result = this.#visit(value, undefined, rootPosition(this.#policy), budget.depth);
    if (result !== CUT) return result;
    return budget.bytes >= jsonBytes('…') ? '…' : undefined;
  }

  /**
   * What is shown of a value; `CUT` when the budget has no room for it.
   *
   * @param like in `shape` mode, the shape of the values before in the same position: it comes back itself when it
   *   describes this value too, and merged with this value's shape otherwise.
   */
  #visit(
    value: unknown,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like?: unknown,
  ): unknown {
    if (!this.#meter.visit()) return CUT;
    const shape = this.#shapeOrValue(value, key, position, depth, like);
    if (like === undefined || shape === like || shape === CUT) return shape;
    return mergeShapes(like, shape);
  }

  #shapeOrValue(
    value: unknown,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like: unknown,
  ): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value, key, position, depth, like);
      case 'number':
        return this.#number(value, key, position);
      case 'boolean':
        if (!this.#shows(position)) return this.#meter.label('<boolean>');
        this.#shown += 1;
        return position.denied === undefined || saysNothing(key?.key ?? '', position.denied, String(value))
          ? this.#meter.scalar(value)
          : this.#replaced(String(value), position.denied);
      case 'bigint':
        return this.#shows(position)
          ? this.#masked(String(value), key, position)
          : this.#meter.label('<bigint>');
      case 'object':
        return value === null ? this.#meter.scalar(null) : this.#object(value, key, position, depth, like);
      default:
        return this.#meter.label(`<${typeof value}>`);
    }
  }

  #shows({ allowed }: Position): boolean {
    return this.#showsValues || allowed;
  }

  #replaced(text: string, denied: Category): unknown {
    return this.#meter.string(this.#policy.replace(denied, denied, text));
  }

  #masked(text: string, key: KeyFacts | undefined, { denied }: Position): unknown {
    this.#shown += 1;
    if (denied !== undefined && !saysNothing(key?.key ?? '', denied, text)) {
      return this.#replaced(text, denied);
    }
    this.#meter.read(this.#masker.reads(text));
    return this.#meter.string(this.#masker.show(text, key?.key));
  }

  #number(value: number, key: KeyFacts | undefined, position: Position): unknown {
    if (key?.key === 'statusCode' && isHttpStatus(value)) return this.#meter.scalar(value);
    if (!this.#shows(position)) return this.#meter.label('<number>');
    if (position.denied !== undefined && !saysNothing(key?.key ?? '', position.denied, String(value))) {
      return this.#masked(String(value), key, position);
    }
    if (!Number.isFinite(value)) return this.#meter.label(`<${String(value)}>`);
    this.#shown += 1;
    if (Number.isInteger(value) && value >= 0 && value < 1e6) return this.#meter.takeInteger(value);
    const text = String(value);
    const masked = text.length < 7 ? text : this.#masker.show(text, key?.key);
    return masked === text ? this.#meter.scalar(value) : this.#meter.string(masked);
  }

  #text(text: string, key: KeyFacts | undefined, position: Position, depth: number, like?: unknown): unknown {
    const shows = this.#shows(position);
    if (shows) {
      if (position.denied !== undefined) return this.#masked(text, key, position);
      const isOrdinary = text.length <= this.#wholeLength && this.#isOrdinary(text);
      if (isOrdinary) return this.#shownAsItIs(text);
    }
    const decoded = this.#decoder.decode(text);
    if (decoded !== undefined && depth > 0) return this.#decoded(decoded, key, position, depth, like);
    if (key?.key === 'itemIdentifier' && isItemIdentifier(text)) return this.#masked(text, key, position);
    if (!shows) return this.#meter.label(shapeOfString(text.length));
    // What cannot be read as JSON has names that cannot be looked up.
    const isUnread = decoded !== undefined || looksLikeJson(text);
    return isUnread
      ? this.#meter.label(`<unread JSON, ${lengthClass(text.length)}>`)
      : this.#masked(text, key, position);
  }

  /** Whether a text holds neither structure nor anything that a detector could find, nor anything that JSON escapes. */
  #isOrdinary(text: string): boolean {
    if (isMachineData(text)) return this.#masker.knowsMachineData;
    if (looksLikeJson(text)) return false;
    const scanned = scan(text);
    return (scanned & ESCAPED) === 0 && this.#masker.isPlain(text, scanned);
  }

  #shownAsItIs(text: string): unknown {
    this.#shown += 1;
    this.#meter.read(text.length);
    return this.#meter.take(text.length + 2) ? text : CUT;
  }

  #decoded(
    { value, cut }: DecodedText,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like: unknown,
  ): unknown {
    if (cut === undefined) return this.#visit(value, key, position, depth - 1, like);
    if (!this.#meter.take(NOTE_BYTES)) return CUT;
    const result = this.#visit(value, key, position, depth - 1);
    if (Array.isArray(result)) return [...(result as unknown[]), { '…': cut }];
    return typeof result === 'object' && result !== null ? { ...result, '…': cut } : result;
  }

  #object(
    value: object,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like: unknown,
  ): unknown {
    if (value instanceof Described) return this.#described(value);
    if (this.#shows(position) && position.denied !== undefined && this.#showsValues) {
      return this.#replaced('', position.denied);
    }
    if (this.#around.includes(value)) return this.#meter.label('<circular>');
    const isRoot = this.#around.length === 0;
    this.#around.push(value);
    try {
      return this.#container(value, key, position, depth, isRoot, like);
    } catch {
      // A proxy that throws: what cannot be read cannot be shown.
      return this.#meter.label('<unreadable>');
    } finally {
      this.#around.pop();
    }
  }

  #described({ as }: Described): unknown {
    if (typeof as === 'number') return this.#meter.scalar(as);
    if (typeof as === 'string') return this.#meter.string(as);
    if (!this.#meter.take(2)) return CUT;
    const shape: Shape = {};
    const serials = new Map<string, number>();
    for (const [name, label] of as) {
      const { kind, shown } = this.#keys.facts(name);
      const free = freeName(shape, kind === 'field' ? shown : '<name>', serials);
      if (!this.#meter.take(jsonBytes(free) + jsonBytes(label) + 2)) break;
      define(shape, free, label);
    }
    return shape;
  }

  #container(
    value: object,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    isRoot: boolean,
    like: unknown,
  ): unknown {
    if (Array.isArray(value)) {
      if (depth <= 0) return this.#meter.label('<array>');
      const list = value as unknown[];
      const items: Items = { total: list.length, noun: 'item', valueAt: (at) => read(list, at) };
      return this.#items(items, key, position, depth, like);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    if (isPlain && !Object.hasOwn(value, 'toJSON')) {
      if (depth <= 0) return this.#meter.label('<object>');
      const fields = isRoot && isEnvelope(value) ? this.#envelope(value) : (value as Fields);
      const isBare = fields === value && prototype === null;
      return this.#members(fields, isBare || HAS_NO_INHERITED_KEYS, key, position, depth, like);
    }
    if (value instanceof Map) return this.#map(value, position, depth, like);
    if (value instanceof Set) {
      if (depth <= 0) return this.#meter.label('<Set>');
      const items = take<unknown>(value, this.#policy.budget.items);
      return this.#items(
        { total: value.size, noun: 'item', valueAt: (at) => items[at] },
        key,
        position,
        depth,
        like,
      );
    }
    const shows = this.#shows(position) && position.denied === undefined;
    const parts = describeObject(value, shows);
    if (parts instanceof Described) {
      if (shows) this.#shown += 1;
      return this.#described(parts);
    }
    if (depth <= 0) return this.#meter.label('<object>');
    return this.#members(parts?.fields ?? (value as Fields), false, key, position, depth, like);
  }

  #items(items: Items, key: KeyFacts | undefined, position: Position, depth: number, like: unknown): unknown {
    return this.#showsValues
      ? this.#showItems(items, key, position, depth)
      : this.#shapeItems(items, key, position, depth, like);
  }

  #members(
    fields: Fields,
    hasOwnOnly: boolean,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like: unknown,
  ): unknown {
    if (this.#showsValues) return this.#showMembers(fields, !hasOwnOnly, key, position, depth);
    const names = Object.keys(fields);
    return this.#shapeMembers(names, (at) => read(fields, names[at] ?? ''), key, position, depth, like);
  }

  /** Items as a list of what is shown of each. */
  #showItems(
    { total, noun, valueAt }: Items,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
  ): unknown {
    const meter = this.#meter;
    const policy = this.#policy;
    if (!meter.take(2 + NOTE_BYTES)) return CUT;
    const inside = positionOfItem(position);
    const list: unknown[] = [];
    const most = Math.min(total, policy.budget.items);
    for (let at = 0; at < most; at += 1) {
      const before = meter.bytes;
      const child = meter.take(1) ? this.#visit(valueAt(at), key, inside, depth - 1) : CUT;
      if (child === CUT) {
        meter.bytes = before;
        break;
      }
      list.push(child);
    }
    return this.#closed(list, total, noun);
  }

  /** Items as their number and one shape for all of them, or as a list as soon as one shows an allowed value. */
  #shapeItems(
    { total, noun, valueAt }: Items,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like?: unknown,
  ): unknown {
    const meter = this.#meter;
    const policy = this.#policy;
    if (!meter.take(2 + NOTE_BYTES)) return CUT;
    const inside = positionOfItem(position);
    const start = meter.bytes;
    const shownBefore = this.#shown;
    const likeItem = Array.isArray(like) ? (like as unknown[])[1] : undefined;
    const list: unknown[] = [];
    let merged: unknown = likeItem;
    let lists = false;
    for (let at = 0; at < Math.min(total, lists ? policy.budget.items : ITEMS_LOOKED_AT); at += 1) {
      const before = meter.bytes;
      const child = meter.take(1)
        ? this.#visit(valueAt(at), key, inside, depth - 1, lists ? undefined : merged)
        : CUT;
      if (child === CUT) {
        meter.bytes = before;
        break;
      }
      list.push(child);
      if (!lists && this.#shown !== shownBefore) {
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
    if (lists) return this.#closed(list, total, noun);
    if (total === 0) return Array.isArray(like) && like.length === 0 ? like : merge(like, []);
    const looked = list.length < total ? `, first ${list.length} looked at` : '';
    const length = `<${count(total, noun)}${looked}>`;
    if (list.length > 0 && Array.isArray(like) && like[0] === length && merged === likeItem) return like;
    return merge(like, list.length === 0 ? [length] : [length, merged]);
  }

  /** The list with a note on what it lacks, for which the budget has kept room. */
  #closed(list: unknown[], total: number, noun: string): unknown[] {
    if (list.length < total) list.push({ '…': count(total - list.length, `more ${noun}`) });
    else this.#meter.bytes += NOTE_BYTES;
    return list;
  }

  /**
   * The members of an object with what is shown of each. Reads each once: `for … in` with the object's own key is what
   * engines make fastest, so this is the one place that does not go through {@link read}.
   *
   * @param skipsInherited whether the prototypes may have keys too, which do not count.
   * @param total how many members there are, when `fields` holds not all of them.
   */
  #showMembers(
    fields: Fields,
    skipsInherited: boolean,
    parent: KeyFacts | undefined,
    position: Position,
    depth: number,
    total?: number,
  ): unknown {
    const meter = this.#meter;
    const keys = this.#keys;
    const policy = this.#policy;
    if (!meter.take(2 + NOTE_BYTES)) return CUT;
    const shape: Shape = {};
    let serials: Map<string, number> | undefined;
    const most = policy.budget.keys;
    let before: KeyFacts | undefined;
    let at = 0;
    let isCut = false;
    for (const key in fields) {
      if (skipsInherited && !Object.hasOwn(fields, key)) continue;
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
      const child = this.#visit(value, facts, positionOfMember(position, facts, fields), depth - 1);
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
  #shapeMembers(
    names: readonly string[],
    valueAt: ValueAt,
    parent: KeyFacts | undefined,
    position: Position,
    depth: number,
    like?: unknown,
  ): unknown {
    const meter = this.#meter;
    const policy = this.#policy;
    const total = names.length;
    if (total > MANY_KEYS) return merge(like, this.#grouped({}, total, valueAt, position, depth));
    if (!meter.take(2 + NOTE_BYTES)) return CUT;
    const shownBefore = this.#shown;
    const known = isShape(like) ? like : undefined;
    let showsAmbiguous: boolean | undefined;
    const data: number[] = [];
    let shape: Shape | undefined = known === undefined ? {} : undefined;
    let before: KeyFacts | undefined;
    let at = 0;
    let members = 0;
    for (; at < total && members < policy.budget.keys; at += 1) {
      const name = names[at] ?? '';
      const facts = before === undefined ? this.#keys.first(parent, name) : this.#keys.after(before, name);
      before = facts;
      if (facts.kind === 'ambiguous') showsAmbiguous ??= this.#ambiguousAreFields(names, parent);
      if (facts.likeData || (facts.kind === 'ambiguous' && showsAmbiguous === false)) {
        data.push(at);
        continue;
      }
      const { shown, bytes } = facts;
      if (!meter.take(bytes)) break;
      const likeMember = known !== undefined && Object.hasOwn(known, shown) ? known[shown] : undefined;
      const child = this.#visit(valueAt(at), facts, positionOfMember(position, facts), depth - 1, likeMember);
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
      return merge(
        like,
        this.#grouped(shape, data.length, (each) => valueAt(data[each] ?? 0), position, depth),
      );
    }
    if (left > 0 || this.#shown !== shownBefore || !looksLikeMap(shape)) return merge(like, shape);
    return merge(like, {
      '<map>': [`<${count(total, 'key')}>`, Object.values(shape).reduce(mergeShapes)],
    });
  }

  /**
   * A key of ambiguous words is a field among fields: more others that surely are, none that is data, and all of them
   * written alike, because names of people begin with a capital letter.
   */
  #ambiguousAreFields(names: readonly string[], parent: KeyFacts | undefined): boolean {
    let balance = 0;
    let capitals = 0;
    let before: KeyFacts | undefined;
    for (const name of names) {
      const facts = before === undefined ? this.#keys.first(parent, name) : this.#keys.after(before, name);
      before = facts;
      if (facts.likeData) return false;
      balance += facts.kind === 'field' ? 1 : -1;
      if (/^[A-Z]/.test(name)) capitals += 1;
    }
    return balance > 0 && (capitals === 0 || capitals === names.length);
  }

  /** The members up to `end`, which were all as in the shape that is known. */
  #membersBefore(names: readonly string[], end: number, known: Fields, data: readonly number[]): Shape {
    const shape: Shape = {};
    for (let at = 0; at < end; at += 1) {
      if (data.includes(at)) continue;
      const { shown } = this.#keys.facts(names[at] ?? '');
      define(shape, shown, known[shown]);
    }
    return shape;
  }

  /** Members whose keys are data: their number, and one shape for all of their values. */
  #grouped(shape: Shape, total: number, valueAt: ValueAt, position: Position, depth: number): unknown {
    const meter = this.#meter;
    const isEmpty = Object.keys(shape).length === 0;
    if (!meter.take(jsonBytes('<map>') + 4)) return isEmpty ? CUT : shape;
    const values = this.#shapeItems(
      { total, noun: 'key', valueAt },
      undefined,
      positionInMap(position),
      depth,
    );
    if (values !== CUT) shape['<map>'] = values;
    return values === CUT && isEmpty ? CUT : shape;
  }

  /** The members of an API Gateway response, each read once, with its body decoded. */
  #envelope(value: object): Fields {
    const names = Object.keys(value);
    if (names.length > this.#policy.budget.keys) return value as Fields;
    // Not without a prototype: engines keep such objects as hash tables, which costs more than all that is done here.
    const once: Record<string, unknown> = {};
    for (const name of names) define(once, name, read(value, name));
    return decodeEnvelope(once, 2 * this.#policy.budget.bytes);
  }

  #map(map: ReadonlyMap<unknown, unknown>, position: Position, depth: number, like: unknown): unknown {
    if (depth <= 0) return this.#meter.label('<Map>');
    const entries = take(map, this.#policy.budget.keys);
    if (!this.#showsValues) {
      const shape = this.#grouped({}, map.size, (at) => entries[at]?.[1], position, depth);
      return shape === CUT || like === undefined ? shape : mergeShapes(like, shape);
    }
    const fields: Shape = Object.create(null) as Shape;
    const serials = new Map<string, number>();
    for (const [key, value] of entries) {
      const name = typeof key === 'string' || typeof key === 'number' ? String(key) : `<${typeof key}>`;
      define(fields, freeName(fields, name, serials), value);
    }
    return this.#showMembers(fields, false, undefined, position, depth, map.size);
  }
}

/** Whether `for … in` shows nothing but an object's own keys. Code that adds to this prototype does so when it loads. */
const HAS_NO_INHERITED_KEYS = (() => {
  for (const _key in {}) return false;
  return true;
})();

function merge(like: unknown, shape: unknown): unknown {
  return like === undefined || shape === CUT ? shape : mergeShapes(like, shape);
}

function isShape(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
