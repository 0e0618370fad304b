import { resolve } from './intrinsics.ts';
import type { Scope } from './scope.ts';
import type { PlainObject } from './template.ts';
import { isPlainObject, shown } from './template.ts';

/**
 * An object of the template, read field by field: each is resolved when it is asked for, so that what nobody
 * reads (policies, code locations) cannot fail. CloudFormation takes '5' for 5 and 'true' for true; so does this.
 * Every method throws an Error that begins with the path of the field when the value is of another kind.
 */
export class Fields {
  readonly path: string;
  readonly #values: PlainObject;
  readonly #scope: Scope;

  constructor(values: PlainObject, path: string, scope: Scope) {
    this.#values = values;
    this.path = path;
    this.#scope = scope;
  }

  value(name: string): unknown {
    return resolve(this.#values[name], this.pathOf(name), this.#scope);
  }

  pathOf(name: string): string {
    return `${this.path}.${name}`;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#refuse(name, 'text');
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.#refuse(name, 'text');
  }

  optionalNumber(name: string): number | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    const number = Number(text);
    return text.trim() === '' || Number.isNaN(number) ? this.#refuse(name, 'a number') : number;
  }

  optionalBoolean(name: string): boolean | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    if (text === 'true' || text === 'false') return text === 'true';
    return this.#refuse(name, 'true or false');
  }

  /** An empty list where the template sets none. */
  list(name: string): readonly unknown[] {
    const value = this.value(name) ?? [];
    return Array.isArray(value) ? value : this.#refuse(name, 'a list');
  }

  /** Text where the template gives text, JSON where it gives an object: how AWS's APIs take policies. */
  optionalJson(name: string): string | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** The fields of an object inside; none where the template does not set it. */
  within(name: string): Fields {
    const value = this.value(name) ?? {};
    if (!isPlainObject(value)) return this.#refuse(name, 'an object');
    return new Fields(value, this.pathOf(name), this.#scope);
  }

  /** The fields of each object of a list; none where the template does not set it. */
  each(name: string): Fields[] {
    return this.list(name).map((item, index) => {
      if (!isPlainObject(item)) return this.#refuse(name, 'a list of objects');
      return new Fields(item, `${this.pathOf(name)}.${index}`, this.#scope);
    });
  }

  names(): string[] {
    return Object.keys(this.#values);
  }

  #refuse(name: string, expected: string): never {
    throw new Error(`${this.pathOf(name)}: expected ${expected}, got ${shown(this.value(name))}`);
  }
}
