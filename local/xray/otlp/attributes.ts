import type { AnyValue, KeyValue } from './definitions/opentelemetry/proto/common/v1/common_pb.ts';

/** A value of an attribute as JSON can hold it. */
export type AttributeValue =
  string | number | boolean | null | readonly AttributeValue[] | { readonly [key: string]: AttributeValue };

/**
 * Attributes of a span or a resource, of which each reader takes what it knows: under the name of the present semantic
 * conventions or an earlier one. What nobody took is left over for metadata.
 */
export class Attributes {
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #taken = new Set<string>();

  /** Of keys that come twice the last one counts. */
  constructor(pairs: readonly KeyValue[]) {
    this.#values = new Map(pairs.map(({ key, value }) => [key, attributeValue(value)]));
  }

  /** Without taking it. */
  get(name: string): AttributeValue | undefined {
    return this.#values.get(name);
  }

  /** A text with something in it, without taking it. */
  peek(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** Takes the first that is a text with something in it. */
  text(...names: readonly string[]): string | undefined {
    return this.#take(names, (value) => (typeof value === 'string' && value !== '' ? value : undefined));
  }

  /** Takes the first that is a whole number from 0 on; some senders write it as digits in a text. */
  count(...names: readonly string[]): number | undefined {
    return this.#take(names, (value) => {
      const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
      return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
    });
  }

  /** Takes it where it says that something is so. */
  flag(name: string): true | undefined {
    return this.#take([name], (value) => (value === true ? value : undefined));
  }

  /** Takes the first that is a list of texts, or a text, which is a list of one. */
  texts(...names: readonly string[]): readonly string[] | undefined {
    return this.#take(names, (value) => {
      const list = typeof value === 'string' ? [value] : value;
      return Array.isArray(list) && list.length > 0 && list.every((each) => typeof each === 'string')
        ? list
        : undefined;
    });
  }

  /** Those that no reader took, in the order in which they came. */
  left(): Array<[name: string, value: AttributeValue]> {
    return [...this.#values].filter(([name]) => !this.#taken.has(name));
  }

  #take<Value>(
    names: readonly string[],
    read: (value: AttributeValue) => Value | undefined,
  ): Value | undefined {
    let found: Value | undefined;
    for (const name of names) {
      const value = this.#values.get(name);
      const usable = value === undefined ? undefined : read(value);
      // The same fact under two names is taken under both.
      if (usable === undefined || (found !== undefined && !isSame(usable, found))) continue;
      found ??= usable;
      this.#taken.add(name);
    }
    return found;
  }
}

/**
 * A whole number that JSON cannot hold exactly becomes a text of its digits, and so does what is no number; bytes become
 * base64, as in OTLP's own JSON.
 */
export function attributeValue(value: AnyValue | undefined): AttributeValue {
  const held = value?.value;
  switch (held?.case) {
    case 'stringValue':
    case 'boolValue':
      return held.value;
    case 'intValue':
      return Number.isSafeInteger(Number(held.value)) ? Number(held.value) : String(held.value);
    case 'doubleValue':
      return Number.isFinite(held.value) ? held.value : String(held.value);
    case 'bytesValue':
      return Buffer.from(held.value).toString('base64');
    case 'arrayValue':
      return held.value.values.map(attributeValue);
    case 'kvlistValue':
      return attributeRecord(held.value.values);
    default:
      return null;
  }
}

export function attributeRecord(pairs: readonly KeyValue[]): { [key: string]: AttributeValue } {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, attributeValue(value)]));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
