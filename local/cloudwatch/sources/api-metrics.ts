import type { AccessLogEntry } from '../../api-gateway/api-gateway.ts';
import type { Invoke } from '../../lambda/invocation.ts';
import type { ApiDefinition } from '../../template/service.ts';
import type { MetricSink } from '../metrics/metric.ts';
import { dimensionsOf } from '../metrics/metric.ts';
import type { MetricStore } from '../metrics/metric-store.ts';

/** The metrics of AWS/ApiGateway: a REST API is known by its name, an HTTP API by its id, both also with their stage. */
export class ApiMetrics {
  readonly #store: MetricStore;
  readonly #api: ApiDefinition;

  constructor(store: MetricStore, api: ApiDefinition) {
    this.#store = store;
    this.#api = api;
  }

  /** Measures how long the functions behind the API take. */
  observe(invoke: Invoke): Invoke {
    return async (request) => {
      const begun = performance.now();
      try {
        return await invoke(request);
      } finally {
        this.#record('IntegrationLatency', Date.now(), Math.round(performance.now() - begun), 'Milliseconds');
      }
    };
  }

  /** As in AWS, a request counts as 0 or 1 error, so that the average is a rate. One whose client left is not counted. */
  request({ startedAt, duration, status }: AccessLogEntry): void {
    if (status === undefined) return;
    const at = startedAt + duration;
    const [clientError, serverError] = this.#api.kind === 'REST' ? ['4XXError', '5XXError'] : ['4xx', '5xx'];
    this.#record('Count', at, 1, 'Count');
    this.#record(clientError, at, status >= 400 && status < 500 ? 1 : 0, 'Count');
    this.#record(serverError, at, status >= 500 ? 1 : 0, 'Count');
    this.#record('Latency', at, duration, 'Milliseconds');
  }

  #record(name: string, at: number, value: number, unit: string): void {
    const { kind, name: apiName, id, stage } = this.#api;
    const api: Record<string, string> = kind === 'REST' ? { ApiName: apiName } : { ApiId: id };
    for (const dimensions of [api, { ...api, Stage: stage }]) {
      this.#store.record(
        { namespace: 'AWS/ApiGateway', name, dimensions: dimensionsOf(dimensions) },
        { at, value },
        unit,
      );
    }
  }
}

/** The metrics of a function URL, by the name of its function ("Monitoring Lambda function URLs"). */
export function measureFunctionUrl(
  { name: FunctionName }: ApiDefinition,
  { status, duration }: AccessLogEntry,
  measure: MetricSink,
): void {
  if (status === undefined) return;
  const record = (name: string, value: number, unit: string): void =>
    measure({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName }, value, unit });
  record('UrlRequestCount', 1, 'Count');
  record('Url4xxCount', status >= 400 && status < 500 ? 1 : 0, 'Count');
  record('Url5xxCount', status >= 500 ? 1 : 0, 'Count');
  record('UrlRequestLatency', duration, 'Milliseconds');
}
