import { describeObject } from './describe-object.ts';
import { count, Described, lengthClass, shapeOfString } from './described.ts';
import type { Category } from './detectors/detector.ts';
import { isEnvelope, openEnvelope } from './envelope.ts';
import type { KeyBook, KeyFacts } from './key-book.ts';
import { looksLikeMap, MANY_KEYS } from './map-like.ts';
import { isHttpStatus, isItemIdentifier, looksLikeJson } from './known-forms.ts';
import { define, freeName, read, take } from './members.ts';
import { mergeShapes } from './merge-shapes.ts';
import { CUT, jsonBytes, jsonBytesOf, Meter } from './meter.ts';
import type { OpenedText } from './open-text.ts';
import { placeOfItem, placeOfMember, rootPlace } from './place.ts';
import type { Place } from './place.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { TextMasker } from './text-masker.ts';
import { TextOpener } from './text-opener.ts';

/** Bytes that every container keeps for the note on what was cut of it, and for the label of its length. */
const NOTE_BYTES = 64;
/** Items that a merged shape is made of; the others are counted. */
const ITEMS_LOOKED_AT = 10;
type ValueAt = (at: number) => unknown;
type Shape = Record<string, unknown>;

/** One pass over one value, within the budget of its policy. */
export class Walk {
  readonly #policy: ResolvedPolicy;
  readonly #keys: KeyBook;
  readonly #masker: TextMasker;
  readonly #meter: Meter;
  readonly #opener: TextOpener;
  readonly #showsValues: boolean;
  /** Containers around the current one: only what holds itself is circular. */
  readonly #around = new Set<object>();
  /** Values that the policy allowed so far: shapes that show some are not merged. */
  #shown = 0;

  constructor(policy: ResolvedPolicy, keys: KeyBook, masker: TextMasker) {
    this.#policy = policy;
    this.#keys = keys;
    this.#masker = masker;
    this.#meter = new Meter(policy.budget.bytes);
    this.#showsValues = policy.mode === 'values';
    this.#opener = new TextOpener(policy.budget.bytes, this.#showsValues, this.#meter);
  }

  /** The value as it may be shown; `…`, or nothing, when the budget is too small for anything of it. */
  result(value: unknown): unknown {
    const { budget } = this.#policy;
    const result = this.#visit(value, undefined, rootPlace(this.#policy), budget.depth);
    if (result !== CUT) return result;
    return budget.bytes >= jsonBytes('…') ? '…' : undefined;
  }

  #visit(value: unknown, key: KeyFacts | undefined, place: Place, depth: number): unknown {
    if (!this.#meter.visit()) return CUT;
    switch (typeof value) {
      case 'string':
        return this.#text(value, key, place, depth);
      case 'number':
        return this.#number(value, key, place);
      case 'boolean':
        if (!this.#shows(place)) return this.#meter.label('<boolean>');
        return place.denied === undefined
          ? this.#meter.scalar(value)
          : this.#replaced(String(value), place.denied);
      case 'bigint':
        return this.#shows(place) ? this.#masked(String(value), key, place) : this.#meter.label('<bigint>');
      case 'object':
        return value === null ? this.#meter.scalar(null) : this.#object(value, key, place, depth);
      default:
        return this.#meter.label(`<${typeof value}>`);
    }
  }

  #shows({ allowed }: Place): boolean {
    return this.#showsValues || allowed;
  }

