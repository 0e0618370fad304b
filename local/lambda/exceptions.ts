import { fileURLToPath } from 'node:url';
import type { ExceptionData, StackFrame } from '../xray/document.ts';
import type { FunctionError } from './function-error.ts';
import { MAX_EXCEPTION_MESSAGE, MAX_STACK_FRAMES } from './limits.ts';

/** A function's error as an X-Ray exception, with the stack that V8 wrote taken apart. */
export function exceptionOf(error: FunctionError, id: string): ExceptionData {
  const frames = (error.trace ?? []).flatMap(parseStackLine);
  const truncated = frames.length - MAX_STACK_FRAMES;
  return {
    id,
    type: error.errorType,
    message: error.errorMessage.slice(0, MAX_EXCEPTION_MESSAGE),
    ...(frames.length > 0 && { stack: frames.slice(0, MAX_STACK_FRAMES) }),
    ...(truncated > 0 && { truncated }),
  };
}

/** `at label (path:line:column)` or `at path:line:column`. */
const STACK_LINE = /^\s*at (?:(?<label>.*?) \()?(?<path>.+?):(?<line>\d+):\d+\)?$/;

function parseStackLine(text: string): StackFrame[] {
  const { label, path, line } = STACK_LINE.exec(text)?.groups ?? {};
  if (path === undefined) return [];
  const isAsync = label === undefined && path.startsWith('async ');
  return [
    {
      path: plainPath(isAsync ? path.slice('async '.length) : path),
      line: Number(line),
      label: label ?? 'anonymous',
    },
  ];
}

function plainPath(path: string): string {
  try {
    return path.startsWith('file://') ? fileURLToPath(path) : path;
  } catch {
    return path;
  }
}
