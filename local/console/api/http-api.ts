import type { AlarmListing, AlarmPage, MetricsPage, TimeRange } from '../../cloudwatch/view.ts';
import type { ServiceInfo, TraceListing, TracePage } from '../../xray/trace.ts';
import { isRecord } from '../format/value.ts';
import type { ConsoleApi } from './console-api.ts';
import { createEventStream } from './event-stream.ts';

/** The server that sent this page. Every method rejects with a message that can be shown. */
export function createHttpApi(): ConsoleApi {
  return {
    service: () => read<ServiceInfo>('/api/service'),
    traces: (range) => read<TraceListing>(`/api/traces${rangeQuery(range)}`),
    trace: (traceId) => find<TracePage>(`/api/traces/${encodeURIComponent(traceId)}`),
    clear: async () => {
      await request('/api/traces', { method: 'DELETE' });
    },
    alarms: () => read<AlarmListing>('/api/alarms'),
    alarm: (name, range) => find<AlarmPage>(`/api/alarms/${encodeURIComponent(name)}${rangeQuery(range)}`),
    metrics: (range) => read<MetricsPage>(`/api/metrics${rangeQuery(range)}`),
    subscribe: createEventStream('/api/events'),
  };
}

function rangeQuery(range: TimeRange | undefined): string {
  return range === undefined ? '' : `?from=${range.from}&to=${range.to}`;
}

async function read<T>(path: string): Promise<T> {
  return (await (await request(path)).json()) as T;
}

/** Undefined for what is not there. */
async function find<T>(path: string): Promise<T | undefined> {
  const response = await request(path, { expected: 404 });
  return response.status === 404 ? undefined : ((await response.json()) as T);
}

interface RequestOptions {
  readonly method?: string;
  /** A status besides 2xx that the caller handles. */
  readonly expected?: number;
}

async function request(path: string, { method = 'GET', expected }: RequestOptions = {}): Promise<Response> {
  const response = await fetch(path, { method }).catch((cause: unknown) => {
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
