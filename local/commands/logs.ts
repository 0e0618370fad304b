import { interrupted } from '../interrupted.ts';
import { LOG_LEVELS } from '../logs/log-line.ts';
import type { LogLevel, LogLine } from '../logs/log-line.ts';
import type { LogQuestion, RunningInstance } from '../running-instance.ts';
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

Finds log lines of the functions, the newest, and writes them in the order in which they came; with --follow, also those that
come from then on, until it is interrupted.

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
  --follow               goes on with the lines that come; --to and it exclude each other
  --json                 { "lines": […], "hasMore": false } on one line; with --follow, a line of the log on each
${INSTANCE_HELP}

Exit code: 0 when a line was found, 2 when none was, 1 when it could not be asked for. With --follow: 0 when it was interrupted,
1 when nothing runs there, or what runs there ends.
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
      follow: { type: 'boolean' },
    });
    const limit = readCount('limit', values.limit, DEFAULT_LIMIT, MAX_LIMIT);
    const instance = instanceFrom(values);
    const question = {
      ...readTimes(values),
      correlation: values['correlation-id'],
      trace: values.trace,
      request: values.request,
      function: values.function,
      level: values.level,
      text: values.text,
      platform: values['no-platform'] === true ? 'off' : undefined,
    } as const;
    if (values.follow === true) {
      if (values.to !== undefined) throw new Error('Expected --follow, which has no end, or --to; got both.');
      const tell = (line: LogLine): void =>
        say(values.json === true ? JSON.stringify(line) : logText(line, paintLevel));
      await follow(instance, question, limit, tell);
      return EXIT.found;
    }
    const { lines, hasMore } = await instance.logs({ ...question, limit });
    if (values.json === true) say(JSON.stringify({ lines, hasMore }));
    else {
      for (const line of lines) say(logText(line, paintLevel));
      if (hasMore) process.stderr.write(`There are older ones; --limit ${limit * 2} shows more of them.\n`);
      if (lines.length === 0) process.stderr.write('No log line was found.\n');
    }
    return lines.length > 0 ? EXIT.found : EXIT.nothing;
  },
};

type FollowedLines = Omit<LogQuestion, 'limit' | 'after'>;

/** Tells of the newest lines there are, so many at most, and then of each that comes, until the program is interrupted. */
async function follow(
  instance: RunningInstance,
  question: FollowedLines,
  limit: number,
  tell: (line: LogLine) => void,
): Promise<void> {
  const ending = new AbortController();
  void interrupted().then(() => ending.abort());
  let isConnected = (): void => undefined;
  const connected = new Promise<void>((resolve) => (isConnected = resolve));
  const events = instance.events(ending.signal, isConnected);
  // Events wait in the connection while lines are read, so none that comes meanwhile is missed.
  const first = events.next();
  // It is awaited below, unless reading fails before.
  first.catch(() => undefined);
  await Promise.race([connected, first]);
  const lines = new NewLines(instance, question);
  for (const line of (await lines.read()).slice(-limit)) tell(line);
  process.stderr.write(`Following ${instance.url}. Ctrl-C ends it.\n`);
  for (let event = await first; event.done !== true; event = await events.next()) {
    if (event.value.name === 'logs') (await lines.read()).forEach(tell);
  }
}

/** Reads what is found now and was not before. */
class NewLines {
  readonly #instance: RunningInstance;
  readonly #question: FollowedLines;
  /** A line may say to which request those before it belong: what was not of it is of it then, however old it is. */
  readonly #mayBeOlder: boolean;
  #newest: number | undefined;
  #read: ReadonlySet<number> = new Set();

  constructor(instance: RunningInstance, question: FollowedLines) {
    this.#instance = instance;
    this.#question = question;
    this.#mayBeOlder = question.correlation !== undefined || question.trace !== undefined;
  }

  async read(): Promise<readonly LogLine[]> {
    const after = this.#mayBeOlder ? undefined : this.#newest;
    const found = await this.#instance.logs({ ...this.#question, after, limit: MAX_LIMIT });
    const lines = found.lines.filter(({ id }) => !this.#read.has(id));
    this.#newest = found.newest;
    if (this.#mayBeOlder) this.#read = new Set(found.lines.map(({ id }) => id));
    return lines;
  }
}

const STATUSES: Partial<Record<LogLevel, EntityStatus>> = { FATAL: 'fault', ERROR: 'fault', WARN: 'error' };

function paintLevel(text: string, level: LogLevel): string {
  const status = STATUSES[level];
  return status === undefined ? text : paint(text, status);
}
