import type { LogLevel, LogLine } from '../logs/log-line.ts';
import { printable } from '../printable.ts';

/** The longest levels have five letters. */
const LEVEL_WIDTH = 5;

/**
 * A log line as text: when, which function, how important, and what it says. Further lines of it, such as those of a stack, stand
 * below, further in.
 *
 * @param paint colours what is of that level.
 */
export function logText(
  { time, functionKey, level, message }: LogLine,
  paint: (text: string, level: LogLevel) => string = (text) => text,
): string {
  const shown = (level ?? '').padEnd(LEVEL_WIDTH);
  const cells = [
    new Date(time).toISOString(),
    printable(functionKey),
    level === undefined ? shown : paint(shown, level),
    printable(message.trimEnd()).replaceAll('\n', '\n    '),
  ];
  return cells.join('  ');
}
