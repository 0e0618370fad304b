/**
 * Something that is already safe to show: a label that says what a value is, a value that says nothing about a person,
 * or names with their labels. The walk shows it as it is, whatever the policy.
 */
export class Described {
  readonly as: string | number | ReadonlyArray<readonly [name: string, label: string]>;

  constructor(as: Described['as']) {
    this.as = as;
  }
}

/** The name of the class of an object, when it is a name: what has no keys to show is shown as `<Map>`, `<Buffer>`. */
export function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null) return 'object';
  // Read as descriptors, because a getter would run code of the object.
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function') return 'object';
  const name: unknown = Object.getOwnPropertyDescriptor(constructor, 'name')?.value;
  return typeof name === 'string' && /^[A-Za-z]\w{0,40}$/.test(name) ? name : 'object';
}
