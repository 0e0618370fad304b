import type { TimeRange } from '../../cloudwatch/view.ts';
import type { ApiAnswers } from '../../console-contract.ts';
import type { Replay } from '../../xray/replay.ts';
import type { Imported } from '../../xray/trace-file.ts';
import { isRecord } from '../format/value.ts';
import type { ConsoleApi } from './console-api.ts';
import { createEventStream } from './event-stream.ts';

type Path = keyof ApiAnswers;

/** What is read at a path. */
type Answer<Of extends Path> = ApiAnswers[Of]['GET'];

/** The server that sent this page. Every method rejects with a message that can be shown. */
export function createHttpApi(): ConsoleApi {
  return {
    service: () => read('/api/service'),
    traces: ({ filter, range, sort, cursor, ids }) =>
      read('/api/traces', range, [
        ['filter', filter],
        ['sort', sort ?? ''],
        ['cursor', cursor ?? ''],
        ...(ids ?? []).map((id): Parameter => ['id', id]),
      ]),
    durations: ({ filter, range }) => read('/api/durations', range, [['filter', filter]]),
    differences: ({ filter, within, range }) =>
      read('/api/differences', range, [
        ['filter', filter],
        ['within', within],
      ]),
    known: (containing = '') => read('/api/known', undefined, [['containing', containing]]),
    trace: (traceId) => find('/api/traces/:trace', traceId),
    graph: ({ filter = '', range, traceIds = [] }) =>
      read('/api/graph', range, [['filter', filter], ...traceIds.map((id): Parameter => ['trace', id])]),
    logs: (question) =>
      read(
        '/api/logs',
        undefined,
        Object.entries(question).map(([name, value = '']): Parameter => [name, value]),
      ),
    history: (traceId) => find('/api/history/:trace', traceId),
    sources: async (frames) => {
      const asked = frames.map((frame): Parameter => ['frame', frame]);
      return (await read('/api/sources', undefined, asked)).places;
    },
    events: async (traceId) => (await find('/api/replays/:trace', traceId))?.events ?? [],
    replay: async (traceId, requestId) => {
      const path = addressOf('/api/replays/:trace', traceId);
      const response = await send(path, JSON.stringify({ requestId }), 404);
      return response.status === 404 ? undefined : ((await response.json()) as Replay);
    },
    importTraces: async (file) => (await (await send('/api/traces', file)).json()) as Imported,
    clear: async () => {
      await request('/api/traces' satisfies Path, { method: 'DELETE' });
    },
    alarms: () => read('/api/alarms'),
    alarm: (name, range) => find('/api/alarms/:alarm', name, range),
    metrics: (range) => read('/api/metrics', range),
    schedules: async () => (await read('/api/schedules')).schedules,
    runSchedule: async (id) => {
      await send('/api/schedules' satisfies Path, JSON.stringify({ id }));
    },
    subscribe: createEventStream('/api/events' satisfies Path),
  };
}

type Parameter = readonly [name: string, value: string];

/** Parameters without a value are left out. */
async function read<Of extends Path>(
  path: Of,
  range?: TimeRange,
  parameters: readonly Parameter[] = [],
): Promise<Answer<Of>> {
  const given = parameters.filter(([, value]) => value !== '');
  const texts = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const query = rangeQuery(range);
  const rest = texts.length === 0 ? '' : `${query === '' ? '?' : '&'}${texts.join('&')}`;
  return (await (await request(path + query + rest)).json()) as Answer<Of>;
}

/** Undefined for what is not there. */
async function find<Of extends Path>(
  path: Of,
  name: string,
  range?: TimeRange,
): Promise<Answer<Of> | undefined> {
  const response = await request(addressOf(path, name) + rangeQuery(range), { expected: 404 });
  return response.status === 404 ? undefined : ((await response.json()) as Answer<Of>);
}

function addressOf(path: Path, name: string): string {
  return path.replace(/:\w+$/, encodeURIComponent(name));
}

/** @param body JSON */
function send(path: string, body: string, expected?: number): Promise<Response> {
  return request(path, { method: 'POST', body, ...(expected !== undefined && { expected }) });
}

function rangeQuery(range: TimeRange | undefined): string {
  return range === undefined ? '' : `?from=${range.from}&to=${range.to}`;
}

interface RequestOptions {
  readonly method?: string;
  /** JSON. */
  readonly body?: string;
  /** A status besides 2xx that the caller handles. */
  readonly expected?: number;
}

async function request(
  path: string,
  { method = 'GET', body, expected }: RequestOptions = {},
): Promise<Response> {
  const response = await fetch(path, {
    method,
    ...(body !== undefined && { body, headers: { 'Content-Type': 'application/json' } }),
  }).catch((cause: unknown) => {
    throw new Error('Lantern does not answer. Is it still running?', { cause });
  });
  if (!response.ok && response.status !== expected) {
    const reason = await reasonOf(response);
    throw new Error(
      `${method} ${path} was answered with ${response.status} ${response.statusText}. ${reason}`,
    );
  }
  return response;
}

/** What the server says about its refusal, where it says something. */
async function reasonOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  return isRecord(body) && typeof body['message'] === 'string' ? body['message'] : '';
}
