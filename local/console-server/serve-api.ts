import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CloudWatchView, TimeRange } from '../cloudwatch/view.ts';
import type { ApiAnswers, ApiEvents, FilterRefusal, ServiceGraph, ServiceInfo } from '../console-contract.ts';
import type { SortOrder, TraceListing } from '../console-contract.ts';
import { parameterIn, readRange, SORT_ORDERS } from '../console-contract.ts';
import { sendEmpty, sendJson } from '../http/answer.ts';
import type { EventStream } from '../http/event-stream.ts';
import { RequestError } from '../http/request-error.ts';
import { decodePercent } from '../http/target.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { FilterExpression } from '../xray/filter/expression.ts';
import { FilterError } from '../xray/filter/expression.ts';
import { parseFilter } from '../xray/filter/parse-filter.ts';
import type { TraceSelection } from '../xray/store/search.ts';
import { CursorError } from '../xray/store/search.ts';
import type { TraceStore } from '../xray/trace-store.ts';
import { readLogQuery } from './read-log-query.ts';

/** What the API tells about. */
export interface ApiSources {
  readonly store: TraceStore;
  /** The filters of groups, by name or ARN. */
  readonly groups: (nameOrArn: string) => FilterExpression | undefined;
  readonly cloudWatch: CloudWatchView;
  readonly logs: LogStore;
  readonly serviceInfo: () => ServiceInfo;
  readonly events: EventStream<ApiEvents>;
}

interface Call extends ApiSources {
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** What stands in the path where the contract has a name; empty where it has none. */
  readonly parameter: string;
}

/** Undefined when there is nothing to answer with: no content, or nothing of the name that was asked for. */
type Operation<Answer> = (call: Call) => Answer | undefined;

const operations: {
  readonly [Path in keyof ApiAnswers]: {
    readonly [Method in keyof ApiAnswers[Path]]: Operation<ApiAnswers[Path][Method]>;
  };
} = {
  '/api/service': { GET: ({ serviceInfo }) => serviceInfo() },
  '/api/traces': {
    GET: listTraces,
    DELETE: ({ store }) => {
      store.clear();
      return undefined;
    },
  },
  '/api/traces/:trace': { GET: ({ store, parameter }) => store.page(parameter) },
  '/api/graph': { GET: readGraph },
  '/api/logs': { GET: ({ logs, query }) => logs.find(readLogQuery(query, rangeIn(query))) },
  '/api/durations': { GET: ({ store, groups, query }) => store.durations(selectionIn(query, groups)) },
  '/api/differences': {
    GET: ({ store, groups, query }) =>
      store.differences(selectionIn(query, groups), parseFilter(query.get('within') ?? '')),
  },
  '/api/known': { GET: ({ store, query }) => store.known(query.get('containing') ?? '') },
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

const DEFAULT_LIST_LIMIT = 200;

/**
 * Answers a request below `/api/`.
 *
 * @throws RequestError for a range, an order or a cursor that is none.
 */
export function serveApi(
  { method = '' }: IncomingMessage,
  response: ServerResponse,
  { pathname, searchParams: query }: URL,
  sources: ApiSources,
): void {
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
    const answer = answerOrRefuse(operation, { ...sources, response, query, parameter });
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
function answerOrRefuse(
  operation: Operation<object | 'stream'>,
  call: Call,
): object | 'stream' | FilterError | undefined {
  try {
    return operation(call);
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

function readGraph({ store, groups, query }: Call): ServiceGraph {
  const traces = query.getAll('trace').filter((id) => id !== '');
  return {
    services: traces.length === 0 ? store.graph(selectionIn(query, groups)) : store.graphOf(traces),
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
