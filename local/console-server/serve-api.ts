import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CloudWatchView, TimeRange } from '../cloudwatch/view.ts';
import type { ApiAnswers, ApiEvents, FilterRefusal, ServiceGraph, ServiceInfo } from '../console-contract.ts';
import type { ScheduleEntry } from '../console-contract.ts';
import type { SortOrder, SourceListing, TraceListing } from '../console-contract.ts';
import { parameterIn, readRange, SORT_ORDERS } from '../console-contract.ts';
import { sendEmpty, sendJson } from '../http/answer.ts';
import { readDeclaredJson } from '../http/body.ts';
import type { EventStream } from '../http/event-stream.ts';
import { RequestError } from '../http/request-error.ts';
import type { KeptEvent, Replay } from '../xray/replay.ts';
import { decodePercent } from '../http/target.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { FilterExpression } from '../xray/filter/expression.ts';
import { FilterError } from '../xray/filter/expression.ts';
import { parseFilter } from '../xray/filter/parse-filter.ts';
import type { TraceSelection } from '../xray/store/search.ts';
import type { Imported } from '../xray/trace-file.ts';
import { importDocuments, MAX_FILE_BYTES } from '../xray/import-documents.ts';
import { CursorError } from '../xray/store/search.ts';
import type { TraceStore } from '../xray/trace-store.ts';
import { readLogQuery } from './read-log-query.ts';
import type { SourceLines } from './source-lines.ts';

/** What the API tells about. */
export interface ApiSources {
  readonly store: TraceStore;
  /** The filters of groups, by name or ARN. */
  readonly groups: (nameOrArn: string) => FilterExpression | undefined;
  readonly cloudWatch: CloudWatchView;
  readonly logs: LogStore;
  readonly serviceInfo: () => ServiceInfo;
  readonly events: EventStream<ApiEvents>;
  /** The events that functions were invoked with. Without it there are none. */
  readonly replays: Replays | undefined;
  /** What runs by the clock. Without it there is nothing. */
  readonly schedules: ScheduleRunner | undefined;
  /** The sources of functions. Without it none are known. */
  readonly sources: SourceLines | undefined;
}

/** Where events are kept, and sent again. */
export interface Replays {
  of(traceId: string): readonly KeptEvent[];
  replay(traceId: string, requestId: string): Promise<Replay | undefined>;
  clear(): void;
}

/** What runs by the clock, and runs it now. */
export interface ScheduleRunner {
  list(): readonly ScheduleEntry[];
  run(id: string): void;
}

interface Call extends ApiSources {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** What stands in the path where the contract has a name; empty where it has none. */
  readonly parameter: string;
}

/** Undefined when there is nothing to answer with: no content, or nothing of the name that was asked for. */
type Operation<Answer> = (call: Call) => Answer | undefined | Promise<Answer | undefined>;

const operations: {
  readonly [Path in keyof ApiAnswers]: {
    readonly [Method in keyof ApiAnswers[Path]]: Operation<ApiAnswers[Path][Method]>;
  };
} = {
  '/api/service': { GET: ({ serviceInfo }) => serviceInfo() },
  '/api/traces': {
    GET: afterWriting(listTraces),
    POST: importTraces,
    DELETE: ({ store, logs, replays }) => {
      logs.clearTraced();
      replays?.clear();
      // Last, because it tells the pages.
      store.clear();
      return undefined;
    },
  },
  '/api/traces/:trace': { GET: ({ store, parameter }) => store.page(parameter) },
  '/api/replays/:trace': {
    GET: ({ replays, parameter }) => ({ events: replays?.of(parameter) ?? [] }),
    POST: replayEvent,
  },
  '/api/schedules': {
    GET: ({ schedules }) => ({ schedules: schedules?.list() ?? [] }),
    POST: runSchedule,
  },
  '/api/history/:trace': { GET: afterWriting(({ store, parameter }) => store.history(parameter)) },
  '/api/graph': { GET: readGraph },
  '/api/logs': { GET: ({ logs, query }) => logs.find(readLogQuery(query, rangeIn(query))) },
  '/api/sources': { GET: findSources },
  '/api/durations': {
    GET: afterWriting(({ store, groups, query }) => store.durations(selectionIn(query, groups))),
  },
  '/api/differences': {
    GET: afterWriting(({ store, groups, query }) =>
      store.differences(selectionIn(query, groups), parseFilter(query.get('within') ?? '')),
    ),
  },
  '/api/known': { GET: afterWriting(({ store, query }) => store.known(query.get('containing') ?? '')) },
  '/api/alarms': { GET: ({ cloudWatch }) => cloudWatch.alarms() },
  '/api/alarms/:alarm': {
    GET: ({ cloudWatch, parameter, query }) => cloudWatch.alarm(parameter, rangeIn(query)),
  },
  '/api/metrics': { GET: ({ cloudWatch, query }) => cloudWatch.metrics(rangeIn(query)) },
  '/api/events': {
    GET: ({ events, response }) => {
      events.connect(response);
      return 'stream';
    },
  },
};

