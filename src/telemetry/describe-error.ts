import { membersOfError } from '../redaction/walk/describe-object.ts';
import { className, Described } from '../redaction/walk/described.ts';
import type { Members } from '../redaction/walk/described.ts';
import { read } from '../redaction/walk/members.ts';
import type { TextGuard } from '../redaction/text-guard.ts';
import { withoutOwnFrames } from './own-frames.ts';

/** What Powertools calls the first place of a stack: `(file:line:column)`. */
const LOCATION = /\(([^()\n]*):(\d+):\d+\)$/m;
const FIRST_FRAME = /^[ \t]{1,16}at /m;
/** Characters of a stack that are read; Node keeps ten frames. */
const STACK_LENGTH = 65_536;
/** Development mode of Powertools: a stack is a list of lines. */
const DEVELOPMENT = /^(?:1|y|yes|t|true|on)$/i;

/**
 * An error as Powertools writes it, `name`, `location`, `message`, `stack`, `cause` and its own fields. Its texts are
 * masked, and safe to show as they stand here; everything else of it, errors too, is left to the walk. Whatever the error
 * is, this does not throw.
 *
 * @param most own fields that are read.
 */
export function describeError(error: Error, texts: TextGuard, most: number): Members {
  const described: Record<string, unknown> = {};
  const message = textOf(read(error, 'message'));
  const name = textOf(read(error, 'name')) ?? className(error);
  const given = textOf(read(error, 'stack'))?.slice(0, STACK_LENGTH).toWellFormed();
  const stack = given === undefined ? undefined : withoutOwnFrames(given);
  described.name = new Described(texts.text(name));
  const place = LOCATION.exec(stack ?? '');
  described.location = new Described(place === null ? '' : `${texts.text(place[1] ?? '')}:${place[2] ?? ''}`);
  described.message = message === undefined ? read(error, 'message') : new Described(texts.message(message));
  if (stack !== undefined) described.stack = stackOf(stack, name, message, texts);
  for (const key of ['cause', 'errors']) if (key in error) described[key] = read(error, key);
  return membersOfError(error, most, described, []);
}

/** The frames of a stack below the masked name and message, which it begins with. */
function stackOf(stack: string, name: string, message: string | undefined, texts: TextGuard): unknown {
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
