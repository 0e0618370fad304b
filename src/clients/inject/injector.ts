import { copyWith } from '../../copy-with.ts';
import type { SizeLimits } from './size-limits.ts';
import { staysWithin } from './size-limits.ts';

/** What an {@link Injector} made of an input. */
export interface Injected {
  /** A copy with the id in it, or the caller's own input where there is nothing to add. */
  readonly input: object;
  /** Why messages are sent without the id: one reason for each such message. */
  readonly leftOut: readonly LeftOut[];
}

/** Adds the correlation id to the input of one AWS SDK command. Never changes the input itself. */
export type Injector = (input: Fields, correlationId: string) => Injected;

/** The input of a command, or one message in it: read field by field, because callers of JavaScript send anything. */
export type Fields = Readonly<Record<string, unknown>>;

/** Why a message is sent without the id, as it stands in the warning. */
export const LEFT_OUT = {
  attributes: 'a message has no room for one more attribute',
  copy: 'a message of a class with getters cannot be copied',
  size: 'a message would grow beyond its size limit',
  idempotent:
    'the caller named the request so that it can be repeated, and with another id it would not be the same request',
} as const;

export type LeftOut = (typeof LEFT_OUT)[keyof typeof LEFT_OUT];

/** The input as it is; with a reason where it should have carried the id. */
export function unchanged(input: object, ...leftOut: readonly LeftOut[]): Injected {
  return { input, leftOut };
}

/** How messages of one kind carry the id. */
export interface Messages {
  readonly limits: SizeLimits;
  /** The bytes of a message that count against the limits. */
  readonly size: (message: Fields) => number;
  /** A copy that carries the id, the message itself where it stays as it is, or why it has no room. */
  readonly withId: (message: Fields, correlationId: string) => Fields | LeftOut;
}

/** The input with one member replaced, or as it is where it cannot be copied. */
export function withMember(
  input: Fields,
  field: string,
  value: unknown,
  leftOut: readonly LeftOut[],
): Injected {
  const copy = copyWith(input, { [field]: value });
  return copy === undefined ? unchanged(input, LEFT_OUT.copy) : { input: copy, leftOut };
}

/** An injector for a command whose input is one message. */
export function injectOne(messages: Messages): Injector {
  return (input, correlationId) => {
    const { carrying, leftOut } = carry([input], messages, correlationId);
    return { input: carrying[0] ?? input, leftOut };
  };
}

/** An injector for a command whose input holds a list of messages under `field`. */
export function injectEach(field: string, messages: Messages): Injector {
  return (input, correlationId) => {
    const entries = input[field];
    if (!Array.isArray(entries)) return unchanged(input);
    const { carrying, leftOut } = carry(entries as Fields[], messages, correlationId);
    return withMember(input, field, carrying, leftOut);
  };
}

function carry(
  entries: readonly Fields[],
  { limits, size, withId }: Messages,
  correlationId: string,
): { carrying: Fields[]; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  let together = entries.reduce((sum, entry) => sum + size(entry), 0);
  const carrying = entries.map((entry) => {
    const message = withId(entry, correlationId);
    if (typeof message === 'string') {
      leftOut.push(message);
      return entry;
    }
    if (message === entry) return entry;
    const before = size(entry);
    const after = size(message);
    const togetherAfter = together + after - before;
    if (!staysWithin(limits.each, before, after) || !staysWithin(limits.together, together, togetherAfter)) {
      leftOut.push(LEFT_OUT.size);
      return entry;
    }
    together = togetherAfter;
    return message;
  });
  return { carrying, leftOut };
}