/** What asks the indexes is answered when they are up to date, and others have their turn until then. */
function afterWriting<Answer>(operation: Operation<Answer>): Operation<Answer> {
  return async (call) => {
    await call.store.written();
    return operation(call);
  };
}

const DEFAULT_LIST_LIMIT = 200;

/**
 * Answers a request below `/api/`.
 *
 * @throws RequestError for a range, an order, a cursor or a body that is none.
 */
export async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, searchParams: query }: URL,
  sources: ApiSources,
): Promise<void> {
  const { method = '' } = request;
  for (const [path, methods] of Object.entries(operations)) {
    const encoded = parameterIn(path, pathname);
    if (encoded === undefined) continue;
    const operation = new Map<string, Operation<object | 'stream'>>(Object.entries(methods)).get(method);
    if (operation === undefined) {
      const allowed = Object.keys(methods).join(', ');
      response.setHeader('Allow', allowed);
      sendJson(response, 405, { message: `${method} is not served here; ${allowed} is.` });
      return;
    }
    const parameter = decodePercent(encoded);
    const answer = await answerOrRefuse(operation, { ...sources, request, response, query, parameter });
    if (answer instanceof FilterError) {
      const { message, position, length, expected } = answer;
      sendJson(response, 400, { message, position, length, expected } satisfies FilterRefusal);
      return;
    }
    if (typeof answer === 'object') sendJson(response, 200, answer);
    else if (answer === undefined && encoded === '') sendEmpty(response, 204);
    else if (answer === undefined) sendNotFound(response, `${path.replace(/^.*:/, '')} ${parameter}`);
    return;
  }
  sendNotFound(response, pathname);
}

/** What is wrong with a filter is an answer that its writer can use. */
async function answerOrRefuse(
  operation: Operation<object | 'stream'>,
  call: Call,
): Promise<object | 'stream' | FilterError | undefined> {
  try {
    return await operation(call);
  } catch (cause) {
    if (cause instanceof FilterError) return cause;
    if (!(cause instanceof CursorError)) throw cause;
    throw new RequestError('malformed', `The "cursor" cannot be used: ${cause.message}`, { cause });
  }
}

function sendNotFound(response: ServerResponse, what: string): void {
  sendJson(response, 404, { message: `There is no ${what}.` });
}

/** @throws RequestError for a range that is none. */
function rangeIn(query: URLSearchParams): TimeRange | undefined {
  const range = readRange(query);
  if (range !== 'unreadable') return range;
  const said = (name: string): string =>
    query.has(name) ? `${name}=${JSON.stringify(query.get(name))}` : `no "${name}"`;
  throw new RequestError(
    'malformed',
    'Expected "from" and "to" together, both whole milliseconds since 1970 and "from" before "to", ' +
      `for example ?from=1790000000000&to=1790000060000; got ${said('from')} and ${said('to')}.`,
  );
}

function listTraces({ store, groups, query }: Call): TraceListing {
  const cursor = query.get('cursor') ?? '';
  const page = store.search({
    ...selectionIn(query, groups),
    sort: sortIn(query),
    limit: limitIn(query),
    ...(cursor !== '' && { cursor }),
  });
  return { ...page, losses: store.losses() };
}

