import type { ServiceInfo, TraceListing, TracePage } from '../../xray/trace.ts';
import type { ConsoleApi } from './console-api.ts';
import { createEventStream } from './event-stream.ts';

/** The server that sent this page. Every method rejects with a message that can be shown. */
export function createHttpApi(): ConsoleApi {
  return {
    service: async () => (await (await request('/api/service')).json()) as ServiceInfo,
    traces: async () => (await (await request('/api/traces')).json()) as TraceListing,
    trace: async (traceId) => {
      const response = await request(`/api/traces/${encodeURIComponent(traceId)}`, { expected: 404 });
      return response.status === 404 ? undefined : ((await response.json()) as TracePage);
    },
    clear: async () => {
      await request('/api/traces', { method: 'DELETE' });
    },
    subscribe: createEventStream('/api/events'),
  };
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
    throw new Error(`${method} ${path} was answered with ${response.status} ${response.statusText}.`);
  }
  return response;
}
