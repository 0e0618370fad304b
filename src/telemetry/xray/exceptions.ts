import { randomBytes } from 'node:crypto';

/** An exception as X-Ray's `cause.exceptions` holds it. */
export interface XRayException {
  readonly id: string;
  readonly type: string;
  readonly message: string;
  readonly remote?: boolean;
  /** Id of the exception that caused this one. */
  readonly cause?: string;
  readonly stack: readonly StackFrame[];
}

interface StackFrame {
  readonly path: string;
  readonly line: number;
  readonly label: string;
}

/** Enough to find the place; the rest is the runtime's own. */
const MAX_STACK_FRAMES = 25;

/** A chain of causes longer than this is a loop or a mistake. */
const MAX_CAUSES = 8;

const FRAME = /^\s*at (?:(?<label>.+?) \()?(?<path>[^()]+?):(?<line>\d+):\d+\)?$/;

/** Describes what was thrown, and the chain of causes behind it, outermost first. */
export function describeException(thrown: unknown, remote: boolean): XRayException[] {
  const chain: unknown[] = [];
  for (let next = thrown; next !== undefined && next !== null && chain.length < MAX_CAUSES;) {
    if (chain.includes(next)) break;
    chain.push(next);
    next = typeof next === 'object' && 'cause' in next ? next.cause : undefined;
  }
  if (chain.length === 0) chain.push(thrown);
  const ids = chain.map(() => randomBytes(8).toString('hex'));
  return chain.map((error, index) => {
    const cause = ids[index + 1];
    return {
      id: ids[index] as string,
      type: typeOf(error),
      message: messageOf(error),
      ...(remote && { remote }),
      ...(cause !== undefined && { cause }),
      stack: stackOf(error),
    };
  });
}

function typeOf(error: unknown): string {
  if (error instanceof Error) return error.name;
  return error === null ? 'null' : typeof error;
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error === 'string') return error;
  return 'A value that is not an Error was thrown';
}

function stackOf(error: unknown): StackFrame[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const frames: StackFrame[] = [];
  for (const line of error.stack.split('\n')) {
    const groups = FRAME.exec(line)?.groups;
    // Frames of Node itself say nothing about the service.
    if (groups?.path === undefined || groups.path.startsWith('node:')) continue;
    frames.push({ path: groups.path, line: Number(groups.line), label: groups.label ?? 'anonymous' });
    if (frames.length === MAX_STACK_FRAMES) break;
  }
  return frames;
}
