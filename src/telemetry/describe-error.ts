import { className, Described } from '../redaction/walk/described.ts';
import { define, read } from '../redaction/walk/members.ts';
import type { TextGuard } from '../redaction/text-guard.ts';
import { withoutOwnFrames } from './own-frames.ts';

/** A longer chain of causes is a loop or a mistake. */
const MOST_CAUSES = 16;
/** Errors of an AggregateError that are described with their stacks. */
const MOST_ERRORS = 10;
/** What Powertools calls the first place of a stack: `(file:line:column)`. */
const LOCATION = /\(([^()\n]*):(\d+):\d+\)$/m;
const FIRST_FRAME = /^[ \t]{1,16}at /m;
/** Characters of a stack that are read; Node keeps ten frames. */
const STACK_LENGTH = 65_536;
/** Development mode of Powertools: a stack is a list of lines. */
const DEVELOPMENT = /^(?:1|y|yes|t|true|on)$/i;

/** The words of an error are safe to show as they stand here; everything else of it is left to the policy. */
type DescribedError = Record<string, unknown>;

/**
 * An error as Powertools writes it, `name`, `location`, `message`, `stack`, `cause` and its own fields, with its texts
 * masked. Whatever the error is, this does not throw.
 */
export function describeError(error: Error, texts: TextGuard): DescribedError {
  const seen = new Set<unknown>();
  const describe = (value: unknown): unknown => {
    if (!(value instanceof Error) || seen.size >= MOST_CAUSES) return value;
    if (seen.has(value)) return new Described('<circular>');
    seen.add(value);
    return partsOf(value, texts, describe);
  };
  return describe(error) as DescribedError;
}

function partsOf(error: Error, texts: TextGuard, describe: (value: unknown) => unknown): DescribedError {
  const parts: DescribedError = {};
  const message = textOf(read(error, 'message'));
  const name = textOf(read(error, 'name')) ?? className(error);
  const given = textOf(read(error, 'stack'))?.slice(0, STACK_LENGTH).toWellFormed();
  const stack = given === undefined ? undefined : withoutOwnFrames(given);
  parts.name = new Described(texts.text(name));
  const place = LOCATION.exec(stack ?? '');
  parts.location = new Described(place === null ? '' : `${texts.text(place[1] ?? '')}:${place[2] ?? ''}`);
  parts.message = message === undefined ? read(error, 'message') : new Described(texts.message(message));
  if (stack !== undefined) parts.stack = described(stack, name, message, texts);
  if ('cause' in error) parts.cause = describe(read(error, 'cause'));
  if ('errors' in error) {
    const errors = read(error, 'errors');
    parts.errors = Array.isArray(errors)
      ? (errors as unknown[]).map((each, at) => (at < MOST_ERRORS ? describe(each) : each))
      : errors;
  }
  for (const key of Object.keys(error)) {
    if (!(key in parts) && key !== 'stack') define(parts, key, read(error, key));
  }
  return parts;
}

/** The frames of a stack below the masked name and message, which it begins with. */
function described(stack: string, name: string, message: string | undefined, texts: TextGuard): unknown {
  const start = stack.search(FIRST_FRAME);
  const frames = start < 0 ? '' : texts.text(stack.slice(start));
  // What it begins with was made when the error was, and may name another class since.
  const given = start < 0 ? stack : stack.slice(0, Math.max(0, start - 1));
  const isClean = texts.message(given) === given;
  const isNamed = message === undefined || message === '';
  const head = isClean ? given : isNamed ? name : `${name}: ${message}`;
  const shown = frames === '' ? texts.message(head) : `${texts.message(head)}\n${frames}`;
  return DEVELOPMENT.test(process.env.POWERTOOLS_DEV ?? '')
    ? shown.split('\n').map((line) => new Described(line))
    : new Described(shown);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
