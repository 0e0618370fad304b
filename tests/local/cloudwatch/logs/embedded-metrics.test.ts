import { describe, expect, it } from 'vitest';
import { readEmbeddedMetrics } from '../../../../local/cloudwatch/logs/embedded-metrics.ts';

const AT = 1_800_000_000_000;

function emf(directive: object, root: object = {}): string {
  return JSON.stringify({
    _aws: { Timestamp: AT, CloudWatchMetrics: [{ Namespace: 'shop', Dimensions: [[]], ...directive }] },
    latency: 12.5,
    sizes: [1, 2, 2],
    service: 'orders',
    stage: 'local',
    ...root,
  });
}

describe('embedded metrics', () => {
  it('are read with their unit, for each set of dimensions', () => {
    const line = emf({
      Dimensions: [['service'], ['service', 'stage']],
      Metrics: [{ Name: 'latency', Unit: 'Milliseconds' }],
    });
    const sample = { unit: 'Milliseconds', values: [12.5], at: AT };
    const service = { name: 'service', value: 'orders' };
    expect(readEmbeddedMetrics(line)).toEqual({
      problems: [],
      samples: [
        { id: { namespace: 'shop', name: 'latency', dimensions: [service] }, ...sample },
        {
          id: {
            namespace: 'shop',
            name: 'latency',
            dimensions: [service, { name: 'stage', value: 'local' }],
          },
          ...sample,
        },
      ],
    });
  });

  it('may be lists, of either resolution, without dimensions', () => {
    const line = emf({ Dimensions: [], Metrics: [{ Name: 'sizes', StorageResolution: 1 }] });
    expect(readEmbeddedMetrics(line)?.samples).toEqual([
      { id: { namespace: 'shop', name: 'sizes', dimensions: [] }, values: [1, 2, 2], at: AT },
    ]);
  });

  it.each([
    '2027-01-15T08:00:00.000Z\t79104EXAMPLEB723\tINFO\t',
    '[INFO]\t2027-01-15T08:00:00.000Z\t79104EXAMPLEB723\t',
    'metrics: ',
    '  ',
  ])('are read behind %j', (prefix) => {
    const line = emf({ Metrics: [{ Name: 'latency' }] });
    expect(readEmbeddedMetrics(prefix + line)).toEqual(readEmbeddedMetrics(line));
    expect(readEmbeddedMetrics(line)?.samples).toHaveLength(1);
  });

  it.each([
    'text { before {"_aws": {"Timestamp": 1, "CloudWatchMetrics": []}}',
    '{"message": "{\\"_aws\\": {\\"Timestamp\\": 1, \\"CloudWatchMetrics\\": []}}"}',
    'plain text with "_aws"',
    '{"_aws": 1}',
    '{"_aws": {"Timestamp": 1}}',
    '["_aws"]',
    '{"level": "INFO"}',
  ])('are not in %s', (line) => {
    expect(readEmbeddedMetrics(line)).toBeUndefined();
  });

  it.each([
    [
      { Metrics: [{ Name: 'nothing' }] },
      '_aws.CloudWatchMetrics[0].Metrics[0] (nothing) is no number of the line',
    ],
    [{ Metrics: [{ Name: 'service' }] }, '(service) is no number of the line'],
    [{ Metrics: [{}] }, 'Metrics[0] has no Name'],
    [{ Metrics: 'latency' }, 'Metrics is not a list'],
    [{ Namespace: 7, Metrics: [] }, 'Namespace is not a text'],
    [
      { Dimensions: [['missing']], Metrics: [{ Name: 'latency' }] },
      'Dimensions[0] names missing, which is no text',
    ],
    [{ Dimensions: ['service'], Metrics: [{ Name: 'latency' }] }, 'Dimensions[0] is not a list of names'],
    [{ Dimensions: [Array(31).fill('service')], Metrics: [] }, 'has 31 names, 30 are allowed'],
    [{ Metrics: Array(101).fill({ Name: 'latency' }) }, 'has 101 metrics, 100 are allowed'],
    [{ Metrics: [{ Name: 'latency', StorageResolution: 5 }] }, 'a StorageResolution other than 1 and 60'],
    [{ Metrics: [{ Name: 'latency', Unit: 1 }] }, 'a Unit that is no text'],
  ])('that are wrong are left out with the reason: %j', (directive, problem) => {
    const read = readEmbeddedMetrics(emf(directive));
    expect(read?.samples).toEqual([]);
    expect(read?.problems.join('; ')).toContain(problem);
  });

  it('have at most 100 values', () => {
    const many = emf({ Metrics: [{ Name: 'many' }] }, { many: Array(101).fill(1) });
    expect(readEmbeddedMetrics(many)?.problems[0]).toContain('(many) has 101 values, 100 are allowed');
    const none = emf({ Metrics: [{ Name: 'none' }] }, { none: [] });
    expect(readEmbeddedMetrics(none)?.problems[0]).toContain('(none) has no values');
  });

  it('need a timestamp', () => {
    const line = JSON.stringify({ _aws: { CloudWatchMetrics: [] } });
    expect(readEmbeddedMetrics(line)?.problems).toEqual(['_aws.Timestamp is not a number of milliseconds']);
  });

  it('keep the good ones of a line', () => {
    const line = emf({ Metrics: [{ Name: 'latency' }, { Name: 'nothing' }] });
    const read = readEmbeddedMetrics(line);
    expect(read?.samples).toHaveLength(1);
    expect(read?.problems).toHaveLength(1);
  });
});
