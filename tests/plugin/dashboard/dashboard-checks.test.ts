import { describe, expect, it } from 'vitest';
import { checkDashboard } from './dashboard-checks.ts';

function chart(properties: object, place: object = {}) {
  return {
    type: 'metric',
    x: 0,
    y: 0,
    width: 6,
    height: 6,
    properties: { region: 'eu-west-1', ...properties },
    ...place,
  };
}

function check(...widgets: readonly object[]) {
  return () => checkDashboard(JSON.stringify({ widgets }));
}

const metric = ['AWS/Lambda', 'Errors', 'FunctionName', 'pay'];
const arn = 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:slow';

describe('the check of a dashboard', () => {
  it('lets a good one pass, with its dots written out', () => {
    const { metrics } = check(
      chart({
        metrics: [
          [...metric, { stat: 'Sum' }],
          ['.', 'Duration', '.', '.', { stat: 'p99' }],
        ],
      }),
    )();

    expect(metrics[1]).toEqual({
      namespace: 'AWS/Lambda',
      metricName: 'Duration',
      dimensions: { FunctionName: 'pay' },
      style: { stat: 'p99' },
    });
  });

  it.each([
    ['a property that CloudWatch does not know', [chart({ metrics: [metric], colour: 'red' })], 'colour'],
    ['a widget of no type', [chart({ metrics: [metric] }, { type: 'graph' })], 'must be equal to one of'],
    ['a chart without a region', [{ ...chart({}), properties: { metrics: [metric] } }], "'region'"],
    ['a period of half a minute', [chart({ metrics: [metric], period: 30 })], 'must be >= 60'],
    [
      'a statistic nobody knows',
      [chart({ metrics: [[...metric, { stat: 'Median' }]] })],
      'must match pattern',
    ],
    [
      'an alarm together with metrics',
      [chart({ metrics: [metric], annotations: { alarms: [arn] } })],
      'must NOT be valid',
    ],
    ['two alarms in one chart', [chart({ annotations: { alarms: [arn, arn] } })], 'more than 1 items'],
    [
      'a query without its source',
      [{ ...chart({}), type: 'log', properties: { region: 'x', query: 'fields @message' } }],
      'must match pattern',
    ],
    ['a chart that leaves the grid', [chart({ metrics: [metric] }, { x: 20 })], 'leaves the grid'],
    [
      'charts on top of each other',
      [chart({ metrics: [metric] }), chart({ metrics: [metric] }, { x: 5, y: 5 })],
      'overlap at 5,5',
    ],
    [
      'half a dimension',
      [chart({ metrics: [['AWS/Lambda', 'Errors', 'FunctionName']] })],
      'half a dimension',
    ],
    ['a dot with nothing before it', [chart({ metrics: [['.', 'Errors']] })], 'nothing to stand for a dot'],
    [
      'metric math over nothing',
      [chart({ metrics: [metric, [{ expression: '100 * errors' }]] })],
      'nothing is called errors',
    ],
    [
      'an id given twice',
      [
        chart({
          metrics: [
            [...metric, { id: 'a' }],
            [...metric, { id: 'a' }],
          ],
        }),
      ],
      'the same id twice',
    ],
    [
      'more metrics than a dashboard holds',
      Array.from({ length: 6 }, (_, row) =>
        chart({ metrics: Array.from({ length: 500 }, () => metric) }, { y: row * 6 }),
      ),
      '3000 metrics',
    ],
  ])('refuses %s', (_what, widgets, message) => {
    expect(check(...widgets)).toThrow(message);
  });
});
