import { LOG_LEVELS } from '../logs/log-line.ts';
import type { LogLevel } from '../logs/log-line.ts';
import type { EntityStatus } from '../xray/trace.ts';
import type { Command } from './command.ts';
import {
  EXIT,
  FIND_OPTIONS,
  INSTANCE_HELP,
  INSTANCE_OPTIONS,
  instanceFrom,
  paint,
  readArguments,
  readCount,
  readTimes,
  say,
} from './command.ts';
import { logText } from './log-text.ts';

const DEFAULT_LIMIT = 100;
/** As many as Lantern keeps. */
const MAX_LIMIT = 100_000;

export const logs: Command = {
  help: `Usage: lambda-lantern logs [options]

Finds log lines of the functions, the newest, and writes them in the order in which they came.

Options
  --correlation-id <id>  those of one business request, through all functions
  --trace <id>           those of one trace
  --request <id>         those of one invocation
  --function <key>       those of one function, by its key in serverless.yml
  --level <level>        those of this level and above: ${LOG_LEVELS.join(', ')}
  --text <words>         those in which all of these words occur
  --no-platform          without what Lambda itself writes: START, END, REPORT
  --limit <n>            so many at most (${DEFAULT_LIMIT})
  --last <time>          those of the last 15m, 2h, 1d
  --from, --to           those of a time: 2026-11-30T14:05:00Z, or seconds or milliseconds since 1970
  --json                 { "lines": […], "hasMore": false } on one line
${INSTANCE_HELP}

Exit code: 0 when a line was found, 2 when none was, 1 when it could not be asked for.
`,
  async run(args) {
    const { values } = readArguments(args, {
      ...INSTANCE_OPTIONS,
      ...FIND_OPTIONS,
      'correlation-id': { type: 'string' },
      trace: { type: 'string' },
      request: { type: 'string' },
      function: { type: 'string' },
      level: { type: 'string' },
      text: { type: 'string' },
      'no-platform': { type: 'boolean' },
    });
    const limit = readCount('limit', values.limit, DEFAULT_LIMIT, MAX_LIMIT);
    const found = await instanceFrom(values).logs({
      ...readTimes(values),
      correlation: values['correlation-id'],
      trace: values.trace,
      request: values.request,
      function: values.function,
      level: values.level,
      text: values.text,
      platform: values['no-platform'] === true ? 'off' : undefined,
      limit,
    });
    if (values.json === true) say(JSON.stringify(found));
    else {
      for (const line of found.lines) say(logText(line, paintLevel));
      if (found.hasMore)
        process.stderr.write(`There are older ones; --limit ${limit * 2} shows more of them.\n`);
      if (found.lines.length === 0) process.stderr.write('No log line was found.\n');
    }
    return found.lines.length > 0 ? EXIT.found : EXIT.nothing;
  },
};

const STATUSES: Partial<Record<LogLevel, EntityStatus>> = { FATAL: 'fault', ERROR: 'fault', WARN: 'error' };

function paintLevel(text: string, level: LogLevel): string {
  const status = STATUSES[level];
  return status === undefined ? text : paint(text, status);
}
