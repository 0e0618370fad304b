import type { KeyFacts } from './key-book.ts';

/** What is prepared for the walk: it is no object of the data, whatever the data says of itself. */
abstract class Prepared {
  /** Only what is made here has it, and unlike `instanceof` asking for it asks no proxy. */
  readonly #isPrepared = true;

  static is(value: object): value is Described | Members | Named {
    return #isPrepared in value;
  }
}

/** Whether an object is one that is prepared for the walk. */
export function isPrepared(value: object): value is Described | Members | Named {
  return Prepared.is(value);
}

/**
 * Something that is already safe to show: a label that says what a value is, a value that says nothing about a person,
 * or names with their labels. The walk shows it as it is, whatever the policy.
 */
export class Described extends Prepared {
  readonly as: string | number | ReadonlyArray<readonly [name: string, label: string]>;
  /** Whether it is a value, of which a list shows each. */
  readonly isValue: boolean;

  constructor(as: Described['as'], { isValue = false } = {}) {
    super();
    this.as = as;
    this.isValue = isValue;
  }
}

/** The first members of something, each read once, and how many it has. The walk shows them as those of an object. */
export class Members extends Prepared {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly total: number;

  constructor(fields: Readonly<Record<string, unknown>>, total: number) {
    super();
    this.fields = fields;
    this.total = total;
  }
}

/** A value with the name that it stands beside, whose rule it follows besides that of its own key. */
export class Named extends Prepared {
  readonly value: unknown;
  readonly name: KeyFacts;

  constructor(value: unknown, name: KeyFacts) {
    super();
    this.value = value;
    this.name = name;
  }
}

/**
 * The name of the class of an object, when it is a name: what has no keys to show is shown as `<Map>`, `<Buffer>`. Read as
 * descriptors, because a getter would run code of the object.
 */
export function className(value: object): string {
  return nameOfClass(Object.getPrototypeOf(value)) ?? 'object';
}

/**
 * The name of the nearest class of an object that is known to be the name of one. A class is called what code calls it,
 * and code may have asked its data.
 *
 * @param isField whether a name consists of words that fields and types are named by.
 */
export function knownClassName(value: object, isField: (name: string) => boolean = () => false): string {
  let prototype: unknown = Object.getPrototypeOf(value);
  for (let steps = 0; steps < MOST_CLASSES && prototype !== null; steps += 1) {
    const name = nameOfClass(prototype);
    if (name !== undefined && (PLATFORM.has(name) || isField(name))) return name;
    prototype = Object.getPrototypeOf(prototype);
  }
  return 'object';
}

/** Classes of one object that are looked at, from its own on. */
const MOST_CLASSES = 16;

/** Classes of the platform that have no keys to show. */
const PLATFORM: ReadonlySet<string> = new Set(
  `Buffer ArrayBuffer SharedArrayBuffer DataView Uint8Array Int8Array Uint8ClampedArray Int16Array Uint16Array Int32Array
  Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array Readable Writable Duplex Transform PassThrough
  ReadableStream WritableStream TransformStream IncomingMessage ServerResponse Response Request Headers FormData Blob File
  URL URLSearchParams Promise RegExp Map Set WeakMap WeakSet Date Error TypeError RangeError SyntaxError ReferenceError
  EvalError URIError AggregateError DOMException Object Number String Boolean`.split(/\s+/),
);

function nameOfClass(prototype: unknown): string | undefined {
  if (typeof prototype !== 'object' || prototype === null) return undefined;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function') return undefined;
  const name: unknown = Object.getOwnPropertyDescriptor(constructor, 'name')?.value;
  return typeof name === 'string' && /^[A-Za-z]\w{0,40}$/.test(name) ? name : undefined;
}
