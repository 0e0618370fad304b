import type { AlarmListing } from './cloudwatch/view.ts';
import type {
  ApiEvents,
  ScheduleEntry,
  ScheduleListing,
  SortOrder,
  TraceListing,
} from './console-contract.ts';
import { isObject } from './json.ts';
import type { LogLine, LogListing } from './logs/log-line.ts';
import type { Differences } from './xray/differences.ts';
import type { TracePage, TraceSummary } from './xray/trace.ts';

/** Which traces are asked for. */
export interface TraceQuestion {
  /** A filter expression. @default every trace */
  readonly filter?: string | undefined;
  /** Of this trace alone: whether the filter finds it. */
  readonly id?: string;
  /** Epoch milliseconds; both or neither. */
  readonly from?: number;
  readonly to?: number;
  /** @default 'start' */
  readonly sort?: SortOrder | undefined;
  readonly limit: number;
}

export interface FoundTraces {
  readonly traces: readonly TraceSummary[];
  /** There are more than were asked for. */
  readonly hasMore: boolean;
}

/** Which log lines are asked for; what `/api/logs` takes. */
export interface LogQuestion {
  readonly correlation?: string | undefined;
  readonly trace?: string | undefined;
  readonly request?: string | undefined;
  readonly function?: string | undefined;
  readonly level?: string | undefined;
  readonly text?: string | undefined;
  readonly platform?: 'off' | undefined;
  /** Epoch milliseconds; both or neither. */
  readonly from?: number;
  readonly to?: number;
  /** Those that came after the line with this id. */
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface FoundLines {
  /** The newest of those that were asked for, in the order in which they came. */
  readonly lines: readonly LogLine[];
  /** There are older ones. */
  readonly hasMore: boolean;
  /** Id of the newest line there was, whether or not it was asked for; 0 before the first. */
  readonly newest: number;
}

/** One event of a running instance. */
export type InstanceEvent = {
  readonly [Name in keyof ApiEvents]: { readonly name: Name; readonly data: ApiEvents[Name] };
}[keyof ApiEvents];

/** What was asked was refused, with a sentence for people: a filter that cannot be read, for example. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The environment variable that says where Lantern local runs. */
const URL_VARIABLE = 'LANTERN_URL';

/** Where the page of Lantern local is unless it was told another port. */
export const DEFAULT_URL = 'http://127.0.0.1:3001';

/** The page answers at once, also where it searches a hundred thousand traces. */
const PATIENCE_MS = 30_000;

/** Answers are read in pages of so many: X-Ray's own limit is smaller, the page's larger. */
const PAGE_SIZE = 500;

/** A Lantern local that runs already: what scripts, agents and tests ask, over the API of its page. */
export class RunningInstance {
  readonly #url: URL;

  /** @throws Error that says what was expected, for what is no URL over HTTP. */
  constructor(url: string = urlFromEnvironment()) {
    const parsed = URL.parse(url);
    if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
      throw new Error(
        `Expected the address of a running Lantern, for example ${DEFAULT_URL}; got ${JSON.stringify(url)}.`,
      );
    }
    this.#url = parsed;
  }

  /** Where it runs, as it can be opened in a browser. */
  get url(): string {
    return this.#url.origin;
  }

