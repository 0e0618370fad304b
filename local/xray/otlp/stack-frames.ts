import type { ExceptionData, StackFrame } from '../document.ts';

/** An exception as its language prints it, innermost frame first, and the one that caused it, if the text holds one. */
export type PrintedException = Pick<ExceptionData, 'message' | 'type' | 'stack' | 'truncated'>;

type Parser = (text: string) => readonly PrintedException[];

/** Node's own default is 10, Java's deepest stacks have about 1,000; more than anybody reads, and little to keep. */
const MAX_FRAMES = 250;

/** Longer chains of causes are a loop that somebody printed. */
const MAX_EXCEPTIONS = 20;

/** No frame that a runtime prints is longer; bounds what the patterns below have to look at. */
const MAX_LINE_LENGTH = 2_000;

/** By `telemetry.sdk.language`, as OpenTelemetry's semantic conventions list them. */
const PARSERS: ReadonlyMap<string, Parser> = new Map<string, Parser>([
  ['nodejs', parseJavaScript],
  ['webjs', parseJavaScript],
  ['javascript', parseJavaScript],
  ['python', parsePython],
  ['java', parseJava],
  // PHP's SDK prints exceptions as Java does.
  ['php', parseJava],
  ['dotnet', parseDotNet],
  ['go', parseGo],
]);

/**
 * Reads a printed stack trace: first the exception that was recorded, then each that caused the one before it. Of a
 * language that is not known, or a text that is none of its traces, there are no frames.
 *
 * @param language of the resource, `telemetry.sdk.language`
 */
export function parseStackTrace(text: string, language: string | undefined): readonly PrintedException[] {
  const parse = PARSERS.get(language ?? '') ?? PARSERS.get(guessLanguage(text));
  return (parse?.(text) ?? []).slice(0, MAX_EXCEPTIONS);
}

function guessLanguage(text: string): string {
  if (text.includes('Traceback (most recent call last)')) return 'python';
  if (/^goroutine \d+ /m.test(text)) return 'go';
  if (/^\tat /m.test(text)) return 'java';
  return /^ {4}at /m.test(text) ? 'nodejs' : '';
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.slice(0, MAX_LINE_LENGTH));
}

/**
 * V8's `at label (path:line:column)`, and the `label@path:line:column` of other browsers. What caused an error follows as
 * `[cause]: `, as Node prints it, or as `Caused by: `.
 */
