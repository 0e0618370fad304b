import {
  isAnyArrayBuffer,
  isBoxedPrimitive,
  isDate,
  isPromise,
  isProxy,
  isRegExp,
  isWeakMap,
  isWeakSet,
} from 'node:util/types';
import { count, lengthClass } from '../texts/labels.ts';
import { className, Described, knownClassName, Members } from './described.ts';
import { bytesOf, define, firstNames, read, take } from './members.ts';

/** How objects are described. */
export interface Description {
  readonly showsValues: boolean;
  /** Whether a name is known to be that of a field or a type, not of a person. */
  readonly isField: (name: string) => boolean;
  /** Members that may be read. */
  readonly most: number;
}

/**
 * The parts of an object that is neither plain nor a collection, or `undefined` when its own keys are all there is.
 * Streams and bodies are never read, promises never awaited, and `toJSON` is never called: what stands behind it is
 * private.
 */
export function describeObject(value: object, description: Description): Described | Members | undefined {
  const { showsValues, isField, most } = description;
  if (isDate(value)) return describeDate(value, showsValues);
  if (value instanceof Error) return partsOfError(value, description);
  const nameOf = (): string => (showsValues ? className(value) : knownClassName(value, isField));
  if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) {
    const bytes = bytesOf(value);
    const size = showsValues ? count(bytes, 'byte') : lengthClass(bytes, 'byte');
    return new Described(`<${nameOf()}, ${size}>`);
  }
  const entries = entriesOf(value);
  if (entries !== undefined) return fieldsOf(entries, most);
  const isOpaque =
    isBoxedPrimitive(value) ||
    isPromise(value) ||
    isRegExp(value) ||
    isWeakMap(value) ||
    isWeakSet(value) ||
    OPAQUE.some((member) => member in value) ||
    TAGGED.has(tagOf(value));
  return isOpaque ? new Described(`<${nameOf()}>`) : undefined;
}

/** Members of streams, promises, and of what hides behind `toJSON`. */
const OPAQUE = ['toJSON', 'then', 'pipe', 'getReader', 'getWriter', Symbol.asyncIterator];
/** Classes of the platform whose members are getters of their prototype. */
const TAGGED: ReadonlySet<string> = new Set(['Response', 'Request', 'Headers', 'FormData', 'Blob', 'File']);

function tagOf(value: object): string {
  return isProxy(value) ? '' : className(value);
}

function describeDate(value: Date, showsValues: boolean): Described {
  const time = Date.prototype.getTime.call(value);
  if (Number.isNaN(time)) return new Described('<invalid date>');
  return new Described(showsValues ? new Date(time).toISOString() : '<date>');
}

type Entries = Iterable<readonly [string, unknown]>;

/** The names and values of what the platform keeps them in, as its class gives them. */
function entriesOf(value: object): Entries | undefined {
  if (value instanceof URLSearchParams) return URLSearchParams.prototype.entries.call(value);
  // By its name first: asking for the classes themselves makes Node load all of `fetch`.
  const tag = tagOf(value);
  if (tag === 'Headers' && value instanceof Headers) return Headers.prototype.entries.call(value);
  if (tag === 'FormData' && value instanceof FormData) return FormData.prototype.entries.call(value);
  return undefined;
}

/** A name that comes twice has an array of values. */
function fieldsOf(entries: Entries, most: number): Members {
  const fields: Record<string, unknown> = {};
  const repeated = new Map<string, unknown[]>();
  const taken = take(entries, most + 1);
  for (const [name, value] of taken.slice(0, most)) {
    const values = repeated.get(name);
    if (values !== undefined) values.push(value);
    else if (Object.hasOwn(fields, name)) repeated.set(name, [fields[name], value]);
    else define(fields, name, value);
  }
  for (const [name, values] of repeated) define(fields, name, values);
  const names = Object.keys(fields).length;
  return new Members(fields, taken.length > most ? names + 1 : names);
}

/** The parts of an error, without its stack, which repeats the message. */
function partsOfError(error: Error, { showsValues, isField, most }: Description): Members {
  const name = showsValues ? className(error) : knownClassName(error, isField);
  return membersOfError(error, most, { name: new Described(name) }, ['message', 'cause', 'errors']);
}

/**
 * The parts of an error that are described already, then those of its own that are not enumerable, then its own fields.
 *
 * @param most fields that are read.
 * @param known names that are read whether they are enumerable or not.
 */
export function membersOfError(
  error: Error,
  most: number,
  described: Readonly<Record<string, unknown>>,
  known: readonly string[],
): Members {
  const parts: Record<string, unknown> = { ...described };
  for (const key of known) if (Object.hasOwn(error, key)) parts[key] = read(error, key);
  const { names, total } = firstNames(error, most);
  for (const key of names) {
    if (!Object.hasOwn(parts, key) && key !== 'stack') define(parts, key, read(error, key));
  }
  return new Members(parts, Object.keys(parts).length + total - names.length);
}
