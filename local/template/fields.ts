/**
 * The properties of a resource, field by field, for two kinds of readers. What runs the service wants every reference resolved,
 * and to hear of what cannot be read; what watches it after the deployment keeps references as they are, since only the
 * deployment knows what they give, and takes a number that is an expression as not set.
 */
import { asObject, isObject } from '../json.ts';
import type { Expression } from './expressions.ts';
import { isNoValue } from './expressions.ts';
import type { Scope } from './intrinsics.ts';
import { resolve } from './intrinsics.ts';
import type { Properties } from './template.ts';
import { shown } from './template.ts';

/** What both kinds read with. CloudFormation takes '5' for 5 and 'true' for true; so does this. */
export interface Fields<Text = unknown> {
  /** Undefined where the template does not set the field. */
  value(name: string): unknown;
  has(name: string): boolean;
  optionalText(name: string): Text | undefined;
  optionalNumber(name: string): number | undefined;
  optionalBoolean(name: string): boolean | undefined;
  /** An empty list where the template sets none. */
  list(name: string): readonly unknown[];
  /** The fields of an object inside; none where the template does not set it. */
  within(name: string): Fields<Text>;
  /** The fields of each object of a list; none where the template does not set it. */
  each(name: string): ReadonlyArray<Fields<Text>>;
  names(): readonly string[];
}

/**
 * Each field is resolved when it is asked for, so that what nobody reads (policies, code locations) cannot fail. Every method
 * throws an Error that begins with the path of the field when the value is of another kind.
 */
export class ResolvedFields implements Fields<string> {
  readonly path: string;
  readonly #values: Properties;
  readonly #scope: Scope;

  constructor(values: Properties, path: string, scope: Scope) {
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
    return text === undefined ? undefined : (numberIn(text) ?? this.#refuse(name, 'a number'));
  }

  optionalBoolean(name: string): boolean | undefined {
    const text = this.optionalText(name);
    return text === undefined ? undefined : (booleanIn(text) ?? this.#refuse(name, 'true or false'));
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name) ?? [];
    return Array.isArray(value) ? value : this.#refuse(name, 'a list');
  }

  within(name: string): ResolvedFields {
    const value = this.value(name) ?? {};
    if (!isObject(value)) return this.#refuse(name, 'an object');
    return new ResolvedFields(value, this.pathOf(name), this.#scope);
  }

  each(name: string): ResolvedFields[] {
    return this.list(name).map((item, index) => {
      if (!isObject(item)) return this.#refuse(name, 'a list of objects');
      return new ResolvedFields(item, `${this.pathOf(name)}.${index}`, this.#scope);
    });
  }

  names(): string[] {
    return Object.keys(this.#values);
  }

  /** Those of these fields that are set, as the strings that SQS and SNS take: objects, such as policies, as JSON. */
  attributes(names: readonly string[]): Record<string, string> {
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = this.value(name);
        if (value === undefined) return [];
        return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
      }),
    );
  }

  #refuse(name: string, expected: string): never {
    throw new Error(`${this.pathOf(name)}: expected ${expected}, got ${shown(this.value(name))}`);
  }
}

/** Nothing throws: what is not of the kind asked for counts as not set, and CloudFormation will have its say. */
export class WrittenFields implements Fields<Expression> {
  readonly #values: Properties;

  constructor(values: Properties) {
    this.#values = values;
  }

  value(name: string): unknown {
    const value = this.#values[name];
    return value === null || isNoValue(value) ? undefined : value;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  optionalText(name: string): Expression | undefined {
    const value = this.value(name);
    if (typeof value === 'string' || isObject(value)) return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  }

  optionalNumber(name: string): number | undefined {
    const text = this.optionalText(name);
    return typeof text === 'string' ? numberIn(text) : undefined;
  }

  optionalBoolean(name: string): boolean | undefined {
    const text = this.optionalText(name);
    return typeof text === 'string' ? booleanIn(text) : undefined;
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name);
    return Array.isArray(value) ? (value as unknown[]) : [];
  }

  within(name: string): WrittenFields {
    return new WrittenFields(asObject(this.value(name)));
  }

  each(name: string): WrittenFields[] {
    return this.list(name).map((item) => new WrittenFields(asObject(item)));
  }

  names(): string[] {
    return Object.keys(this.#values);
  }
}

function numberIn(text: string): number | undefined {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? undefined : number;
}

function booleanIn(text: string): boolean | undefined {
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}