function parseJavaScript(text: string): readonly PrintedException[] {
  const exceptions: Array<{ head: string | undefined; frames: StackFrame[] }> = [];
  let current = { head: undefined as string | undefined, frames: [] as StackFrame[] };
  exceptions.push(current);
  for (const printed of linesOf(text)) {
    // Node opens a brace behind the last frame of what has a cause.
    const line = printed.replace(/ \{$/, '');
    const cause = /^(?: *\[cause\]|Caused by): (.*)$/.exec(line)?.[1];
    if (cause !== undefined) exceptions.push((current = { head: cause, frames: [] }));
    else current.frames.push(...[readV8(line) ?? readGecko(line) ?? []].flat());
  }
  return exceptions.map(({ head, frames }) => ({
    // That of the exception itself is recorded beside its stack.
    ...(head !== undefined && typeAndMessage(head)),
    ...stackOf(frames),
  }));
}

function readV8(line: string): StackFrame | undefined {
  const call = /^\s+at (.+)$/.exec(line)?.[1];
  if (call === undefined) return undefined;
  const open = call.endsWith(')') ? call.indexOf(' (') : -1;
  return open === -1
    ? place(call.replace(/^async /, ''), '')
    : place(call.slice(open + 2, -1), call.slice(0, open));
}

function readGecko(line: string): StackFrame | undefined {
  const at = line.indexOf('@');
  const path = line.slice(at + 1);
  return at !== -1 && /:\d+:\d+$/.test(path) ? place(path, line.slice(0, at)) : undefined;
}

/** The path is everything before the line and the column: it may have colons of its own. */
function place(position: string, label: string): StackFrame {
  const [, path, line] = /^(.*?):(\d+)(?::\d+)?$/.exec(position) ?? [];
  return frame(path ?? position, line, label);
}

/**
 * Python prints what came first first: the innermost frame is the last line, and the exception that was recorded comes
 * after those that caused it.
 */
function parsePython(text: string): readonly PrintedException[] {
  const blocks = text.split(
    /\n\n(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):\n\n/,
  );
  return blocks.reverse().map((block) => {
    const lines = linesOf(block);
    const frames = lines.flatMap((line) => {
      const [, path = '', number, label = ''] = /^\s*File "(.*)", line (\d+)(?:, in (.*))?$/.exec(line) ?? [];
      return number === undefined ? [] : frame(path, number, label);
    });
    // What is indented belongs to a frame; the exception itself is not.
    const last = lines.findLastIndex((line) => /^\s/.test(line));
    const printed = lines.slice(last + 1).filter((line) => line !== '');
    return { ...typeAndMessage(printed.join('\n')), ...stackOf(frames.reverse()) };
  });
}

function parseJava(text: string): readonly PrintedException[] {
  const exceptions: Array<{ head: string; frames: StackFrame[]; truncated: number }> = [];
  let current = { head: '', frames: [] as StackFrame[], truncated: 0 };
  for (const [index, line] of linesOf(text).entries()) {
    const cause = /^Caused by: (.*)$/.exec(line)?.[1];
    if (index === 0 || cause !== undefined) {
      current = { head: cause ?? line, frames: [], truncated: 0 };
      exceptions.push(current);
      continue;
    }
    // What is indented further was suppressed, and is no cause.
    const [, call, position] = /^\tat ([^(]*)\((.*)\)$/.exec(line) ?? [];
    const omitted = /^\t\.\.\. (\d{1,6}) (?:more|common frames omitted)$/.exec(line)?.[1];
    if (call !== undefined && position !== undefined) {
      // In front of the class may stand its loader or module.
      current.frames.push(place(position, call.slice(call.lastIndexOf('/') + 1)));
    } else if (omitted !== undefined) {
      current.truncated += Number(omitted);
    } else if (current.frames.length === 0 && !/^\s+(?:at |\.\.\.)/.test(line)) {
      current.head += `\n${line}`;
    }
  }
  return exceptions.map(({ head, frames, truncated }) => ({
    ...typeAndMessage(head.trimEnd()),
    ...stackOf(frames, truncated),
  }));
}

function parseDotNet(text: string): readonly PrintedException[] {
  const frames = linesOf(text).flatMap((line) => {
    const call = /^\s*at (.+)$/.exec(line)?.[1];
    if (call === undefined) return [];
    const end = call.indexOf(') in ');
    const [, path, number] = /^(.+):line (\d+)$/.exec(end === -1 ? '' : call.slice(end + 5)) ?? [];
    return path === undefined ? frame('', undefined, call) : frame(path, number, call.slice(0, end + 1));
  });
  return [stackOf(frames)];
}

/** A line with the function, and one with its place: `\t/app/main.go:17 +0x1d`. */
function parseGo(text: string): readonly PrintedException[] {
  const lines = linesOf(text);
  const frames = lines.flatMap((line, index) => {
    const [, path = '', number] = /^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?$/.exec(line) ?? [];
    return number === undefined
      ? []
      : frame(path, number, (lines[index - 1] ?? '').replace(/\([^()]*\)$/, ''));
  });
  return [stackOf(frames)];
}

/** `Type: message`, as Python and Java print it. */
function typeAndMessage(printed: string): Pick<PrintedException, 'type' | 'message'> {
  const colon = printed.search(/:(?:\s|$)/);
  const type = colon === -1 ? printed : printed.slice(0, colon);
  const message = colon === -1 ? '' : printed.slice(colon + 1).trim();
  return { ...(type !== '' && { type }), ...(message !== '' && { message }) };
}

function stackOf(frames: readonly StackFrame[], omitted = 0): Pick<PrintedException, 'stack' | 'truncated'> {
  const truncated = omitted + Math.max(0, frames.length - MAX_FRAMES);
  return {
    ...(frames.length > 0 && { stack: frames.slice(0, MAX_FRAMES) }),
    ...(truncated > 0 && { truncated }),
  };
}

function frame(path: string, line: string | undefined, label: string): StackFrame {
  return {
    ...(path !== '' && { path }),
    ...(line !== undefined && { line: Number(line) }),
    ...(label !== '' && { label }),
  };
}
