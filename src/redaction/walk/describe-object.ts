import { types } from 'node:util';
import { count } from '../texts/labels.ts';
import { className, Described } from './described.ts';
import { read } from './members.ts';

/** What an object is when it is more than its keys: an error with its parts, or something without keys to show. */
export type ObjectParts = Described | { readonly fields: Readonly<Record<string, unknown>> };

/**
 * The parts of an object that is neither plain nor a collection, or `undefined` when its own keys are all there is.
 * Streams and bodies are never read, promises never awaited, and `toJSON` is never called: what stands behind it is
 * private.
 */
export function describeObject(value: object, showsValues: boolean): ObjectParts | undefined {
  if (types.isDate(value)) return describeDate(value, showsValues);
  if (value instanceof Error) return { fields: partsOfError(value) };
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return new Described(`<${className(value)}, ${count(value.byteLength, 'byte')}>`);
  }
  const isOpaque =
    types.isBoxedPrimitive(value) ||
    types.isPromise(value) ||
    types.isRegExp(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    OPAQUE.some((member) => member in value) ||
    TAGGED.has(tagOf(value));
  return isOpaque ? new Described(`<${className(value)}>`) : undefined;
}

/** Members of streams, promises, and of what hides behind `toJSON`. */
const OPAQUE = ['toJSON', 'then', 'pipe', 'getReader', 'getWriter', Symbol.asyncIterator];
/** Classes of the platform whose members are getters of their prototype. */
const TAGGED: ReadonlySet<string> = new Set([
  'Response',
  'Request',
  'Headers',
  'FormData',
  'Blob',
  'File',
  'URLSearchParams',
]);

function tagOf(value: object): string {
  return types.isProxy(value) ? '' : className(value);
}

function describeDate(value: Date, showsValues: boolean): Described {
  const time = Date.prototype.getTime.call(value);
  if (Number.isNaN(time)) return new Described('<invalid date>');
  return new Described(showsValues ? new Date(time).toISOString() : '<date>');
}

function partsOfError(error: Error): Record<string, unknown> {
  const parts: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  parts.name = new Described(className(error));
  // Own keys that are not enumerable; the stack is left out, because it repeats the message.
  for (const key of ['message', 'cause', 'errors']) {
    if (Object.hasOwn(error, key)) parts[key] = read(error, key);
  }
  for (const key of Object.keys(error)) {
    if (!(key in parts) && key !== 'stack') parts[key] = read(error, key);
  }
  return parts;
}
