import { describe, expect, it } from 'vitest';
import { MetricStore } from '../../../../local/cloudwatch/metrics/metric-store.ts';
import { statisticOf } from '../../../../local/cloudwatch/metrics/statistic.ts';
import { LogMetrics } from '../../../../local/cloudwatch/sources/log-metrics.ts';
import type { MetricFilterDefinition } from '../../../../local/template/service.ts';

const MINUTE = 60_000;
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const GROUP = '/aws/lambda/shop';

type Transformation = MetricFilterDefinition['transformations'][number];

function filterOf(pattern: string, transformation: Partial<Transformation>) {
  const store = new MetricStore({ minuteMs: MINUTE }, () => NOW + MINUTE);
  const problems: string[] = [];
  const full = { namespace: 'shop', metricName: 'm', value: '1', dimensions: [], ...transformation };
  const metrics = new LogMetrics(
    store,
    [{ name: 'f', logGroup: GROUP, pattern, transformations: [full] }],
    (problem) => problems.push(problem),
  );
  return {
    metrics,
    problems,
    log: (message: string, logGroup = GROUP) =>
      metrics.log({
        functionName: 'shop',
        functionKey: 'shop',
        logGroup,
        logStream: 's',
        timestamp: NOW,
        source: 'stdout',
        message,
      }),
    values: (dimensions: { name: string; value: string }[] = []) =>
      store
        .datapoints(
          { namespace: 'shop', name: 'm', dimensions },
          statisticOf('Sum') ?? (() => Number.NaN),
          60,
          {
            from: NOW - MINUTE,
            to: NOW + MINUTE,
          },
        )
        .map(({ value }) => value),
  };
}

describe('a metric filter', () => {
  it('counts matching lines of its log group', () => {
    const { log, values } = filterOf('ERROR', {});
    log('ERROR one');
    log('ERROR two');
    log('INFO three');
    log('ERROR four', '/aws/lambda/other');
    expect(values()).toEqual([2]);
  });

  it('takes values and dimensions from the line', () => {
    const { log, values } = filterOf('{ $.ms > 0 }', {
      value: '$.ms',
      dimensions: [{ name: 'op', value: '$.op' }],
    });
    log('{"ms": 5, "op": "pay"}');
    log('{"ms": "7.5", "op": "pay"}');
    log('{"ms": 9, "op": "ship"}');
    expect(values([{ name: 'op', value: 'pay' }])).toEqual([12.5]);
    expect(values([{ name: 'op', value: 'ship' }])).toEqual([9]);
  });

  it('counts and tells of matches without a value or a dimension, each kind once', () => {
    const { log, metrics, problems, values } = filterOf('{ $.ms EXISTS }', { value: '$.ms' });
    log('{"ms": "fast"}');
    log('{"ms": "slow"}');
    expect(values()).toEqual([]);
    expect(metrics.losses().valuelessMatches).toBe(2);
    expect(problems).toEqual([
      'The metric filter f matched a line without a number for m, or a dimension of it',
    ]);
  });

  it('reports its default value in a minute with lines of which none matched', () => {
    const { log, metrics, values } = filterOf('ERROR', { defaultValue: 0 });
    metrics.endMinute(NOW - MINUTE);
    log('INFO fine');
    metrics.endMinute(NOW);
    expect(values()).toEqual([0]);
    log('ERROR');
    log('INFO');
    metrics.endMinute(NOW + 1);
    expect(values()).toEqual([1]);
  });
});
