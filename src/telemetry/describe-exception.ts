import type { TextGuard } from '../redaction/text-guard.ts';
import { read } from '../redaction/walk/members.ts';
import { withoutOwnFrames } from './own-frames.ts';

/** What was thrown, or is behind it, safe to show. */
export interface DescribedException {
  readonly type: string;
  readonly message?: string;
  /** Place in the list of the exception that caused this one. */
  readonly cause?: number;
  readonly stack: readonly StackFrame[];
}

/** Innermost first, as a stack is printed. */
export interface StackFrame {
  readonly path: string;
  readonly line: number;
  readonly label: string;
}

/**
 * How much of an error may be shown: `full` its message and stack, `location` only its type and where it was thrown,
 * because messages often repeat what a customer sent.
 */
export type ExceptionDetail = 'full' | 'location';

/** `location` where `POWERTOOLS_TRACER_CAPTURE_ERROR` is `false`, else `full`. */
export function defaultExceptionDetail(): ExceptionDetail {
  return process.env.POWERTOOLS_TRACER_CAPTURE_ERROR?.trim().toLowerCase() === 'false' ? 'location' : 'full';
}

/** Enough to find the place; the rest is the runtime's own. */
const MAX_STACK_FRAMES = 25;

/** Exceptions of one failure: a longer chain of causes is a loop or a mistake. */
const MAX_EXCEPTIONS = 16;

const TYPE_NAME = /^[A-Za-z_$][\w$.]{0,127}$/;

const FRAME = /^\s*at (?:(?<label>.+?) \()?(?<path>[^()]+?):(?<line>\d+):\d+\)?$/;

/**
 * Describes what was thrown and what is behind it (`cause`, and `errors` such as those of an AggregateError), outermost first. Every
 * text passes `texts`; other fields of an error are not shown.
 */
export function describeException(
  thrown: unknown,
  options: {
    readonly detail: ExceptionDetail;
    readonly texts: TextGuard;
  },
): DescribedException[] {
  const { texts } = options;
  const described: DescribedException[] = [];
  const seen = new Set<unknown>();
  const describe = (error: unknown): number | undefined => {
    if (seen.has(error) || described.length + 1 > MAX_EXCEPTIONS) return undefined;
    seen.add(error);
    const at = described.length;
    // Its place is taken first, so that causes come after what they caused.
    const name = typeOf(error);
    // Programs name their classes; a name that no class can have is a text.
    const type = TYPE_NAME.test(name) ? texts.text(name) : texts.message(name);
    described.push({ type, stack: [] });
    const [first, ...others] = causesOf(error);
    const cause = first === undefined ? undefined : describe(first);
    for (const other of others) describe(other);
    described[at] = {
      type,
      ...(options.detail === 'full' && { message: texts.message(messageOf(error)) }),
      ...(cause !== undefined && { cause }),
      stack: stackOf(error, options.detail === 'full' ? MAX_STACK_FRAMES : 1, texts),
    };
    return at;
  };
  describe(thrown);
  return described;
}

/** Errors only: other things are attached as a cause too, to be read by programs, and say nothing here. */
function causesOf(error: unknown): unknown[] {
  if (!isError(error)) return [];
  const behind = read(error, 'errors');
  return [read(error, 'cause'), ...(Array.isArray(behind) ? (behind as unknown[]) : [])].filter(isError);
}

function typeOf(error: unknown): string {
  if (!isError(error)) return error === null ? 'null' : typeof error;
  const name = read(error, 'name');
  return typeof name === 'string' ? name : 'Error';
}

function messageOf(error: unknown): string {
  // Its type says what a message is; whoever throws may not know.
  const message = isError(error) ? read(error, 'message') : error;
  if (typeof message === 'string') return message;
  return isError(error) ? 'A message that is not a text' : 'A value that is not an Error was thrown';
}

function stackOf(error: unknown, most: number, texts: TextGuard): StackFrame[] {
  const stack = isError(error) ? read(error, 'stack') : undefined;
  if (typeof stack !== 'string') return [];
  const frames: StackFrame[] = [];
  for (const line of withoutOwnFrames(stack).split('\n')) {
    const groups = FRAME.exec(line)?.groups;
    // Frames of Node itself say nothing about the service.
    if (groups?.path === undefined || groups.path.startsWith('node:')) continue;
    const label = groups.label === undefined ? 'anonymous' : texts.text(groups.label);
    frames.push({ path: texts.text(groups.path), line: Number(groups.line), label });
    if (frames.length === most) break;
  }
  return frames;
}

/** Of this realm or another, such as a test's. A proxy may throw even when it is asked what it is. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
}