  /** Asks again until there are as many as were asked for: one answer may end before, because it took long enough. */
  async traces({ limit, ...question }: TraceQuestion): Promise<FoundTraces> {
    const traces: TraceSummary[] = [];
    for (let cursor: string | undefined; ;) {
      const answer = await this.#read<TraceListing>('/api/traces', {
        ...question,
        cursor,
        limit: Math.min(limit - traces.length, PAGE_SIZE),
      });
      traces.push(...answer.traces);
      ({ cursor } = answer);
      if (cursor === undefined || traces.length >= limit) return { traces, hasMore: cursor !== undefined };
    }
  }

  /** A trace with those that are linked with it. Undefined when there is none of this id. */
  async trace(id: string): Promise<TracePage | undefined> {
    return this.#readOrNothing<TracePage>(`/api/traces/${encodeURIComponent(id)}`);
  }

  async logs({ limit, ...question }: LogQuestion): Promise<FoundLines> {
    const lines: LogLine[] = [];
    let newest: number | undefined;
    for (let cursor: number | undefined; ;) {
      const size = Math.min(limit - lines.length, PAGE_SIZE);
      const answer = await this.#read<LogListing>('/api/logs', { ...question, cursor, limit: size });
      lines.push(...answer.lines);
      // Of the first answer: what comes while older ones are read is newer than all of these.
      newest ??= answer.newest;
      ({ cursor } = answer);
      if (cursor === undefined || lines.length >= limit) {
        return { lines: lines.reverse(), hasMore: cursor !== undefined, newest };
      }
    }
  }

  /** What the traces that one filter finds have more or less often than the rest of those that the other finds. */
  async differences(question: {
    readonly filter: string;
    readonly within?: string | undefined;
    readonly from?: number;
    readonly to?: number;
  }): Promise<Differences> {
    return this.#read<Differences>('/api/differences', question);
  }

  async alarms(): Promise<AlarmListing> {
    return this.#read<AlarmListing>('/api/alarms');
  }

  /** What runs by the clock. */
  async schedules(): Promise<ScheduleListing> {
    return this.#read<ScheduleListing>('/api/schedules');
  }

  /** Runs one now. @throws RefusedError that names those there are, when it is none of them. */
  async runSchedule(id: string): Promise<ScheduleEntry> {
    return this.#read<ScheduleEntry>('/api/schedules', {}, { id });
  }

  /**
   * What happens from now on.
   *
   * @param signal ends it. @param onConnected called once: what happens after that is told.
   * @throws Error when the instance ends, or the connection to it.
   */
  async *events(signal: AbortSignal, onConnected: () => void): AsyncGenerator<InstanceEvent> {
    const response = await this.#ask('/api/events', {}, signal);
    if (response.body === null) throw new Error(`${this.url} tells of no events.`);
    onConnected();
    let received = '';
    try {
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        const messages = (received + text).split('\n\n');
        received = messages.pop() ?? '';
        for (const message of messages) {
          const event = readEvent(message);
          if (event !== undefined) yield event;
        }
      }
    } catch (cause) {
      if (signal.aborted) return;
      throw new Error(`The connection to ${this.url} has ended.`, { cause });
    }
    if (!signal.aborted) throw new Error(`Lantern at ${this.url} has ended.`);
  }

  /** @param sent is sent as JSON, where something is asked for by POST */
  async #read<Answer extends object>(path: string, query: Query = {}, sent?: object): Promise<Answer> {
    const answer = await this.#readOrNothing<Answer>(path, query, sent);
    if (answer === undefined)
      throw new Error(`What runs at ${this.url} is no Lantern, or an older one: it has no ${path}.`);
    return answer;
  }

  async #readOrNothing<Answer extends object>(
    path: string,
    query: Query = {},
    sent?: object,
  ): Promise<Answer | undefined> {
    const response = await this.#ask(path, query, AbortSignal.timeout(PATIENCE_MS), sent);
    const body: unknown = await response.json().catch(() => undefined);
    if (!isObject(body)) {
      throw new Error(
        `What runs at ${this.url} is no Lantern: it answers ${path} with ${response.status} and no JSON.`,
      );
    }
    if (response.ok) return body as unknown as Answer;
    const message = typeof body['message'] === 'string' ? body['message'] : `status ${response.status}`;
    if (response.status === 404) return undefined;
    if (response.status === 400) throw new RefusedError(withPlace(message, query['filter'], body));
    throw new Error(`Lantern at ${this.url} answered ${path} with ${response.status}: ${message}`);
  }

  async #ask(path: string, query: Query, signal: AbortSignal, sent?: object): Promise<Response> {
    const url = new URL(path, this.#url.origin);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
    }
    try {
      return await fetch(url, {
        signal,
        ...(sent !== undefined && {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(sent),
        }),
      });
    } catch (cause) {
      throw new Error(
        `No Lantern answers at ${this.url} (${reasonOf(cause)}). Start one with \`serverless local\` or ` +
          `\`lambda-lantern xray\`, or say where it runs with --port, --url or ${URL_VARIABLE}.`,
        { cause },
      );
    }
  }
}

function urlFromEnvironment(): string {
  const url = process.env[URL_VARIABLE];
  return url === undefined || url === '' ? DEFAULT_URL : url;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** The filter below the message, with a mark where it cannot be read. */
function withPlace(
  message: string,
  filter: string | number | undefined,
  { position, length }: Readonly<Record<string, unknown>>,
): string {
  if (typeof filter !== 'string' || typeof position !== 'number' || filter.includes('\n')) return message;
  const mark = '^'.repeat(typeof length === 'number' ? Math.max(1, length) : 1);
  return `${message}\n  ${filter}\n  ${' '.repeat(position)}${mark}`;
}

function readEvent(message: string): InstanceEvent | undefined {
  const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(message) ?? [];
  return name === undefined || data === undefined
    ? undefined
    : ({ name, data: JSON.parse(data) as unknown } as InstanceEvent);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error.name === 'TimeoutError') return `no answer in ${PATIENCE_MS / 1000} s`;
  return cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : error.message;
}
