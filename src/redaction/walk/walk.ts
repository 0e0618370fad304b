import { isMachineData } from '../detectors/benign-forms.ts';
import type { Category } from '../detectors/detector.ts';
import { ESCAPED, scan } from '../detectors/traits.ts';
import { saysNothing } from '../names/no-datum.ts';
import type { ResolvedPolicy } from '../policy/resolve-policy.ts';
import { splitEmbeddedJson, withoutQuoted } from '../texts/embedded-json.ts';
import { lengthClass, shapeOfString } from '../texts/labels.ts';
import { looksLikeJson, StructureDecoder } from '../texts/structure-decoder.ts';
import type { DecodedText } from '../texts/structure-decoder.ts';
import type { TextMasker } from '../texts/text-masker.ts';
import { NOTE_BYTES } from './containers.ts';
import type { Containers, Extent, Items, Place, Visitor } from './containers.ts';
import { describeObject } from './describe-object.ts';
import { Described, isPrepared, Members, Named } from './described.ts';
import { decodeEnvelope, isEnvelope, isNestedEnvelope } from './envelope.ts';
import { positionBeside, rootPosition } from './key-book.ts';
import type { KeyBook, KeyFacts, Position } from './key-book.ts';
import { define, firstMembers, freeName, lengthOf, read, sizeOfSet, take, valuesOfSet } from './members.ts';
import { CUT, jsonBytes, Meter } from './meter.ts';
import { mergeShapes } from './shapes.ts';
import { ShapedContainers } from './shaped-containers.ts';
import { ShownContainers } from './shown-containers.ts';

/** One pass over one value, within the budget of its policy. */
export class Walk implements Visitor {
  readonly policy: ResolvedPolicy;
  readonly keys: KeyBook;
  readonly meter: Meter;
  readonly #masker: TextMasker;
  readonly #containers: Containers;
  readonly #decoder: StructureDecoder;
  readonly #showsValues: boolean;
  /** Longer strings are not looked at whole. */
  readonly #wholeLength: number;
  /** Members of one object that are read ahead: no more than there is room for. */
  readonly #most: number;
  /** Containers around the current one: only what holds itself is circular. */
  readonly #around: object[] = [];
  #shown = 0;

