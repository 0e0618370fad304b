import { describeObject } from '../redaction/walk/describe-object.ts';
import type { Description } from '../redaction/walk/describe-object.ts';
import { Described } from '../redaction/walk/described.ts';
import type { Members } from '../redaction/walk/described.ts';
import {
  define,
  entriesOfMap,
  firstNames,
  lengthOf,
  read,
  sizeOfMap,
  sizeOfSet,
  threw,
  valuesOfSet,
} from '../redaction/walk/members.ts';
import { saysNoMoreThan } from '../redaction/texts/embedded-json.ts';
import { StructureDecoder } from '../redaction/texts/structure-decoder.ts';
import { isPlainObject } from './copy-plain.ts';

/*
 * A logged value goes through here twice. First it is read, once, into what JSON would make of it, so that what is masked is
 * what is written: `toJSON` has been called, and no getter runs again. Then what redaction shows of that is put back into its
 * form: where nothing was masked, the line is what Powertools would write, to the byte.
 */

type Fields = Record<string, unknown>;

/** What an error is shown as; texts in it are masked already. */
type DescribeError = (error: Error, most: number) => Members;

/** Only what kind of thing an object is is asked for. */
const AS_IT_IS: Description = {
  showsValues: true,
  isField: () => false,
  most: 0,
};

/** What is read of one value. */
export class LogValue {
  readonly #describeError: DescribeError;
  /** Nodes that may still be read: what lies beyond does not fit into a line, and is shown by redaction or not at all. */
  #left: number;
  readonly #depth: number;
  readonly #copies = new Map<object, object>();
  readonly #own = new Set<unknown>();
  /** Errors that are being read: what holds itself is said of them, as they have no form of JSON to be written in. */
  readonly #errors = new Set<object>();

  constructor(describeError: DescribeError, nodes: number, depth: number) {
    this.#describeError = describeError;
    this.#left = nodes;
    this.#depth = depth;
  }

  /** The members of an object, whatever it says that JSON should make of it: a line is one, and `toJSON` may be a key. */
  readMembers(value: object): Fields {
    return this.#members(value as Fields, value, this.#depth);
  }

