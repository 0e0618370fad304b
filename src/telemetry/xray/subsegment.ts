import type { StackFrame } from '../describe-exception.ts';
import { invalidNameCharacters, MAX_NAME_LENGTH } from './limits.ts';
import { OWN_NAMESPACE } from '../own-names.ts';
import type { AnnotationValue, CallData } from '../tracer.ts';

/** An exception as X-Ray's `cause.exceptions` holds it. */
export interface XRayException {
  readonly id: string;
  readonly type: string;
  readonly message?: string;
  readonly remote?: boolean;
  /** Id of the exception that caused this one. */
  readonly cause?: string;
  readonly stack: readonly StackFrame[];
}

/**
 * A subsegment, with the names of X-Ray's documents: it is written as it stands, less what a document says that travels alone. What the X-Ray SDK makes below one of ours
 * has these fields too, and others that {@link fitDocument} knows.
 */
export interface Subsegment {
  readonly id: string;
  readonly name: string;
  /** Seconds since 1970, as all times. */
  readonly start_time: number;
  end_time?: number;
  in_progress?: boolean | undefined;
  namespace?: 'aws' | 'remote';
  annotations?: Record<string, AnnotationValue>;
  metadata?: Record<string, Record<string, unknown>>;
  http?: CallData['http'];
  aws?: CallData['aws'];
  traced?: boolean;
  error?: boolean;
  throttle?: boolean;
  fault?: boolean;
  cause?: string | { readonly working_directory?: string; readonly exceptions?: readonly XRayException[] };
}

/** Opens a subsegment. X-Ray refuses a document whose name holds other characters. */
export function open(id: string, name: string): Subsegment {
  return { id, name: validName(name), start_time: Date.now() / 1000, in_progress: true };
}

const ORDINARY_NAME = /^[\w.:/%&#=+\\\-@ ]+$/;

function validName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH && ORDINARY_NAME.test(name)) return name;
  // In this order, because a cut may leave half of a character, which is no valid one.
  const valid = name.slice(0, MAX_NAME_LENGTH).replaceAll(invalidNameCharacters(), '_');
  return valid === '' ? 'unnamed' : valid;
}

/** Adds what is shown but not searched. */
export function addMetadata(subsegment: Subsegment, namespace: string, key: string, value: unknown): void {
  const all = (subsegment.metadata ??= {});
  const known = Object.hasOwn(all, namespace) ? all[namespace] : undefined;
  // Names are of the service, which may call something `__proto__`.
  if (known === undefined) define(all, namespace, { [key]: value });
  else define(known, key, value);
}

function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Closes a subsegment; one that was closed early is complete now. */
export function close(subsegment: Subsegment): void {
  const own = subsegment.metadata?.[OWN_NAMESPACE];
  if (own?.unfinished !== undefined) delete own.unfinished;
  subsegment.end_time = Date.now() / 1000;
  // Not deleted: JSON shows neither, and an object that has lost a member is written far more slowly.
  subsegment.in_progress = undefined;
}

/** Closes what is still open when the invocation ends, marked as such. */
export function closeEarly(subsegment: Subsegment): void {
  close(subsegment);
  addMetadata(subsegment, OWN_NAMESPACE, 'unfinished', 'closed together with the invocation');
}
