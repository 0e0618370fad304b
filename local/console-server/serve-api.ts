import type { CloudWatchView, TimeRange } from '../cloudwatch/view.ts';
import { isInRange } from '../xray/in-range.ts';
import type { ServiceInfo, TraceListing } from '../xray/trace.ts';
import type { TraceStore } from '../xray/trace-store.ts';
import type { EventClients } from './event-clients.ts';
import { dispatch, sendFound, sendJson } from './exchange.ts';
import type { Exchange, Methods } from './exchange.ts';
import { requestedRange } from './requested-range.ts';

/** What the API tells about. */
export interface ApiSources {
  readonly store: TraceStore;
  readonly cloudWatch: CloudWatchView;
  readonly serviceInfo: () => ServiceInfo;
  readonly clients: EventClients;
}

const DEFAULT_LIST_LIMIT = 200;

/** Answers a request below `/api/`; what there is to ask for is listed in `local/xray/trace.ts`. */
export function serveApi(exchange: Exchange, sources: ApiSources): void {
  const { response, url } = exchange;
  const [, kind = '', id] = /^\/api\/([a-z]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  const methods =
    id === undefined
      ? methodsOf(kind, exchange, sources)
      : methodsOfOne(kind, decoded(id), exchange, sources);
  if (methods === undefined) sendFound(response, undefined, url.pathname);
  else dispatch(exchange, methods);
}

function methodsOf(
  kind: string,
  exchange: Exchange,
  { store, cloudWatch, serviceInfo, clients }: ApiSources,
): Methods | undefined {
  const { response, url } = exchange;
  switch (kind) {
    case 'service':
      return { GET: () => sendJson(response, 200, serviceInfo()) };
    case 'events':
      return { GET: () => clients.connect(response) };
    case 'traces':
      return {
        GET: () =>
          inRange(exchange, (range) => sendJson(response, 200, listTraces(store, limitOf(url), range))),
        DELETE: () => {
          store.clear();
          response.writeHead(204).end();
        },
      };
    case 'alarms':
      return { GET: () => sendJson(response, 200, cloudWatch.alarms()) };
    case 'metrics':
      return { GET: () => inRange(exchange, (range) => sendJson(response, 200, cloudWatch.metrics(range))) };
    default:
      return undefined;
  }
}

function methodsOfOne(
  kind: string,
  id: string,
  exchange: Exchange,
  { store, cloudWatch }: ApiSources,
): Methods | undefined {
  const { response } = exchange;
  switch (kind) {
    case 'traces':
      return { GET: () => sendFound(response, store.page(id), `trace ${id}`) };
    case 'alarms':
      return {
        GET: () =>
          inRange(exchange, (range) => sendFound(response, cloudWatch.alarm(id, range), `alarm ${id}`)),
      };
    default:
      return undefined;
  }
}

/** Answers with the range that is asked for, or 400 when it is none. */
function inRange({ response, url }: Exchange, answer: (range: TimeRange | undefined) => void): void {
  const range = requestedRange(url);
  if (range !== undefined && 'problem' in range) sendJson(response, 400, { message: range.problem });
  else answer(range);
}

function listTraces(store: TraceStore, limit: number, range: TimeRange | undefined): TraceListing {
  const traces =
    range === undefined
      ? store.list(limit)
      : store
          .list(Infinity)
          .filter((summary) => isInRange(summary, range))
          .slice(0, limit);
  return { traces, losses: store.losses() };
}

function limitOf(url: URL): number {
  const limit = url.searchParams.get('limit') ?? '';
  return /^[1-9]\d{0,5}$/.test(limit) ? Number(limit) : DEFAULT_LIST_LIMIT;
}

/** A name as it was before it became part of an address; as it stands when it never was. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
