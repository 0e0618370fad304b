import { describeObject } from './describe-object.ts';
import { Described, lengthClass, shapeOfString } from './described.ts';
import type { Category } from '../detectors/detector.ts';
import { isMachineData } from '../detectors/benign-forms.ts';
import { ESCAPED, scan } from '../detectors/traits.ts';
import { isEnvelope, openEnvelope } from './envelope.ts';
import type { KeyBook, KeyFacts } from './key-book.ts';
import { isHttpStatus, isItemIdentifier, looksLikeJson } from '../texts/known-forms.ts';
import { define, freeName, read, take } from './members.ts';
import { mergeShapes } from './merge-shapes.ts';
import { CUT, jsonBytes, Meter } from './meter.ts';
import type { OpenedText } from '../texts/open-text.ts';
import { rootPlace } from './place.ts';
import type { Place } from './place.ts';
import type { ResolvedPolicy } from '../policy/resolve-policy.ts';
import type { TextMasker } from '../texts/text-masker.ts';
import { TextOpener } from '../texts/text-opener.ts';
import { shapeItems, showItems } from './walk-items.ts';
import type { Items } from './walk-items.ts';
import { grouped, shapeMembers, showMembers } from './walk-members.ts';
import { NOTE_BYTES } from './walker.ts';
import type { Fields, Shape, Walker } from './walker.ts';

/** One pass over one value, within the budget of its policy. */
export class Walk implements Walker {
  readonly policy: ResolvedPolicy;
  readonly keys: KeyBook;
  readonly meter: Meter;
  readonly showsValues: boolean;
  shown = 0;
  readonly #masker: TextMasker;
  readonly #opener: TextOpener;
  /** Longer strings are not looked at whole. */
  readonly #wholeLength: number;
  /** Containers around the current one: only what holds itself is circular. */
  readonly #around: object[] = [];

  constructor(policy: ResolvedPolicy, keys: KeyBook, masker: TextMasker) {
    this.policy = policy;
    this.keys = keys;
    this.#masker = masker;
    this.meter = new Meter(policy.budget.bytes);
    this.showsValues = policy.mode === 'values';
    this.#opener = new TextOpener(policy.budget.bytes, this.showsValues, this.meter);
    this.#wholeLength = policy.budget.stringLength;
  }

  /** The value as it may be shown; `…`, or nothing, when the budget is too small for anything of it. */
  result(value: unknown): unknown {
    const { budget } = this.policy;
    const result = this.visit(value, undefined, rootPlace(this.policy), budget.depth);
    if (result !== CUT) return result;
    return budget.bytes >= jsonBytes('…') ? '…' : undefined;
  }

  visit(value: unknown, key: KeyFacts | undefined, place: Place, depth: number, like?: unknown): unknown {
    if (!this.meter.visit()) return CUT;
    const shape = this.#shapeOrValue(value, key, place, depth, like);
    if (like === undefined || shape === like || shape === CUT) return shape;
    return mergeShapes(like, shape);
  }