  /** The value as JSON would have it, but for what JSON has no words for: `undefined`, bigints, maps and sets stay. */
  read(value: unknown, key = '', depth = this.#depth): unknown {
    this.#left -= 1;
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return this.#errors.has(value) ? new Described('<circular>') : known;
    if (this.#left < 0 || depth < 0) return typeof value === 'function' ? undefined : value;
    try {
      if (value instanceof Described) return value;
      const isBytes = ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
      if (!isBytes && typeof Reflect.get(value, 'toJSON') === 'function') {
        return this.#object(toJson(value as Serializable, key), depth);
      }
      return this.#object(value, depth);
    } catch {
      // A proxy that throws: what cannot be read cannot be shown.
      return new Described('<unreadable>');
    }
  }

  #object(value: unknown, depth: number): unknown {
    if (typeof value === 'function') return withoutToJson(value);
    if (typeof value !== 'object' || value === null || value instanceof Described) return value;
    // What has more than fits into a line is left to redaction, which counts what it leaves out.
    if (sizeOf(value, this.#most()) > this.#left) return value;
    if (Array.isArray(value)) {
      const list: unknown[] = this.#copy([], value);
      const length = lengthOf(value);
      for (let at = 0; at < length; at += 1) list[at] = this.read(read(value, at), String(at), depth - 1);
      return list;
    }
    if (value instanceof Map) {
      const map = this.#copy(new Map<unknown, unknown>(), value);
      for (const [name, each] of entriesOfMap(value as Map<unknown, unknown>)) {
        map.set(this.read(name, '', depth - 1), this.read(each, '', depth - 1));
      }
      return map;
    }
    if (value instanceof Set) {
      const set = this.#copy(new Set<unknown>(), value);
      for (const each of valuesOfSet(value as Set<unknown>)) {
        set.add(this.read(each, '', depth - 1));
      }
      return set;
    }
    if (value instanceof Error) {
      const { fields } = this.#describeError(value, this.#most());
      this.#errors.add(value);
      const parts = this.#members(fields, value, depth);
      this.#errors.delete(value);
      return parts;
    }
    if (value instanceof Number || value instanceof String || value instanceof Boolean)
      return value.valueOf();
    if (describeObject(value, AS_IT_IS) instanceof Described && firstNames(value, 1).total > 0) return value;
    return this.#members(value as Fields, value, depth);
  }

  /** @param original what the copy is kept for: of what holds itself there is one. */
  #members(value: Fields, original: object, depth: number): Fields {
    const fields: Fields = this.#copy({}, original);
    for (const name of firstNames(value, this.#most()).names) {
      const member = read(value, name);
      // It has been called, or it would be called with what it can still reach.
      if (name === 'toJSON' && typeof member === 'function') continue;
      define(fields, name, this.read(member, name, depth - 1));
    }
    return fields;
  }

  /** Members that are read of one object. */
  #most(): number {
    return Math.max(0, this.#left) + 1;
  }

  #copy<Copy extends object>(copy: Copy, original: object): Copy {
    this.#copies.set(original, copy);
    this.#own.add(copy);
    return copy;
  }

  /**
   * What is to be written of a value that was read.
   *
   * @param shown what redaction, in the mode `values`, shows of it.
   */
  settle(value: unknown, shown: unknown, around = new Map<unknown, unknown>()): unknown {
    switch (typeof value) {
      case 'string':
        return value === shown || this.#holds(value, shown) ? value : shown;
      case 'number':
        return typeof shown === 'number' || !Number.isFinite(value) ? value : shown;
      case 'boolean':
      case 'bigint':
        return shown === String(value) ? value : shown;
      case 'object':
        return this.#own.has(value) ? this.#settleObject(value as object, shown, around) : shown;
      default:
        // JSON drops these, whatever they are called here.
        return value;
    }
  }

  #settleObject(value: object, shown: unknown, around: Map<unknown, unknown>): unknown {
    // What holds itself is written by Powertools as it will be.
    if (around.has(value)) return around.get(value);
    // A denied name, or no room: a label for the whole.
    if (typeof shown !== 'object' || shown === null) return shown;
    const settle = (each: unknown, shownOfIt: unknown): unknown => this.settle(each, shownOfIt, around);
    const within = <Out extends object>(out: Out, fill: (out: Out) => void): Out => {
      around.set(value, out);
      fill(out);
      around.delete(value);
      return out;
    };
    if (Array.isArray(shown)) {
      const given: readonly unknown[] = Array.isArray(value) ? value : [...(value as Set<unknown>)];
      const list = within([] as unknown[], (out) => {
        for (const [at, each] of (shown as unknown[]).entries()) {
          // The last one may be a note on how many more there are.
          const isNote = at === shown.length - 1 && shown.length !== given.length;
          out.push(isNote || at >= given.length ? each : settle(given[at], each));
        }
      });
      return value instanceof Set ? new Set(list) : list;
    }
    if (value instanceof Map) {
      const entries = [...(value as Map<unknown, unknown>)];
      return new Map(
        Object.entries(shown).map(([name, each], at) => {
          const [given, of] = entries[at] ?? [name];
          const isGiven = String(given) === name && at < entries.length;
          return isGiven ? [given, settle(of, each)] : [name, each];
        }),
      );
    }
    return within({}, (out) => {
      for (const [name, each] of Object.entries(shown)) {
        define(out, name, Object.hasOwn(value, name) ? settle((value as Fields)[name], each) : each);
      }
    });
  }

  /** Whether a text holds just what is shown of it, and nothing of that was masked. */
  #holds(text: string, shown: unknown): boolean {
    const decoded = new StructureDecoder(text.length, true, () => undefined).decode(text);
    if (decoded === undefined || decoded.cut !== undefined || !isWhole(text, decoded.value)) return false;
    const inner = new LogValue(this.#describeError, this.#left, this.#depth);
    return JSON.stringify(inner.settle(inner.read(decoded.value), shown)) === JSON.stringify(decoded.value);
  }
}

/** @param most names that a proxy is asked about. */
function sizeOf(value: object, most: number): number {
  if (Array.isArray(value)) return lengthOf(value);
  if (value instanceof Map) return sizeOfMap(value);
  return value instanceof Set ? sizeOfSet(value) : firstNames(value, most).total;
}

interface Serializable {
  toJSON(key: string): unknown;
}

function toJson(value: Serializable, key: string): unknown {
  try {
    return value.toJSON(key);
  } catch (error) {
    return threw(error);
  }
}

/** A function, which JSON leaves out, unless it has a `toJSON`. */
function withoutToJson(value: object): unknown {
  return 'toJSON' in value ? undefined : value;
}

/** Whether all that a text says is in what was decoded of it: JSON, base64 of JSON, or a form. */
function isWhole(text: string, value: unknown): boolean {
  if (saysNoMoreThan(text, value)) return true;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return saysNoMoreThan(bytes.toString('utf8'), value);
  const fields = [...new URLSearchParams(text)];
  return (
    isPlainObject(value) &&
    fields.length === Object.keys(value).length &&
    fields.every(([name, each]) => value[name] === each)
  );
}
