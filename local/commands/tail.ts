import type { AlarmSummary } from '../cloudwatch/view.ts';
import { interrupted } from '../interrupted.ts';
import { messageOf } from '../message-of.ts';
import { printableLine } from '../printable.ts';
import type { RunningInstance } from '../running-instance.ts';
import type { Losses, TraceSummary } from '../xray/trace.ts';
import type { Command } from './command.ts';
import {
  EXIT,
  INSTANCE_HELP,
  INSTANCE_OPTIONS,
  instanceFrom,
  paint,
  readArguments,
  readSpan,
  say,
} from './command.ts';
import { summaryLine } from './summary-line.ts';

/** A trace of which nothing came for so long is told: its parts arrive one after the other. */
const QUIET_MS = 700;
/** The same for one that has not ended, or of which something is missing. */
const QUIET_PARTIAL_MS = 5000;

/** Of so many traces it is known how they were told; one that changes after as many others is told again. */
const MAX_REMEMBERED = 10_000;

export const tail: Command = {
  help: `Usage: lambda-lantern tail [options]

Tells traces, alarms and losses of a running Lantern as they come, a line for each, until it is interrupted. A trace is told
once it is quiet, and again when it ends differently than was told.

Options
  --failed         traces with an error, a throttle or a fault
  --slow <time>    traces that took 500ms, 1.5s, ...; with --failed, those too
  --filter <expr>  of these, traces that a filter expression finds
  --json           an object on each line: { "event": "trace" | "alarm" | "losses", ... }
${INSTANCE_HELP}

Exit code: 0 when it was interrupted, 1 when nothing runs there, or what runs there ends.
`,
  async run(args) {
    const { values } = readArguments(args, {
      ...INSTANCE_OPTIONS,
      failed: { type: 'boolean' },
      slow: { type: 'string' },
      filter: { type: 'string' },
    });
    const slowMs = values.slow === undefined ? undefined : readSpan('slow', values.slow);
    const { failed = false, filter } = values;
    const instance = instanceFrom(values);
    // A filter that cannot be read is refused now, and not when the first trace comes.
    if (filter !== undefined) await instance.traces({ filter, limit: 1 });
    const wanted = (summary: TraceSummary): boolean => isWanted(summary, failed, slowMs);
    await follow(instance, values.json === true ? JSON_LINES : LINES, wanted, filter);
    return EXIT.found;
  },
};

function isWanted({ status, duration }: TraceSummary, failed: boolean, slowMs: number | undefined): boolean {
  if (!failed && slowMs === undefined) return true;
  return (
    (failed && ['fault', 'throttle', 'error'].includes(status)) ||
    (slowMs !== undefined && duration * 1000 >= slowMs)
  );
}

/** How what comes is written. */
interface Voice {
  trace(summary: TraceSummary): void;
  alarm(alarm: AlarmSummary, before: string | undefined): void;
  losses(losses: Losses): void;
}

const LINES: Voice = {
  trace: (summary) => say(summaryLine(summary, paint)),
  alarm: ({ name, state, reason }, before) => {
    const change = before === undefined ? state : `${before} -> ${state}`;
    say(printableLine(`alarm  ${name}  ${change}  ${reason}`));
  },
  losses: (losses) => say(printableLine(`not everything is kept  ${JSON.stringify(losses)}`)),
};

const JSON_LINES: Voice = {
  trace: (summary) => say(JSON.stringify({ event: 'trace', ...summary })),
  alarm: (alarm, before) =>
    say(JSON.stringify({ event: 'alarm', ...alarm, ...(before !== undefined && { before }) })),
  losses: (losses) => say(JSON.stringify({ event: 'losses', ...losses })),
};

async function follow(
  instance: RunningInstance,
  voice: Voice,
  wanted: (summary: TraceSummary) => boolean,
  filter: string | undefined,
): Promise<void> {
  const ending = new AbortController();
  void interrupted().then(() => ending.abort());
  const states = new Map((await instance.alarms()).alarms.map(({ name, state }) => [name, state]));
  const traces = new QuietTraces(async (summary) => {
    if (filter !== undefined && !(await isFound(instance, filter, summary.id))) return;
    voice.trace(summary);
  }, wanted);
  const connected = (): void => void process.stderr.write(`Following ${instance.url}. Ctrl-C ends it.\n`);
  for await (const event of instance.events(ending.signal, connected)) {
    if (event.name === 'summary') traces.changed(event.data);
    else if (event.name === 'losses') voice.losses(event.data);
    else if (event.name === 'alarm' && states.get(event.data.name) !== event.data.state) {
      voice.alarm(event.data, states.get(event.data.name));
      states.set(event.data.name, event.data.state);
    }
  }
  traces.close();
}

/** The instance decides: it knows the groups that a filter may name. */
async function isFound(instance: RunningInstance, filter: string, id: string): Promise<boolean> {
  return (await instance.traces({ filter, id, limit: 1 })).traces.length > 0;
}

/** Tells of each trace once it has been quiet, and again when it ended differently. */
class QuietTraces {
  readonly #tell: (summary: TraceSummary) => Promise<void>;
  readonly #wanted: (summary: TraceSummary) => boolean;
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  /** How each ended when it was told, the oldest first. */
  readonly #told = new Map<string, string>();

  constructor(tell: (summary: TraceSummary) => Promise<void>, wanted: (summary: TraceSummary) => boolean) {
    this.#tell = tell;
    this.#wanted = wanted;
  }

  changed(summary: TraceSummary): void {
    clearTimeout(this.#waiting.get(summary.id));
    const quiet = summary.isPartial ? QUIET_PARTIAL_MS : QUIET_MS;
    this.#waiting.set(
      summary.id,
      setTimeout(() => this.#isQuiet(summary), quiet),
    );
  }

  close(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }

  #isQuiet(summary: TraceSummary): void {
    this.#waiting.delete(summary.id);
    const ending = `${summary.status} ${summary.isPartial}`;
    if (!this.#wanted(summary) || this.#told.get(summary.id) === ending) return;
    this.#told.delete(summary.id);
    this.#told.set(summary.id, ending);
    const [oldest] = this.#told.keys();
    if (this.#told.size > MAX_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
    this.#tell(summary).catch((error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
    });
  }
}
