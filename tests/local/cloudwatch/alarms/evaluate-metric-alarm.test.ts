import { describe, expect, it } from 'vitest';
import { evaluateMetricAlarm } from '../../../../local/cloudwatch/alarms/evaluate-metric-alarm.ts';
import { MetricStore } from '../../../../local/cloudwatch/metrics/metric-store.ts';
import type { AlarmState } from '../../../../local/cloudwatch/view.ts';
import type { MetricAlarmDefinition, MetricStatDefinition } from '../../../../local/template/service.ts';
import { metricAlarm, stat } from './metric-alarm.ts';

const MINUTE = 60_000;
/** 5 minutes after 12:00 on the first of February 2026. */
const NOW = Date.UTC(2026, 1, 1, 12, 5);
const clock = { minuteMs: MINUTE };

/** Evaluates an alarm on metrics whose last datapoint is that of the minute before 12:05; null where there is none. */
function evaluate(
  alarm: MetricAlarmDefinition,
  metrics: ReadonlyArray<readonly [MetricStatDefinition, ReadonlyArray<number | null>]>,
  previousState: AlarmState = 'OK',
) {
  const store = new MetricStore(clock, () => NOW);
  for (const [{ namespace, metricName: name, dimensions }, values] of metrics) {
    for (const [index, value] of values.entries()) {
      const at = NOW - (values.length - index) * MINUTE;
      if (value !== null) store.record({ namespace, name, dimensions }, { at, value });
    }
  }
  return evaluateMetricAlarm(alarm, { store, clock, now: NOW, completeUntil: NOW, previousState });
}

function duration(...values: (number | null)[]) {
  return [[stat(), values]] as const;
}

describe('the reason of a state', () => {
  it('lists the datapoints that breach, newest first', () => {
    const evaluation = evaluate(metricAlarm(), duration(50, 150, 90, 250.5));
    expect(evaluation).toMatchObject({
      state: 'ALARM',
      reason:
        'Threshold Crossed: 2 out of the last 3 datapoints [250.5 (01/02/26 12:04:00), 150.0 (01/02/26 12:02:00)] ' +
        'were greater than the threshold (100.0) (minimum 2 datapoints for OK -> ALARM transition).',
    });
    expect(JSON.parse(evaluation?.reasonData ?? '')).toEqual({
      version: '1.0',
      queryDate: '2026-02-01T12:05:00.000+0000',
      startDate: '2026-02-01T12:02:00.000+0000',
      statistic: 'Maximum',
      period: 60,
      recentDatapoints: [150, 90, 250.5],
      threshold: 100,
      evaluatedDatapoints: [
        { timestamp: '2026-02-01T12:04:00.000+0000', sampleCount: 1, value: 250.5 },
        { timestamp: '2026-02-01T12:03:00.000+0000', sampleCount: 1, value: 90 },
        { timestamp: '2026-02-01T12:02:00.000+0000', sampleCount: 1, value: 150 },
      ],
    });
  });

  it('lists those that do not breach, for OK', () => {
    expect(evaluate(metricAlarm({ evaluationPeriods: 1, datapointsToAlarm: 1 }), duration(99))?.reason).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoints [99.0 (01/02/26 12:04:00)] was not greater than the ' +
        'threshold (100.0) (minimum 1 datapoint for ALARM -> OK transition).',
    );
    expect(evaluate(metricAlarm({ datapointsToAlarm: 3 }), duration(150, 20, 30))?.reason).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [30.0 (01/02/26 12:04:00), 20.0 (01/02/26 12:03:00)] were ' +
        'not greater than the threshold (100.0) (minimum 1 datapoint for ALARM -> OK transition).',
    );
  });

  it('is shorter where the alarm does not say how many datapoints must breach', () => {
    const { datapointsToAlarm, ...alarm } = metricAlarm({ evaluationPeriods: 1, datapointsToAlarm: 1 });
    expect(datapointsToAlarm).toBe(1);
    expect(evaluate(alarm, duration(1e7))?.reason).toBe(
      'Threshold Crossed: 1 datapoint [1.0E7 (01/02/26 12:04:00)] was greater than the threshold (100.0).',
    );
  });

  it('says how missing data was treated', () => {
    expect(evaluate(metricAlarm({ treatMissingData: 'breaching' }), [])?.reason).toBe(
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
    );
    const one = metricAlarm({ treatMissingData: 'notBreaching', evaluationPeriods: 1, datapointsToAlarm: 1 });
    expect(evaluate(one, [])?.reason).toBe(
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    );
    expect(evaluate(metricAlarm({ treatMissingData: 'breaching' }), duration(150))?.reason).toBe(
      'Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    );
    expect(evaluate(metricAlarm(), [])).toMatchObject({
      state: 'INSUFFICIENT_DATA',
      reason: 'Insufficient Data: 3 datapoints were unknown.',
    });
  });
});