  #replaced(text: string, denied: Category): unknown {
    return this.#meter.string(this.#policy.replace(denied, denied, text));
  }

  #masked(text: string, key: KeyFacts | undefined, { denied }: Place): unknown {
    this.#shown += 1;
    if (denied !== undefined) return this.#replaced(text, denied);
    this.#meter.read(this.#masker.reads(text));
    return this.#meter.string(this.#masker.show(text, key?.key));
  }

  #number(value: number, key: KeyFacts | undefined, place: Place): unknown {
    if (key?.key === 'statusCode' && isHttpStatus(value)) return this.#meter.scalar(value);
    if (!this.#shows(place)) return this.#meter.label('<number>');
    const text = String(value);
    if (place.denied !== undefined) return this.#masked(text, key, place);
    if (!Number.isFinite(value)) return this.#meter.label(`<${text}>`);
    this.#shown += 1;
    const masked = text.length < 7 ? text : this.#masker.show(text, key?.key);
    return masked === text ? this.#meter.scalar(value) : this.#meter.string(masked);
  }

  #text(text: string, key: KeyFacts | undefined, place: Place, depth: number): unknown {
    const shows = this.#shows(place);
    if (shows && place.denied !== undefined) return this.#masked(text, key, place);
    const opened = this.#opener.open(text);
    if (opened !== undefined && depth > 0) return this.#opened(opened, key, place, depth);
    if (key?.key === 'itemIdentifier' && isItemIdentifier(text)) return this.#masked(text, key, place);
    if (!shows) return this.#meter.label(shapeOfString(text.length));
    // What cannot be read as JSON has names that cannot be looked up.
    const isUnread = opened !== undefined || looksLikeJson(text);
    return isUnread
      ? this.#meter.label(`<unread JSON, ${lengthClass(text.length)}>`)
      : this.#masked(text, key, place);
  }

  #opened({ value, cut }: OpenedText, key: KeyFacts | undefined, place: Place, depth: number): unknown {
    if (cut === undefined) return this.#visit(value, key, place, depth - 1);
    if (!this.#meter.take(NOTE_BYTES)) return CUT;
    const result = this.#visit(value, key, place, depth - 1);
    if (Array.isArray(result)) return [...(result as unknown[]), { '…': cut }];
    return typeof result === 'object' && result !== null ? { ...result, '…': cut } : result;
  }

  #object(value: object, key: KeyFacts | undefined, place: Place, depth: number): unknown {
    if (value instanceof Described) return this.#described(value);
    if (this.#showsValues && place.denied !== undefined) return this.#replaced('', place.denied);
    if (this.#around.has(value)) return this.#meter.label('<circular>');
    const isRoot = this.#around.size === 0;
    this.#around.add(value);
    try {
      return this.#container(value, key, place, depth, isRoot);
    } catch {
      // A proxy that throws: what cannot be read cannot be shown.
      return this.#meter.label('<unreadable>');
    } finally {
      this.#around.delete(value);
    }
  }

  #described({ as }: Described): unknown {
    if (typeof as === 'number') return this.#meter.scalar(as);
    if (typeof as === 'string') return this.#meter.string(as);
    if (!this.#meter.take(2)) return CUT;
    const shape: Shape = {};
    const serials = new Map<string, number>();
    for (const [name, label] of as) {
      const { likeData, shown } = this.#keys.facts(name);
      const free = freeName(shape, likeData ? '<name>' : shown, serials);
      if (!this.#meter.take(jsonBytes(free) + jsonBytes(label) + 2)) break;
      define(shape, free, label);
    }
    return shape;
  }

  #container(
    value: object,
    key: KeyFacts | undefined,
    place: Place,
    depth: number,
    isRoot: boolean,
  ): unknown {
    if (Array.isArray(value)) {
      const items = value as unknown[];
      if (depth <= 0) return this.#meter.label('<array>');
      return this.#items(items.length, 'item', (at) => read(items, at), key, place, depth);
    }
    if (value instanceof Map) return this.#map(value, place, depth);
    if (value instanceof Set) {
      const items = take(value, this.#policy.budget.items);
      return depth <= 0
        ? this.#meter.label('<Set>')
        : this.#items(value.size, 'item', (at) => items[at], key, place, depth);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    const hidesBehindToJson = isPlain && Object.hasOwn(value, 'toJSON');
    const shows = this.#shows(place) && place.denied === undefined;
    const parts = isPlain && !hidesBehindToJson ? undefined : describeObject(value, shows, read);
    if (parts instanceof Described) {
      if (shows) this.#shown += 1;
      return this.#described(parts);
    }
    if (depth <= 0) return this.#meter.label('<object>');
    let fields = parts?.fields ?? (value as Readonly<Record<string, unknown>>);
    const names = Object.keys(fields);
    if (isRoot && isPlain && names.length <= this.#policy.budget.keys && isEnvelope(value)) {
      const once: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const name of names) once[name] = read(value, name);
      fields = openEnvelope(once, 2 * this.#policy.budget.bytes);
    }
    return this.#members(names, names.length, (at) => read(fields, names[at] ?? ''), place, depth);
  }

  #map(map: ReadonlyMap<unknown, unknown>, place: Place, depth: number): unknown {
    if (depth <= 0) return this.#meter.label('<Map>');
    const entries = take(map, this.#policy.budget.keys);
    const valueAt = (at: number): unknown => entries[at]?.[1];
    if (!this.#showsValues) return this.#grouped({}, map.size, valueAt, place, depth);
    const names = entries.map(([name]) =>
      typeof name === 'string' || typeof name === 'number' ? String(name) : `<${typeof name}>`,
    );
    return this.#members(names, map.size, valueAt, place, depth);
  }

  #members(names: readonly string[], total: number, valueAt: ValueAt, place: Place, depth: number): unknown {
    const shape: Shape = {};
    if (!this.#showsValues && total > MANY_KEYS) return this.#grouped(shape, total, valueAt, place, depth);
    if (!this.#meter.take(2 + NOTE_BYTES)) return CUT;
    const shownBefore = this.#shown;
    const likeData: number[] = [];
    const serials = new Map<string, number>();
    const most = Math.min(names.length, this.#policy.budget.keys);
    let at = 0;
    for (; at < most; at += 1) {
      const facts = this.#keys.facts(names[at] ?? '');
      if (!this.#showsValues && facts.likeData && !facts.allowed) {
        likeData.push(at);
        continue;
      }
      const { shown, bytes } = facts;
      const name = Object.hasOwn(shape, shown) ? freeName(shape, shown, serials) : shown;
      const nameBytes = name === shown ? bytes : jsonBytes(name) + 2;
      if (!this.#meter.take(nameBytes)) break;
      const child = this.#visit(valueAt(at), facts, placeOfMember(place, facts), depth - 1);
      if (child === CUT) {
        this.#meter.bytes += nameBytes;
        break;
      }
      define(shape, name, child);
    }
    const left = total - at;
    if (left > 0) define(shape, '…', count(left, 'more key'));
    else this.#meter.bytes += NOTE_BYTES;
    if (likeData.length > 0) {
      return this.#grouped(shape, likeData.length, (index) => valueAt(likeData[index] ?? 0), place, depth);
    }
    const isMap = !this.#showsValues && left === 0 && this.#shown === shownBefore && looksLikeMap(shape);
    return isMap
      ? { '<map>': [`<${count(total, 'key')}>`, Object.values(shape).reduce(mergeShapes)] }
      : shape;
  }

  /** Members whose keys are data: their number, and one shape for all of their values. */
  #grouped(shape: Shape, total: number, valueAt: ValueAt, place: Place, depth: number): unknown {
    const bytes = jsonBytes('<map>') + 4;
    if (!this.#meter.take(bytes)) return Object.keys(shape).length > 0 ? shape : CUT;
    const values = this.#items(total, 'key', valueAt, undefined, { ...place, allowed: false }, depth);
    if (values !== CUT) shape['<map>'] = values;
    return values === CUT && Object.keys(shape).length === 0 ? CUT : shape;
  }

  #items(
    total: number,
    noun: string,
    valueAt: ValueAt,
    key: KeyFacts | undefined,
    place: Place,
    depth: number,
  ): unknown {
    if (!this.#meter.take(2 + NOTE_BYTES)) return CUT;
    const inside = placeOfItem(place);
    const start = this.#meter.bytes;
    const shownBefore = this.#shown;
    const list: unknown[] = [];
    let merged: unknown;
    let lists = this.#showsValues;
    for (let at = 0; at < Math.min(total, lists ? this.#policy.budget.items : ITEMS_LOOKED_AT); at += 1) {
      const before = this.#meter.bytes;
      const child = this.#meter.take(1) ? this.#visit(valueAt(at), key, inside, depth - 1) : CUT;
      if (child === CUT) {
        this.#meter.bytes = before;
        break;
      }
      list.push(child);
      if (!lists && this.#shown !== shownBefore) {
        lists = true;
        while (jsonBytesOf(list) > start) list.pop();
        this.#meter.bytes = start - jsonBytesOf(list);
      }
      if (lists) continue;
      if (at === 0) {
        merged = child;
        continue;
      }
      const both = mergeShapes(merged, child);
      const left = both === merged ? before : start - jsonBytesOf(both) - 1;
      this.#meter.bytes = left < 0 ? before : left;
      if (left >= 0) merged = both;
    }
    if (lists) {
      if (list.length < total) list.push({ '…': count(total - list.length, `more ${noun}`) });
      else this.#meter.bytes += NOTE_BYTES;
      return list;
    }
    if (total === 0) return [];
    const looked = list.length < total ? `, first ${list.length} looked at` : '';
    const length = `<${count(total, noun)}${looked}>`;
    return list.length === 0 ? [length] : [length, merged];
  }
}
