import { describe, expect, it } from 'vitest';
import type { AccessLogEntry } from '../../../../local/api-gateway/api-gateway.ts';
import { MetricStore } from '../../../../local/cloudwatch/metrics/metric-store.ts';
import { statisticOf } from '../../../../local/cloudwatch/metrics/statistic.ts';
import { ApiMetrics } from '../../../../local/cloudwatch/sources/api-metrics.ts';
import type { ApiDefinition } from '../../../../local/template/service.ts';
import { succeeded } from '../../messaging/messaging-fixture.ts';

const MINUTE = 60_000;
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;

function measure(kind: ApiDefinition['kind']) {
  const store = new MetricStore({ minuteMs: MINUTE }, () => NOW);
  const api = { id: 'abc123', name: 'local-shop', kind, stage: 'local' } as ApiDefinition;
  return {
    metrics: new ApiMetrics(store, api),
    read: (name: string, statistic: string, dimensions: Record<string, string>): number | undefined =>
      store.datapoints(
        {
          namespace: 'AWS/ApiGateway',
          name,
          dimensions: Object.entries(dimensions).map(([key, value]) => ({ name: key, value })),
        },
        statisticOf(statistic) ?? (() => Number.NaN),
        180,
        { from: NOW - MINUTE, to: NOW + 2 * MINUTE },
      )[0]?.value,
  };
}

function request(overrides: Partial<AccessLogEntry>): AccessLogEntry {
  return {
    requestId: 'r',
    startedAt: NOW - 2000,
    duration: 100,
    method: 'GET',
    path: '/',
    status: 200,
    ...overrides,
  };
}

describe('the metrics of an API', () => {
  it('of a REST API have its name, with and without the stage; errors average to a rate', () => {
    const { metrics, read } = measure('REST');
    for (const status of [200, 404, 500, 201]) metrics.request(request({ status }));
    for (const dimensions of [{ ApiName: 'local-shop' }, { ApiName: 'local-shop', Stage: 'local' }]) {
      expect(read('Count', 'Sum', dimensions)).toBe(4);
      expect(read('Count', 'SampleCount', dimensions)).toBe(4);
      expect(read('4XXError', 'Average', dimensions)).toBe(0.25);
      expect(read('5XXError', 'Sum', dimensions)).toBe(1);
      expect(read('Latency', 'Maximum', dimensions)).toBe(100);
    }
    expect(read('4xx', 'Sum', { ApiName: 'local-shop' })).toBeUndefined();
  });

  it('of an HTTP API have its id, and other names', () => {
    const { metrics, read } = measure('HTTP');
    metrics.request(request({ status: 503 }));
    expect(read('5xx', 'Sum', { ApiId: 'abc123', Stage: 'local' })).toBe(1);
    expect(read('4xx', 'Sum', { ApiId: 'abc123' })).toBe(0);
    expect(read('5XXError', 'Sum', { ApiId: 'abc123' })).toBeUndefined();
  });

  it('leave out a request whose client left', () => {
    const { metrics, read } = measure('REST');
    const { status, ...left } = request({});
    expect(status).toBe(200);
    metrics.request(left);
    expect(read('Count', 'Sum', { ApiName: 'local-shop' })).toBeUndefined();
  });

  it('tell how long the function took, whether it succeeded or was not called', async () => {
    const { metrics, read } = measure('REST');
    const call = { functionName: 'f', payload: '{}' };
    await metrics.observe(() => Promise.resolve(succeeded()))(call);
    await expect(metrics.observe(() => Promise.reject(new Error('throttled')))(call)).rejects.toThrow(
      'throttled',
    );
    expect(read('IntegrationLatency', 'SampleCount', { ApiName: 'local-shop' })).toBe(2);
  });
});