  constructor(policy: ResolvedPolicy, keys: KeyBook, masker: TextMasker) {
    this.policy = policy;
    this.keys = keys;
    this.meter = new Meter(policy.budget.bytes);
    this.#masker = masker;
    this.#showsValues = policy.mode === 'values';
    this.#containers = this.#showsValues ? new ShownContainers(this) : new ShapedContainers(this);
    this.#decoder = new StructureDecoder(policy.budget.bytes, this.#showsValues, (characters) =>
      this.meter.read(characters),
    );
    this.#wholeLength = policy.budget.stringLength;
    this.#most = Math.min(policy.budget.keys, Math.ceil(policy.budget.bytes / FEWEST_BYTES));
  }

  /** The value as it may be shown; `…`, or nothing, when the budget is too small for anything of it. */
  result(value: unknown): unknown {
    const { budget } = this.policy;
    const result = this.visit(value, undefined, rootPosition(this.policy), budget.depth);
    if (result !== CUT) return result;
    return budget.bytes >= jsonBytes('…') ? '…' : undefined;
  }

  get shown(): number {
    return this.#shown;
  }

  visit(
    value: unknown,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like?: unknown,
  ): unknown {
    if (!this.meter.visit()) return CUT;
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
        return this.#boolean(value, key, position);
      case 'bigint':
        return this.#shows(position)
          ? this.#masked(String(value), key, position)
          : this.meter.label('<bigint>');
      case 'object':
        return value === null ? this.meter.scalar(null) : this.#object(value, key, position, depth, like);
      default:
        return this.meter.label(`<${typeof value}>`);
    }
  }

  #shows({ allowed }: Position): boolean {
    return this.#showsValues || allowed;
  }

  /** What denies a value; nothing denies one that tells nothing of what its name stands for. */
  #deniedAs(
    value: string | number | boolean,
    key: KeyFacts | undefined,
    { denied }: Position,
  ): Category | undefined {
    if (denied === undefined) return undefined;
    return saysNothing(key?.key ?? '', denied, String(value)) ? undefined : denied;
  }

  #replaced(text: string, denied: Category): unknown {
    return this.meter.string(this.policy.replace(denied, denied, text));
  }

  #masked(text: string, key: KeyFacts | undefined, position: Position): unknown {
    this.#shown += 1;
    const denied = this.#deniedAs(text, key, position);
    if (denied !== undefined) return this.#replaced(text, denied);
    this.meter.read(this.#masker.reads(text));
    return this.meter.string(this.#masker.show(text, key?.key));
  }

  /** A text in words, as messages are: JSON in it is data and shown as such. */
  #words(text: string, key: KeyFacts | undefined, position: Position, depth: number): unknown {
    if (position.denied !== undefined || (!text.includes('{') && !text.includes('['))) {
      return this.#masked(text, key, position);
    }
    this.#shown += 1;
    this.meter.read(2 * this.#masker.reads(text));
    const shown = this.#masker.showParts(text, (start) => {
      return splitEmbeddedJson(withoutQuoted(start))
        .map((part) => {
          if ('text' in part) return this.#masker.mask(part.text, key?.key);
          const data = part.value === undefined ? CUT : this.#within(part.value.of, position, depth - 1);
          return data === CUT ? `<JSON, ${lengthClass(part.json.length)}>` : JSON.stringify(data);
        })
        .join('');
    });
    return this.meter.string(shown);
  }

  /** What is shown of data in a text, which takes its bytes only when the whole text does. */
  #within(data: unknown, position: Position, depth: number): unknown {
    const { bytes } = this.meter;
    const shown = depth > 0 ? this.visit(data, undefined, position, depth) : CUT;
    this.meter.bytes = bytes;
    return shown;
  }

  #boolean(value: boolean, key: KeyFacts | undefined, position: Position): unknown {
    if (!this.#shows(position)) return this.meter.label('<boolean>');
    this.#shown += 1;
    const denied = this.#deniedAs(value, key, position);
    return denied === undefined ? this.meter.scalar(value) : this.#replaced(String(value), denied);
  }

  #number(value: number, key: KeyFacts | undefined, position: Position): unknown {
    if (!this.#shows(position)) return this.meter.label('<number>');
    const denied = this.#deniedAs(value, key, position);
    if (denied !== undefined) {
      this.#shown += 1;
      return this.#replaced(String(value), denied);
    }
    if (!Number.isFinite(value)) return this.meter.label(`<${String(value)}>`);
    this.#shown += 1;
    if (Number.isInteger(value) && value >= 0 && value < 1e6) return this.meter.takeInteger(value);
    const text = String(value);
    const masked = text.length < 7 ? text : this.#masker.show(text, key?.key);
    return masked === text ? this.meter.scalar(value) : this.meter.string(masked);
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
    if (!shows) return this.meter.label(shapeOfString(text.length));
    // What cannot be read as JSON has names that cannot be looked up.
    const isUnread = decoded !== undefined || looksLikeJson(text);
    return isUnread
      ? this.meter.label(`<unread JSON, ${lengthClass(text.length)}>`)
      : this.#words(text, key, position, depth);
  }

  /** Whether a text holds neither structure nor anything that a detector could find, nor anything that JSON escapes. */
  #isOrdinary(text: string): boolean {
    if (isMachineData(text)) return this.#masker.onlyOurs;
    // A long text seldom is, and would be looked through twice.
    if (text.length > LONGEST_ORDINARY || looksLikeJson(text)) return false;
    const scanned = scan(text);
    return (scanned & ESCAPED) === 0 && this.#masker.isPlain(text, scanned);
  }

  #shownAsItIs(text: string): unknown {
    this.#shown += 1;
    this.meter.read(text.length);
    return this.meter.take(text.length + 2) ? text : CUT;
  }

  #decoded(
    { value, cut }: DecodedText,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like: unknown,
  ): unknown {
    if (cut === undefined) return this.visit(value, key, position, depth - 1, like);
    if (!this.meter.take(NOTE_BYTES)) return CUT;
    const note = { '…': this.#showsValues ? cut : 'more characters' };
    const result = this.visit(value, key, position, depth - 1);
    if (Array.isArray(result)) return [...(result as unknown[]), note];
    return typeof result === 'object' && result !== null ? { ...result, ...note } : result;
  }

  #object(
    value: object,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like: unknown,
  ): unknown {
    let members: Members | undefined;
    if (isPrepared(value)) {
      if (value instanceof Described) return this.#described(value);
      if (value instanceof Named) {
        return this.#shapeOrValue(value.value, value.name, positionBeside(position, value.name), depth, like);
      }
      members = value;
    }
    if (this.#showsValues && position.denied !== undefined) {
      return this.#replaced('', position.denied);
    }
    if (this.#around.includes(value)) return this.meter.label('<circular>');
    const parent = this.#around.at(-1);
    this.#around.push(value);
    try {
      const place = { key, position, depth, like, parent };
      return members === undefined ? this.#container(value, place) : this.#members(members, place);
    } catch {
      // A proxy that throws: what cannot be read cannot be shown.
      return this.meter.label('<unreadable>');
    } finally {
      this.#around.pop();
    }
  }

  #described({ as, isValue }: Described): unknown {
    if (isValue) this.#shown += 1;
    if (typeof as === 'number') return this.meter.scalar(as);
    if (typeof as === 'string') {
      this.meter.read(as.length);
      return this.meter.string(as);
    }
    if (!this.meter.take(2)) return CUT;
    const shape: Record<string, unknown> = {};
    const serials = new Map<string, number>();
    for (const [name, label] of as) {
      const { kind, shown } = this.keys.facts(name);
      const free = freeName(shape, kind === 'field' ? shown : '<name>', serials);
      if (!this.meter.take(jsonBytes(free) + jsonBytes(label) + 2)) break;
      define(shape, free, label);
    }
    return shape;
  }

  #members({ fields, total }: Members, place: Place): unknown {
    if (place.depth <= 0) return this.meter.label('<object>');
    return this.#containers.members(fields, { mayInherit: false, total }, place);
  }

  #container(value: object, place: Place): unknown {
    const { position, depth, parent } = place;
    if (Array.isArray(value)) {
      if (depth <= 0) return this.meter.label('<array>');
      const list = value as unknown[];
      const total = lengthOf(list);
      return this.#containers.items(
        { total, reach: total, noun: 'item', valueAt: (at) => read(list, at) },
        place,
      );
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    if (isPlain && !Object.hasOwn(value, 'toJSON')) {
      if (depth <= 0) return this.meter.label('<object>');
      const knows = parent === undefined ? isEnvelope(value) : isNestedEnvelope(value);
      if (knows) return this.#members(this.#envelope(value, parent === undefined), place);
      return this.#containers.members(value as Fields, prototype === null ? OWN_ONLY : OF_OBJECT, place);
    }
    if (value instanceof Map) {
      if (depth <= 0) return this.meter.label('<Map>');
      return this.#containers.map(value, place);
    }
    if (value instanceof Set) {
      if (depth <= 0) return this.meter.label('<Set>');
      const items = take(valuesOfSet(value), this.policy.budget.items);
      const set: Items = {
        total: sizeOfSet(value),
        reach: items.length,
        noun: 'item',
        valueAt: (at) => items[at],
      };
      return this.#containers.items(set, place);
    }
    const shows = this.#shows(position) && position.denied === undefined;
    const parts = describeObject(value, {
      showsValues: shows,
      isField: (name) => this.keys.named(name).kind === 'field',
      most: this.#most,
    });
    if (parts instanceof Described) {
      if (shows) this.#shown += 1;
      return this.#described(parts);
    }
    if (parts !== undefined) return this.#members(parts, place);
    if (depth <= 0) return this.meter.label('<object>');
    return this.#containers.members(value as Fields, OF_A_CLASS, place);
  }

  /** The members of an API Gateway event or response, each read once, with what is known about them put to use. */
  #envelope(value: object, isRoot: boolean): Members {
    const { budget } = this.policy;
    const { fields, total } = firstMembers(value, this.#most);
    const { body } = fields;
    if (typeof body === 'string') this.meter.read(Math.min(body.length, 8 * budget.bytes) >> 3);
    const decoded = decodeEnvelope(fields, {
      length: 2 * budget.bytes,
      keys: this.#most,
      showsValues: this.#showsValues,
      isRoot,
    });
    return new Members(decoded, total);
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Characters of a text that is first asked whether it holds anything at all. */
const LONGEST_ORDINARY = 8192;

/** The shortest member of an object in JSON: `"":1`. */
const FEWEST_BYTES = 4;

/** Whether `for … in` shows nothing but an object's own keys. Code that adds to this prototype does so when it loads. */
const HAS_NO_INHERITED_KEYS = (() => {
  for (const _key in {}) return false;
  return true;
})();

const OWN_ONLY: Extent = { mayInherit: false };
const OF_OBJECT: Extent = { mayInherit: !HAS_NO_INHERITED_KEYS };
const OF_A_CLASS: Extent = { mayInherit: true };