/** @throws RequestError for what is no file of traces. */
async function importTraces({ store, request }: Call): Promise<Imported> {
  const imported = importDocuments(await readDeclaredJson(request, MAX_FILE_BYTES), store);
  if (imported !== undefined) return imported;
  throw new RequestError(
    'malformed',
    'Expected a file of traces: an object with "documents", as the page exports it, or with "Traces", as ' +
      '`aws xray batch-get-traces` answers; got neither.',
  );
}

/** Bytes; a request id has 36. */
const MAX_REPLAY_BODY = 1000;

async function replayEvent({ replays, request, parameter }: Call): Promise<Replay | undefined> {
  const { requestId } = await readDeclaredJson(request, MAX_REPLAY_BODY);
  if (typeof requestId === 'string') return replays?.replay(parameter, requestId);
  throw new RequestError(
    'malformed',
    'Expected the "requestId" of the invocation whose event is sent again.',
  );
}

/** Bytes; the longest name of a rule or schedule with its bus or group is far shorter. */
const MAX_SCHEDULE_BODY = 2000;

async function runSchedule({ schedules, request }: Call): Promise<ScheduleEntry> {
  const { id } = await readDeclaredJson(request, MAX_SCHEDULE_BODY);
  const known = schedules?.list() ?? [];
  const found = known.find((entry) => entry.id === id);
  if (found === undefined) {
    const ids = known.map((entry) => entry.id).join(', ') || 'none';
    throw new RequestError(
      'malformed',
      `Expected the "id" of what runs by the clock; got ${JSON.stringify(id)}. There is: ${ids}.`,
    );
  }
  schedules?.run(found.id);
  return found;
}

const MAX_FRAMES = 100;

/** @throws RequestError for frames that are none, or too many. */
async function findSources({ sources, query }: Call): Promise<SourceListing> {
  const frames = query.getAll('frame');
  if (frames.length > MAX_FRAMES) {
    throw new RequestError('malformed', `Expected at most ${MAX_FRAMES} frames; got ${frames.length}.`);
  }
  const places = frames.map(async (frame) => {
    const [, line, column, path = ''] = /^(\d{1,9}):(\d{1,9}):(.+)$/s.exec(frame) ?? [];
    if (path === '' || !(Number(line) > 0)) {
      throw new RequestError(
        'malformed',
        `Expected "frame" to be <line>:<column>:<path>, for example 12:0:/var/task/pay.mjs; got ${JSON.stringify(frame)}.`,
      );
    }
    const place = await sources?.find({ path, line: Number(line), column: Number(column) || undefined });
    return place === undefined ? [] : [{ frame, ...place }];
  });
  return { places: (await Promise.all(places)).flat() };
}

async function readGraph({ store, groups, query }: Call): Promise<ServiceGraph> {
  const traces = query.getAll('trace').filter((id) => id !== '');
  return {
    services: await (traces.length === 0 ? store.graph(selectionIn(query, groups)) : store.graphOf(traces)),
  };
}

/** @throws FilterError, or RequestError for a range that is none. */
function selectionIn(query: URLSearchParams, groups: ApiSources['groups']): TraceSelection {
  const range = rangeIn(query);
  const filter = query.get('filter') ?? '';
  const ids = query.getAll('id');
  return {
    ...(range && { from: range.from / 1000, to: range.to / 1000 }),
    ...(ids.length > 0 && { ids }),
    ...(filter !== '' && { filter: parseFilter(filter) }),
    groups,
  };
}

function sortIn(query: URLSearchParams): SortOrder {
  const asked = query.get('sort') ?? 'start';
  const order = SORT_ORDERS.find((each) => each === asked);
  if (order !== undefined) return order;
  const message = `Expected "sort" to be ${SORT_ORDERS.join(', ')}; got ${JSON.stringify(asked)}.`;
  throw new RequestError('malformed', message);
}

function limitIn(query: URLSearchParams): number {
  const limit = query.get('limit') ?? '';
  return /^[1-9]\d{0,5}$/.test(limit) ? Number(limit) : DEFAULT_LIST_LIMIT;
}
