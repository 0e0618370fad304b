import { describe, expect, it } from 'vitest';
import { MetricStore } from '../../../../local/cloudwatch/metrics/metric-store.ts';
import { statisticOf } from '../../../../local/cloudwatch/metrics/statistic.ts';
import { LambdaMetrics, MAX_COMPLETION_LAG } from '../../../../local/cloudwatch/sources/lambda-metrics.ts';
import type { InvocationReport, InvokeResponse } from '../../../../local/lambda/invocation.ts';
import { AsyncInvocations } from '../../../../local/lambda/async-invocations.ts';
import { functionDefinition } from '../../lambda/definition.ts';
import { succeeded } from '../../messaging/messaging-fixture.ts';
import { until } from '../../../helpers/until.ts';

const MINUTE = 60_000;
const FUNCTION = 'shop-local-pay';

function measure() {
  const store = new MetricStore({ minuteMs: MINUTE });
  const functions = [
    functionDefinition({ name: FUNCTION, reservedConcurrency: 5 }),
    functionDefinition({ name: 'other' }),
  ];
  const read = (name: string, statistic: string, functionName?: string): [at: number, value: number][] =>
    store
      .datapoints(
        {
          namespace: 'AWS/Lambda',
          name,
          dimensions: functionName === undefined ? [] : [{ name: 'FunctionName', value: functionName }],
        },
        statisticOf(statistic) ?? (() => Number.NaN),
        60,
        { from: Math.floor(Date.now() / MINUTE - 10) * MINUTE, to: Date.now() + MINUTE },
      )
      .map(({ at, value }) => [at, value]);
  return { metrics: new LambdaMetrics(store, functions), read };
}

/** An invocation that ends when it is told to. */
function running(metrics: LambdaMetrics, functionName: string) {
  const { promise, resolve } = Promise.withResolvers<InvokeResponse>();
  const invoked = metrics.observe(() => promise)({ functionName, payload: '{}' });
  return {
    end: async () => {
      resolve(succeeded());
      await invoked;
    },
  };
}

function report(overrides: Partial<InvocationReport>): InvocationReport {
  return {
    functionName: FUNCTION,
    functionKey: 'pay',
    requestId: 'r',
    startedAt: Date.now(),
    duration: 100,
    billedDuration: 300,
    memorySize: 256,
    maxMemoryUsed: 80,
    traceId: 't',
    sampled: false,
    status: 'success',
    ...overrides,
  };
}

describe('the metrics of Lambda', () => {
  it('are stamped with the begin of the invocation, and leave init out of the duration', () => {
    const { metrics, read } = measure();
    const startedAt = Math.floor(Date.now() / MINUTE - 3) * MINUTE + 5;
    metrics.report(report({ startedAt, duration: 120_000, initDuration: 900, status: 'timeout' }));
    expect(read('Errors', 'Sum', FUNCTION)).toEqual([[startedAt - 5, 1]]);
    expect(read('Duration', 'Maximum', FUNCTION)).toEqual([[startedAt - 5, 120_000]]);
  });

  it('have a datapoint of 0 for errors and throttles when all is well', () => {
    const { metrics, read } = measure();
    metrics.report(report({}));
    for (const name of ['Errors', 'Throttles'])
      expect(read(name, 'Sum', FUNCTION).map(([, value]) => value)).toEqual([0]);
    expect(read('Invocations', 'Sum').map(([, value]) => value)).toEqual([1]);
  });

  it('count what is claimed of the account: what runs without a reservation, and every reservation', async () => {
    const { metrics, read } = measure();
    const invocations = [FUNCTION, 'other', 'other'].map((name) => running(metrics, name));
    metrics.sample(Date.now());
    for (const { end } of invocations) await end();
    const highest = (name: string, functionName?: string) => read(name, 'Maximum', functionName).at(-1)?.[1];
    expect(highest('ConcurrentExecutions', 'other')).toBe(2);
    expect(highest('ConcurrentExecutions')).toBe(3);
    expect(highest('UnreservedConcurrentExecutions')).toBe(2);
    expect(highest('ClaimedAccountConcurrency')).toBe(7);
  });

  it('tell of asynchronous events: received, the age at each try, and dropped', async () => {
    const { metrics, read } = measure();
    const events = new AsyncInvocations({
      invoke: () => Promise.resolve({ ...succeeded(), functionError: 'Unhandled' as const }),
      retryDelaysMs: [30],
      onDropped: () => undefined,
      onAsyncEvent: (event) => metrics.asyncEvent(event),
    });
    events.accept({ functionName: FUNCTION, payload: '{}', requestId: 'r' });
    const value = (name: string, statistic: string) =>
      read(name, statistic, FUNCTION).reduce((sum, [, each]) => sum + each, 0);
    await until(() => value('AsyncEventsDropped', 'Sum') === 1, 'the event to be given up');
    await events.stop();
    expect(value('AsyncEventsReceived', 'Sum')).toBe(1);
    expect(value('AsyncEventAge', 'SampleCount')).toBe(2);
    expect(value('AsyncEventAge', 'Maximum')).toBeGreaterThanOrEqual(29);
  });

  it('are complete up to the oldest invocation under way, but wait no longer than ten seconds', async () => {
    const { metrics } = measure();
    const before = Date.now();
    const invocation = running(metrics, FUNCTION);
    expect(metrics.completeUntil(before + 5000)).toBeGreaterThanOrEqual(before);
    expect(metrics.completeUntil(before + 5000)).toBeLessThan(before + 5000);
    expect(metrics.completeUntil(before + 60_000)).toBe(before + 60_000 - MAX_COMPLETION_LAG);
    await invocation.end();
    expect(metrics.completeUntil(before + 5000)).toBe(before + 5000);
  });
});