describe('a metric alarm', () => {
  it('keeps its state where missing data is ignored', () => {
    const alarm = metricAlarm({ treatMissingData: 'ignore' });
    expect(evaluate(alarm, [], 'ALARM')).toBeUndefined();
    expect(evaluate(alarm, duration(150), 'OK')).toBeUndefined();
    expect(evaluate(alarm, duration(50), 'ALARM')?.state).toBe('OK');
  });

  it('keeps its state while a percentile has too few samples, when told so', () => {
    const p90 = { queries: [{ id: 'm1', returnData: true, stat: stat({ statistic: 'p90' }) }] };
    const few = duration(150, 150, 150);
    expect(
      evaluate(metricAlarm({ ...p90, evaluateLowSampleCountPercentile: 'ignore' }), few),
    ).toBeUndefined();
    expect(evaluate(metricAlarm({ ...p90, evaluateLowSampleCountPercentile: 'evaluate' }), few)?.state).toBe(
      'ALARM',
    );
    expect(evaluate(metricAlarm(p90), few)?.state).toBe('ALARM');
  });

  it('looks at whole periods only, of its own length', () => {
    const alarm = metricAlarm({
      queries: [{ id: 'm1', returnData: true, stat: stat({ statistic: 'Sum', period: 300 }) }],
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
    });
    expect(evaluate(alarm, duration(30, 30, 30, 30, 30))?.state).toBe('ALARM');
    expect(evaluate(alarm, duration(30, 30, 30, null, null, null, null, null))?.state).toBe('OK');
  });

  const [errors, invocations] = [
    stat({ metricName: 'Errors', statistic: 'Sum' }),
    stat({ metricName: 'Invocations', statistic: 'Sum' }),
  ];
  const rate = (expression: string) =>
    metricAlarm({
      single: false,
      threshold: 5,
      queries: [
        { id: 'errors', returnData: false, stat: errors },
        { id: 'invocations', returnData: false, stat: invocations },
        { id: 'rate', returnData: true, expression, label: 'Error rate' },
      ],
    });

  it('compares the result of its expression', () => {
    const guarded = rate('IF(invocations >= 20, 100 * errors / invocations, 0)');
    const state = (failed: number[], all: number[]) =>
      evaluate(guarded, [
        [errors, failed],
        [invocations, all],
      ])?.state;
    expect(state([2, 2, 2], [20, 20, 20])).toBe('ALARM');
    expect(state([2, 2, 2], [19, 19, 20])).toBe('OK');
    expect(evaluate(guarded, [])?.state).toBe('INSUFFICIENT_DATA');
    const { reasonData = '' } =
      evaluate(guarded, [
        [errors, [2, 2, 2]],
        [invocations, [20, 20, 20]],
      ]) ?? {};
    expect(JSON.parse(reasonData)).not.toHaveProperty('statistic');
  });

  it('has the datapoint before its periods for DIFF', () => {
    const state = evaluate(rate('DIFF(errors)'), [[errors, [0, 0, 0, 10, 20, 30]]]);
    expect(state).toMatchObject({ state: 'ALARM' });
    expect(JSON.parse(state?.reasonData ?? '')).toMatchObject({ recentDatapoints: [10, 10, 10] });
  });

  it.each([
    [rate('errors +'), 'expected a number, an id, a function or "("'],
    [rate('rate * 2'), 'The expressions rate -> rate need each other'],
    [
      rate('SERVICE_QUOTA(errors)'),
      'There is no quota here for the metric errors of SERVICE_QUOTA()'.slice(0, 40),
    ],
    [
      metricAlarm({ comparisonOperator: 'GreaterThanUpperThreshold', thresholdMetricId: 'ad1' }),
      "CloudWatch's own model",
    ],
    [
      metricAlarm({ queries: [{ id: 'm', returnData: true, stat: stat({ namespace: 'AWS/States' }) }] }),
      'AWS/States Duration is not measured locally',
    ],
    [
      metricAlarm({ queries: [{ id: 'm', returnData: true, stat: stat({ statistic: 'wm98' }) }] }),
      'the statistic wm98 is not known locally',
    ],
    [
      metricAlarm({
        queries: [
          { id: 'm', returnData: true, stat: stat({ dimensions: [{ name: 'Resource', value: 'f:live' }] }) },
        ],
      }),
      'AWS/Lambda Duration has no dimensions Resource locally',
    ],
  ])('says why it cannot be evaluated here (%#)', (alarm, why) => {
    const evaluation = evaluate(alarm, duration(500, 500, 500));
    expect(evaluation?.state).toBe('INSUFFICIENT_DATA');
    expect(evaluation?.reason).toContain('Not evaluated locally: ');
    expect(evaluation?.reason).toContain(why);
  });
});