  #shapeOrValue(
    value: unknown,
    key: KeyFacts | undefined,
    place: Place,
    depth: number,
    like: unknown,
  ): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value, key, place, depth, like);
      case 'number':
        return this.#number(value, key, place);
      case 'boolean':
        if (!this.#shows(place)) return this.meter.label('<boolean>');
        this.shown += 1;
        return place.denied === undefined
          ? this.meter.scalar(value)
          : this.#replaced(String(value), place.denied);
      case 'bigint':
        return this.#shows(place) ? this.#masked(String(value), key, place) : this.meter.label('<bigint>');
      case 'object':
        return value === null ? this.meter.scalar(null) : this.#object(value, key, place, depth, like);
      default:
        return this.meter.label(`<${typeof value}>`);
    }
  }

  #shows({ allowed }: Place): boolean {
    return this.showsValues || allowed;
  }

  #replaced(text: string, denied: Category): unknown {
    return this.meter.string(this.policy.replace(denied, denied, text));
  }

  #masked(text: string, key: KeyFacts | undefined, { denied }: Place): unknown {
    this.shown += 1;
    if (denied !== undefined) return this.#replaced(text, denied);
    this.meter.read(this.#masker.reads(text));
    return this.meter.string(this.#masker.show(text, key?.key));
  }

  #number(value: number, key: KeyFacts | undefined, place: Place): unknown {
    if (key?.key === 'statusCode' && isHttpStatus(value)) return this.meter.scalar(value);
    if (!this.#shows(place)) return this.meter.label('<number>');
    if (place.denied !== undefined) return this.#masked(String(value), key, place);
    if (!Number.isFinite(value)) return this.meter.label(`<${String(value)}>`);
    this.shown += 1;
    if (Number.isInteger(value) && value >= 0 && value < 1e6) return this.meter.takeInteger(value);
    const text = String(value);
    const masked = text.length < 7 ? text : this.#masker.show(text, key?.key);
    return masked === text ? this.meter.scalar(value) : this.meter.string(masked);
  }

  #text(text: string, key: KeyFacts | undefined, place: Place, depth: number, like?: unknown): unknown {
    const shows = this.#shows(place);
    if (shows) {
      if (place.denied !== undefined) return this.#masked(text, key, place);
      const isOrdinary = text.length <= this.#wholeLength && this.#isOrdinary(text);
      if (isOrdinary) return this.#shownAsItIs(text);
    }
    const opened = this.#opener.open(text);
    if (opened !== undefined && depth > 0) return this.#opened(opened, key, place, depth, like);
    if (key?.key === 'itemIdentifier' && isItemIdentifier(text)) return this.#masked(text, key, place);
    if (!shows) return this.meter.label(shapeOfString(text.length));
    // What cannot be read as JSON has names that cannot be looked up.
    const isUnread = opened !== undefined || looksLikeJson(text);
    return isUnread
      ? this.meter.label(`<unread JSON, ${lengthClass(text.length)}>`)
      : this.#masked(text, key, place);
  }

  /** Whether a text holds neither structure nor anything that a detector could find, nor anything that JSON escapes. */
  #isOrdinary(text: string): boolean {
    if (isMachineData(text)) return this.#masker.knowsMachineData;
    if (looksLikeJson(text)) return false;
    const scanned = scan(text);
    return (scanned & ESCAPED) === 0 && this.#masker.isPlain(text, scanned);
  }

  #shownAsItIs(text: string): unknown {
    this.shown += 1;
    this.meter.read(text.length);
    return this.meter.take(text.length + 2) ? text : CUT;
  }

  #opened(
    { value, cut }: OpenedText,
    key: KeyFacts | undefined,
    place: Place,
    depth: number,
    like: unknown,
  ): unknown {
    if (cut === undefined) return this.visit(value, key, place, depth - 1, like);
    if (!this.meter.take(NOTE_BYTES)) return CUT;
    const result = this.visit(value, key, place, depth - 1);
    if (Array.isArray(result)) return [...(result as unknown[]), { '…': cut }];
    return typeof result === 'object' && result !== null ? { ...result, '…': cut } : result;
  }

  #object(value: object, key: KeyFacts | undefined, place: Place, depth: number, like: unknown): unknown {
    if (value instanceof Described) return this.#described(value);
    if (this.#shows(place) && place.denied !== undefined && this.showsValues) {
      return this.#replaced('', place.denied);
    }
    if (this.#around.includes(value)) return this.meter.label('<circular>');
    const isRoot = this.#around.length === 0;
    this.#around.push(value);
    try {
      return this.#container(value, key, place, depth, isRoot, like);
    } catch {
      // A proxy that throws: what cannot be read cannot be shown.
      return this.meter.label('<unreadable>');
    } finally {
      this.#around.pop();
    }
  }

  #described({ as }: Described): unknown {
    if (typeof as === 'number') return this.meter.scalar(as);
    if (typeof as === 'string') return this.meter.string(as);
    if (!this.meter.take(2)) return CUT;
    const shape: Shape = {};
    const serials = new Map<string, number>();
    for (const [name, label] of as) {
      const { kind, shown } = this.keys.facts(name);
      const free = freeName(shape, kind === 'field' ? shown : '<name>', serials);
      if (!this.meter.take(jsonBytes(free) + jsonBytes(label) + 2)) break;
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
    like: unknown,
  ): unknown {
    if (Array.isArray(value)) {
      if (depth <= 0) return this.meter.label('<array>');
      const list = value as unknown[];
      const items: Items = { total: list.length, noun: 'item', valueAt: (at) => read(list, at) };
      return this.#items(items, key, place, depth, like);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    if (isPlain && !Object.hasOwn(value, 'toJSON')) {
      if (depth <= 0) return this.meter.label('<object>');
      const fields = isRoot && isEnvelope(value) ? this.#envelope(value) : (value as Fields);
      const isBare = fields === value && prototype === null;
      return this.#members(fields, isBare || HAS_NO_INHERITED_KEYS, key, place, depth, like);
    }
    if (value instanceof Map) return this.#map(value, place, depth, like);
    if (value instanceof Set) {
      if (depth <= 0) return this.meter.label('<Set>');
      const items = take<unknown>(value, this.policy.budget.items);
      return this.#items(
        { total: value.size, noun: 'item', valueAt: (at) => items[at] },
        key,
        place,
        depth,
        like,
      );
    }
    const shows = this.#shows(place) && place.denied === undefined;
    const parts = describeObject(value, shows, read);
    if (parts instanceof Described) {
      if (shows) this.shown += 1;
      return this.#described(parts);
    }
    if (depth <= 0) return this.meter.label('<object>');
    return this.#members(parts?.fields ?? (value as Fields), false, key, place, depth, like);
  }

  #items(items: Items, key: KeyFacts | undefined, place: Place, depth: number, like: unknown): unknown {
    return this.showsValues
      ? showItems(this, items, key, place, depth)
      : shapeItems(this, items, key, place, depth, like);
  }

  #members(
    fields: Fields,
    hasOwnOnly: boolean,
    key: KeyFacts | undefined,
    place: Place,
    depth: number,
    like: unknown,
  ): unknown {
    if (this.showsValues) return showMembers(this, fields, !hasOwnOnly, key, place, depth);
    const names = Object.keys(fields);
    return shapeMembers(this, names, (at) => read(fields, names[at] ?? ''), key, place, depth, like);
  }

  /** The members of an API Gateway response, each read once, with its body opened. */
  #envelope(value: object): Fields {
    const names = Object.keys(value);
    if (names.length > this.policy.budget.keys) return value as Fields;
    // Not without a prototype: engines keep such objects as hash tables, which costs more than all that is done here.
    const once: Record<string, unknown> = {};
    for (const name of names) define(once, name, read(value, name));
    return openEnvelope(once, 2 * this.policy.budget.bytes);
  }

  #map(map: ReadonlyMap<unknown, unknown>, place: Place, depth: number, like: unknown): unknown {
    if (depth <= 0) return this.meter.label('<Map>');
    const entries = take(map, this.policy.budget.keys);
    if (!this.showsValues) {
      const shape = grouped(this, {}, map.size, (at) => entries[at]?.[1], place, depth);
      return shape === CUT || like === undefined ? shape : mergeShapes(like, shape);
    }
    const fields: Shape = Object.create(null) as Shape;
    const serials = new Map<string, number>();
    for (const [key, value] of entries) {
      const name = typeof key === 'string' || typeof key === 'number' ? String(key) : `<${typeof key}>`;
      define(fields, freeName(fields, name, serials), value);
    }
    return showMembers(this, fields, false, undefined, place, depth, map.size);
  }
}

/** Whether `for … in` shows nothing but an object's own keys. Code that adds to this prototype does so when it loads. */
const HAS_NO_INHERITED_KEYS = (() => {
  for (const _key in {}) return false;
  return true;
})();
