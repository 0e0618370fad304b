import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ERROR_LINES_AGGREGATION, ERROR_LINES_QUERY } from '../../../local/cloudwatch/logs/error-lines.ts';
import { replayAlarms } from 'lambda-lantern/testing';
import type { ReplayedSeries, ReplayedTransition } from 'lambda-lantern/testing';
import { readDatapoints, TREATMENTS, vectors } from './alarm-vectors.ts';

const START = Date.UTC(2026, 10, 2, 9, 0);
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ops';

type Minutes = ReplayedSeries['minutes'];

/** An alarm on the metric of the same name, which breaches above 1. */
function alarm(name: string, properties: object = {}): object {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: name,
      Namespace: 'Shop',
      MetricName: name,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
      ...properties,
    },
  };
}

const NO_METRIC = { Namespace: undefined, MetricName: undefined, Statistic: undefined, Period: undefined };

function metric(id: string, stat: object = {}, ReturnData = false): object {
  const Metric = { Namespace: 'Shop', MetricName: id };
  return { Id: id, ReturnData, MetricStat: { Metric, Period: 60, Stat: 'Sum', ...stat } };
}

/** An alarm on an expression of the metrics. */
function math(name: string, Expression: string, metrics = [metric('m')]): object {
  return alarm(name, { ...NO_METRIC, Metrics: [...metrics, { Id: 'e', Expression }] });
}

function composite(name: string, rule: unknown, properties: object = {}): object {
  return {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: {
      AlarmName: name,
      AlarmRule: rule,
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
      ...properties,
    },
  };
}

function series(metricName: string, minutes: Minutes, more: Partial<ReplayedSeries> = {}): ReplayedSeries {
  return { namespace: 'Shop', metricName, dimensions: {}, start: START, minutes, ...more };
}

function values(notation: string): Minutes {
  return readDatapoints(notation).map((value) => (value === null ? null : [value]));
}

/** `3 OK -> ALARM: topic` for what comes at the end of the third minute. */
function told(entries: readonly ReplayedTransition[], name?: string): string[] {
  return entries
    .filter(({ alarm: of }) => name === undefined || of === name)
    .map(({ at, from, to, notifies }) => {
      const targets = notifies.length === 0 ? '' : `: ${notifies.join(', ')}`;
      return `${(at.getTime() - START) / 60_000} ${from} -> ${to}${targets}`;
    });
}

function stateAfter(entries: readonly ReplayedTransition[], minutes: number): string {
  const until = entries.filter(({ at }) => at.getTime() <= START + minutes * 60_000);
  return until.at(-1)?.to ?? 'INSUFFICIENT_DATA';
}

describe('the replay of alarms that warm up', () => {
  const breaching = values('X X X X X X');

  it.each([
    [
      'as long as there are too few data',
      { WarmUpPeriodDurationInMinutes: 10 },
      ['2 INSUFFICIENT_DATA -> ALARM'],
    ],
    [
      'for all of the time',
      { WarmUpPeriodDurationInMinutes: 4, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true },
      ['4 INSUFFICIENT_DATA -> ALARM'],
    ],
    ['for no longer than its time', { WarmUpPeriodDurationInMinutes: 1 }, ['1 INSUFFICIENT_DATA -> ALARM']],
  ])('waits %s', (_what, warmUp, expected) => {
    const properties = { EvaluationPeriods: 2, DatapointsToAlarm: 1, WarmUpConfiguration: warmUp };
    const template = { Resources: { A: alarm('a', { ...properties, AlarmActions: [] }) } };
    expect(told(replayAlarms(template, [series('a', breaching)]))).toEqual(expected);
  });

  it('does not warm up again', () => {
    const properties = { WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 10 }, AlarmActions: [] };
    const template = { Resources: { A: alarm('a', { ...properties, TreatMissingData: 'breaching' }) } };
    expect(told(replayAlarms(template, [series('a', values('- 0 - - - - -'))]))).toEqual([
      '2 INSUFFICIENT_DATA -> OK',
      '5 OK -> ALARM',
    ]);
  });
});

describe('the replay of planned work', () => {
  // 9:02 to 9:05 in Berlin, where the replay begins at 10:00.
  const mute = (schedule: object, names: readonly unknown[] = ['a']) => ({
    Type: 'AWS::CloudWatch::AlarmMuteRule',
    Properties: { Name: 'planned', Rule: { Schedule: schedule }, MuteTargets: { AlarmNames: names } },
  });
  const window = { Expression: 'cron(2 10 * * MON)', Duration: 'PT3M', Timezone: 'Europe/Berlin' };
  const replayed = (minutes: Minutes, resources: object) =>
    told(replayAlarms({ Resources: { A: alarm('a'), ...resources } }, [series('a', minutes)]));

  it('tells of what is still in ALARM when its window closes', () => {
    expect(replayed(values('0 0 X X X X 0'), { Mute: mute(window) })).toEqual([
      '1 INSUFFICIENT_DATA -> OK',
      '3 OK -> ALARM',
      `5 OK -> ALARM: ${TOPIC}`,
      `7 ALARM -> OK: ${TOPIC}`,
    ]);
  });

  it('tells nobody of what is over by then', () => {
    expect(replayed(values('0 0 X 0 0 0 0'), { Mute: mute(window) })).toEqual([
      '1 INSUFFICIENT_DATA -> OK',
      '3 OK -> ALARM',
      '4 ALARM -> OK',
    ]);
  });

  it('is of its alarms only, also of composite ones', () => {
    const both = composite('both', 'ALARM("a")');
    const entries = replayAlarms(
      { Resources: { A: alarm('a'), Both: both, Mute: mute(window, [{ Ref: 'Both' }]) } },
      [series('a', values('0 0 X X X X'))],
    );
    expect(told(entries, 'a').at(-1)).toBe(`3 OK -> ALARM: ${TOPIC}`);
    expect(told(entries, 'both').slice(1)).toEqual(['3 OK -> ALARM', `5 OK -> ALARM: ${TOPIC}`]);
  });

  it('may be once', () => {
    const once = mute({ Expression: 'at(2026-11-02T09:03)', Duration: 'PT1M' });
    expect(replayed(values('0 0 X X X X'), { Mute: once }).slice(1)).toEqual([
      '3 OK -> ALARM',
      `4 OK -> ALARM: ${TOPIC}`,
    ]);
  });

  it('refuses a schedule that it cannot read', () => {
    expect(() =>
      replayed(values('0'), { Mute: mute({ Expression: 'rate(1 hour)', Duration: 'PT1M' }) }),
    ).toThrow(/Mute .* is left out: .*rate/);
  });
});

describe('the replay of metric alarms', () => {
  it('gives each change of state at the end of its minute, with the actions of the new state', () => {
    const entries = replayAlarms({ Resources: { A: alarm('a') } }, [series('a', values('0 0 X X 0'))]);
    expect(entries).toEqual([
      { alarm: 'a', at: new Date(START + 60_000), from: 'INSUFFICIENT_DATA', to: 'OK', notifies: [] },
      { alarm: 'a', at: new Date(START + 180_000), from: 'OK', to: 'ALARM', notifies: [TOPIC] },
      { alarm: 'a', at: new Date(START + 300_000), from: 'ALARM', to: 'OK', notifies: [TOPIC] },
    ]);
  });

  it.each(vectors.tables)('ends in the published state of missing data: $id', (row) => {
    const { datapoints, evaluationPeriods, datapointsToAlarm, expected } = row;
    for (const treatMissingData of TREATMENTS) {
      const settings = {
        EvaluationPeriods: evaluationPeriods,
        DatapointsToAlarm: datapointsToAlarm,
        TreatMissingData: treatMissingData,
      };
      const template = { Resources: { A: alarm('a', settings) } };
      const entries = replayAlarms(template, [series('a', values(datapoints))]);
      const wanted =
        expected[treatMissingData] === 'RETAIN' ? stateAfter(entries, 4) : expected[treatMissingData];
      expect(stateAfter(entries, 5), treatMissingData).toBe(wanted);
    }
  });

  it('computes metric math, where a metric without data counts as FILL says', () => {
    const stat = (MetricName: string) => ({
      Metric: { Namespace: 'Shop', MetricName },
      Period: 120,
      Stat: 'Sum',
    });
    const Metrics = [
      { Id: 'failed', ReturnData: false, MetricStat: stat('failed') },
      { Id: 'all', ReturnData: false, MetricStat: stat('all') },
      { Id: 'rate', Expression: 'IF(FILL(all, 0) >= 4, 100 * FILL(failed, 0) / all, 0)' },
    ];
    const single = { Namespace: undefined, MetricName: undefined, Statistic: undefined, Period: undefined };
    const properties = { ...single, Metrics, Threshold: 40, TreatMissingData: 'notBreaching' };
    const template = JSON.parse(JSON.stringify({ Resources: { A: alarm('rate', properties) } })) as unknown;
    const entries = replayAlarms(template, [
      series('all', [[1], [1], [1, 1, 1], [1, 1, 1], null, null]),
      series('failed', [[1], [1], null, [1, 1, 1], null, null]),
    ]);
    expect(told(entries)).toEqual([
      '1 INSUFFICIENT_DATA -> OK',
      `4 OK -> ALARM: ${TOPIC}`,
      `5 ALARM -> OK: ${TOPIC}`,
    ]);
  });

  it('takes percentiles of the samples of a period', () => {
    const properties = { Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 500 };
    const minute = (slow: number): number[] => Array.from({ length: 100 }, (_, i) => (i < slow ? 900 : 100));
    const template = JSON.parse(JSON.stringify({ Resources: { A: alarm('a', properties) } })) as unknown;
    const entries = replayAlarms(template, [series('a', [minute(5), minute(20), minute(5)])]);
    expect(told(entries).slice(1)).toEqual([`2 OK -> ALARM: ${TOPIC}`, `3 ALARM -> OK: ${TOPIC}`]);
  });

  it('knows the hour of each period, so that an alarm may sleep', () => {
    const template = { Resources: { A: math('a', 'IF(HOUR(m) >= 10, m, 0)') } };
    const minutes: Minutes = Array.from({ length: 64 }, () => [5]);
    expect(told(replayAlarms(template, [series('m', minutes)]))).toEqual([
      '1 INSUFFICIENT_DATA -> OK',
      `61 OK -> ALARM: ${TOPIC}`,
    ]);
  });

  it('tells nobody where actions are disabled', () => {
    const template = { Resources: { A: alarm('a', { ActionsEnabled: false }) } };
    expect(told(replayAlarms(template, [series('a', values('0 X'))]))).toEqual([
      '1 INSUFFICIENT_DATA -> OK',
      '2 OK -> ALARM',
    ]);
  });

  it.each<[string, NonNullable<ReplayedSeries['dimensions']>]>([
    ['an object', { Second: 'b', FunctionName: 'shop-pay' }],
    ['an object with references', { FunctionName: { Ref: 'Pay' }, Second: 'b' }],
    [
      'a list as in CloudFormation',
      [
        { Name: 'FunctionName', Value: { Ref: 'Pay' } },
        { Name: 'Second', Value: 'b' },
      ],
    ],
  ])('finds the metric by its dimensions, given as %s', (_form, dimensions) => {
    const Dimensions = [
      { Name: 'FunctionName', Value: { Ref: 'Pay' } },
      { Name: 'Second', Value: 'b' },
    ];
    const template = {
      Resources: {
        Pay: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop-pay' } },
        A: alarm('a', { Dimensions }),
      },
    };
    const entries = replayAlarms(template, [
      series('a', values('0 X'), { dimensions }),
      series('a', values('0 0'), { dimensions: { Second: 'b' } }),
    ]);
    expect(stateAfter(entries, 2)).toBe('ALARM');
  });

  it('watches metrics that Lantern local does not measure', () => {
    const properties = { Namespace: 'AWS/Kinesis', MetricName: 'GetRecords.IteratorAgeMilliseconds' };
    const template = { Resources: { A: alarm('a', properties) } };
    const metric = { namespace: 'AWS/Kinesis', metricName: 'GetRecords.IteratorAgeMilliseconds' };
    const entries = replayAlarms(template, [{ ...metric, start: START, minutes: [[0], [2]] }]);
    expect(stateAfter(entries, 2)).toBe('ALARM');
  });

  it('resolves actions as the template has them, parameters by their name', () => {
    const template = {
      Parameters: { OnCall: { Type: 'String' } },
      Resources: {
        Ops: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'ops' } },
        A: alarm('a', { AlarmActions: [{ Ref: 'Ops' }, { Ref: 'OnCall' }] }),
      },
    };
    expect(told(replayAlarms(template, [series('a', values('0 X'))])).at(-1)).toBe(
      '2 OK -> ALARM: arn:aws:sns:us-east-1:000000000000:ops, OnCall',
    );
  });

  it.each([
    START,
    new Date(START),
    new Date(START).toISOString(),
    '2026-11-02T09:00',
    '2026-11-02T09:00:00',
    '2026-11-02T14:30+05:30',
  ])('begins at %s', (start) => {
    const [entry] = replayAlarms({ Resources: { A: alarm('a') } }, [series('a', values('0'), { start })]);
    expect(entry?.at).toEqual(new Date(START + 60_000));
  });

  it('puts series that begin at different times side by side', () => {
    const template = { Resources: { A: alarm('a'), B: alarm('b') } };
    const later = { start: START + 3 * 60_000 };
    const entries = replayAlarms(template, [series('a', values('0 X')), series('b', values('0 X'), later)]);
    expect(told(entries, 'b')).toEqual(['4 INSUFFICIENT_DATA -> OK', `5 OK -> ALARM: ${TOPIC}`]);
    expect(told(entries, 'a').slice(0, 2)).toEqual(['1 INSUFFICIENT_DATA -> OK', `2 OK -> ALARM: ${TOPIC}`]);
  });

  it('keeps what alarms with periods of hours look back at, beyond a day', () => {
    const hours = {
      Period: 3600,
      EvaluationPeriods: 40,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    };
    const minutes = Array.from({ length: 39 * 60 }, (_, minute) => (minute === 0 ? [2] : [0]));
    const entries = replayAlarms({ Resources: { A: alarm('a', hours) } }, [series('a', minutes)]);
    expect(told(entries)).toEqual([`1 INSUFFICIENT_DATA -> ALARM: ${TOPIC}`]);
  });
});

describe('the replay of composite alarms', () => {
  it('evaluates them with their children, which may be named by reference and be composite alarms', () => {
    const template = {
      Resources: {
        Page: composite('page', { 'Fn::Sub': 'ALARM("${Both}") AND NOT OK(a)' }),
        Both: composite('both', {
          'Fn::Join': ['', ['ALARM("', { 'Fn::GetAtt': ['A', 'Arn'] }, '") AND ALARM(b)']],
        }),
        A: alarm('a', { AlarmActions: [], OKActions: [] }),
        B: alarm('b'),
      },
    };
    const entries = replayAlarms(template, [series('a', values('0 X X 0')), series('b', values('0 0 X X'))]);
    expect(told(entries, 'page')).toEqual([
      '1 INSUFFICIENT_DATA -> OK',
      `3 OK -> ALARM: ${TOPIC}`,
      `4 ALARM -> OK: ${TOPIC}`,
    ]);
    expect(told(entries, 'a')).toEqual(['1 INSUFFICIENT_DATA -> OK', '2 OK -> ALARM', '4 ALARM -> OK']);
  });

  it.each(vectors.suppression)(
    'takes held back actions when AWS does: $id',
    ({ composite: changes, suppressor, actionsAt }) => {
      // The moment 0 of the vectors, in minutes: all alarms have their first state behind them by then.
      const zero = 10;
      const states = (of: Readonly<Record<string, string>>): Minutes =>
        Array.from({ length: 30 }, (_, minute) => {
          const past = Object.entries(of).filter(
            ([moment]) => zero + Number(moment.replace('t', '')) <= minute + 1,
          );
          return [past.at(-1)?.[1] === 'ALARM' ? 2 : 0];
        });
      const { wait, extension } = vectors.suppressionPeriods;
      const template = {
        Resources: {
          Cause: alarm('cause', { AlarmActions: [], OKActions: [] }),
          Quiet: alarm('quiet', { AlarmActions: [], OKActions: [] }),
          Page: composite('page', 'ALARM(cause)', {
            ActionsSuppressor: { 'Fn::GetAtt': ['Quiet', 'Arn'] },
            ActionsSuppressorWaitPeriod: wait * 60,
            ActionsSuppressorExtensionPeriod: extension * 60,
          }),
        },
      };
      const entries = replayAlarms(template, [
        series('cause', states(changes)),
        series('quiet', states(suppressor)),
      ]);
      const moments = entries
        .filter(({ notifies }) => notifies.length > 0)
        .map(({ at }) => (at.getTime() - START) / 60_000 - zero);
      expect(moments).toEqual(actionsAt === null ? [] : [actionsAt]);
    },
  );
});

describe('what cannot be replayed', () => {
  const template = { Resources: { A: alarm('a') } };

  it.each<[string, unknown, RegExp]>([
    ['no list', {}, /^series: expected a list of at least one series, got \{\}/],
    ['no series', [], /^series: expected a list of at least one series/],
    ['no object', [null], /^series\[0\]: expected an object, got null/],
    [
      'an unknown field',
      [{ ...series('a', [[1]]), period: 60 }],
      /^series\[0\]\.period: expected one of namespace/,
    ],
    ['no namespace', [{ ...series('a', [[1]]), namespace: '' }], /^series\[0\]\.namespace: expected a text/],
    ['no minutes', [series('a', [])], /^series\[0\]\.minutes: expected a list/],
    ['a bare number', [{ ...series('a', []), minutes: [[1], 7] }], /^series\[0\]\.minutes\[1\]: .* got 7/],
    ['no finite sample', [series('a', [[1, Number.NaN]])], /^series\[0\]\.minutes\[0\]\[1\]: .* got NaN/],
    [
      'half a minute',
      [series('a', [[1]], { start: START + 30_000 })],
      /^series\[0\]\.start: .* begin of a minute/,
    ],
    ['a date without a time', [series('a', [[1]], { start: '2026-11-02' })], /^series\[0\]\.start: /],
    ['a number as text', [series('a', [[1]], { start: '17' })], /^series\[0\]\.start: .* got "17"/],
    ['no date', [series('a', [[1]], { start: 'yesterday' })], /^series\[0\]\.start: .* got "yesterday"/],
    [
      'a dimension without name',
      [series('a', [[1]], { dimensions: [{ Value: 'x' }] })],
      /dimensions\[0\]\.Name/,
    ],
    [
      'an unknown reference',
      [series('a', [[1]], { dimensions: { F: { Ref: 'Gone' } } })],
      /dimensions\.F.*Gone/,
    ],
  ])('is said of series: %s', (_what, given, message) => {
    expect(() => replayAlarms(template, given as ReplayedSeries[])).toThrow(message);
  });

  it.each<[string, unknown, RegExp]>([
    ['no template', 'template.yml', /^Expected a CloudFormation template/],
    ['no alarm', { Resources: {} }, /^Expected a template with alarms/],
    [
      'an unreadable alarm',
      { Resources: { A: alarm('a', { Period: 45 }) } },
      /cannot be replayed\. A .*Period.*45/,
    ],
    [
      'an unknown statistic',
      { Resources: { A: alarm('a', { Statistic: 'Mode' }) } },
      /alarm a cannot be replayed: .*Mode/,
    ],
    ['a missing child', { Resources: { C: composite('c', 'ALARM(gone)') } }, /alarm c needs the alarm gone/],
    [
      'a wrong rule',
      { Resources: { C: composite('c', 'ALARM(c') } },
      /^The alarm c cannot be replayed\. The rule "ALARM\(c"/,
    ],
    [
      'a missing suppressor',
      { Resources: { A: alarm('a'), C: composite('c', 'ALARM(a)', { ActionsSuppressor: 'gone' }) } },
      /alarm c needs the alarm gone/,
    ],
    [
      'a circle',
      { Resources: { C: composite('c', 'ALARM(d)'), D: composite('d', 'ALARM(c)') } },
      /leads back to itself/,
    ],
    ...[
      'WOBBLE(m)',
      'm + gone',
      'm +',
      'METRICS()',
      'SUM(m)',
      'ANOMALY_DETECTION_BAND(m, 2)',
      "SEARCH('{Shop} m', 'Sum')",
      'SERVICE_QUOTA(m)',
      'e',
    ].map((expression): [string, unknown, RegExp] => [
      `the expression ${expression}`,
      { Resources: { A: math('a', expression) } },
      /^The alarm a cannot be replayed: .*\. Leave it out of the template\.$/,
    ]),
    [
      'metrics of different periods',
      { Resources: { A: math('a', 'm + n', [metric('m'), metric('n', { Period: 300 })]) } },
      /Metrics: expected metrics of one period, got 60 s and 300 s\.$/,
    ],
    [
      'two queries that return data',
      { Resources: { A: math('a', 'm', [metric('m', {}, true)]) } },
      /Metrics: expected one query .* got m, e\.$/,
    ],
    [
      'no query that returns data',
      { Resources: { A: alarm('a', { ...NO_METRIC, Metrics: [metric('m')] }) } },
      /Metrics: expected one query .* got none\.$/,
    ],
    [
      'one id twice',
      { Resources: { A: math('a', 'm', [metric('m'), metric('m')]) } },
      /Metrics: expected ids that differ, got m twice\.$/,
    ],
    [
      'two kinds of statistics',
      { Resources: { A: alarm('a', { ExtendedStatistic: 'p99' }) } },
      /expected Statistic or ExtendedStatistic, got both\.$/,
    ],
    [
      'more datapoints than periods',
      { Resources: { A: alarm('a', { EvaluationPeriods: 2, DatapointsToAlarm: 3 }) } },
      /DatapointsToAlarm: expected a whole number from 1 to EvaluationPeriods, which is 2, got 3\.$/,
    ],
    [
      'periods by the clock on the wall',
      { Resources: { A: alarm('a', { EvaluationWindow: { WallClockWindow: { Timezone: 'UTC' } } }) } },
      /alarm a cannot be replayed: its periods follow the clock on the wall/,
    ],
    ['one name twice', { Resources: { A: alarm('a'), B: alarm('a') } }, /Two alarms .* the name a/],
  ])('is said of templates: %s', (_what, given, message) => {
    expect(() => replayAlarms(given, [series('a', [[1]])])).toThrow(message);
  });
});

describe('alarms on log lines', () => {
  const onLines = (QueryString = ERROR_LINES_QUERY, more: object = {}) => ({
    Type: 'AWS::CloudWatch::LogAlarm',
    Properties: {
      AlarmName: 'shop-error-lines',
      ScheduledQueryConfiguration: {
        QueryString,
        AggregationExpression: ERROR_LINES_AGGREGATION,
        LogGroupIdentifiers: [{ Ref: 'PayLogGroup' }],
        ScheduleConfiguration: { ScheduleExpression: 'rate(2 minutes)' },
      },
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 1,
      QueryResultsToEvaluate: 1,
      QueryResultsToAlarm: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [TOPIC],
      ...more,
    },
  });
  const template = {
    Resources: {
      PayLogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/pay' } },
      High: alarm('high'),
      Lines: onLines(),
      Both: composite('both', 'ALARM("high") OR ALARM("shop-error-lines")'),
      Told: composite('told', 'ALARM("shop-error-lines")'),
    },
  };
  const ERROR = '{"level":"ERROR","message":"declined"}';
  const start = series('high', [[0]]).start;
  const calm = [series('high', [[0], [0], [0], [0], [0]])];

  it.each([['/aws/lambda/pay'], [{ Ref: 'PayLogGroup' }]])(
    'are evaluated over the lines that are given, of %j, by their level, for the time of their query',
    (logGroup) => {
      const minutes = [[ERROR, 'ERROR in a text'], ['{"level":"INFO"}'], [ERROR, ERROR], null, null];
      const entries = replayAlarms(template, calm, { lines: [{ logGroup, start, minutes }] });
      expect(told(entries, 'shop-error-lines')).toEqual([
        '1 INSUFFICIENT_DATA -> OK',
        `3 OK -> ALARM: ${TOPIC}`,
        '5 ALARM -> OK',
      ]);
      expect(told(entries, 'told')).toEqual([
        '1 INSUFFICIENT_DATA -> OK',
        `3 OK -> ALARM: ${TOPIC}`,
        `5 ALARM -> OK: ${TOPIC}`,
      ]);
    },
  );

  it('look at their own log groups, and last as long as the lines do', () => {
    const lines = [
      { logGroup: '/aws/lambda/other', start, minutes: [[ERROR, ERROR]] },
      {
        logGroup: '/aws/lambda/pay',
        start,
        minutes: [...Array.from({ length: 6 }, () => null), [ERROR, ERROR]],
      },
    ];
    expect(told(replayAlarms(template, calm, { lines }), 'shop-error-lines')).toEqual([
      '1 INSUFFICIENT_DATA -> OK',
      `7 OK -> ALARM: ${TOPIC}`,
    ]);
  });

  it.each([
    [{ WarmUpPeriodDurationInMinutes: 4, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true }, 4],
    [{ WarmUpPeriodDurationInMinutes: 4 }, 2],
    [{ WarmUpPeriodDurationInMinutes: 1 }, 2],
  ])(
    'warm up with %j, whose lines would be data enough: ring after minute %d',
    (WarmUpConfiguration, minute) => {
      const { PayLogGroup, High } = template.Resources;
      const Resources = { PayLogGroup, High, Lines: onLines(ERROR_LINES_QUERY, { WarmUpConfiguration }) };
      const minutes = Array.from({ length: 6 }, (_, index) => (index === 0 ? null : [ERROR, ERROR]));
      const lines = [{ logGroup: '/aws/lambda/pay', start, minutes }];
      const [first] = replayAlarms({ Resources }, calm, { lines }).filter(({ to }) => to === 'ALARM');
      expect((Number(first?.at) - Date.parse(String(new Date(start)))) / 60_000).toBe(minute);
    },
  );

  it('with another query are skipped by name, with lines and without', async () => {
    const { PayLogGroup, High } = template.Resources;
    const Resources = { PayLogGroup, High, Lines: onLines('filter @message like /x/') };
    const warned = once(process, 'warning') as Promise<[Error]>;
    expect(told(replayAlarms({ Resources }, calm, { lines: [] }), 'shop-error-lines')).toEqual([]);
    expect((await warned)[0].message).toMatch(
      /^Only alarms on error lines are replayed.*: shop-error-lines\.$/,
    );
  });

  it.each([
    [{}, 'lines: expected a list, got {}'],
    [[7], 'lines[0]: expected an object, got 7'],
    [[{ logGroup: 'a', start, minutes: [[1]] }], 'lines[0].minutes[0][0]: expected a text, got 1'],
    [
      [{ logGroup: 'a', start, minutes: ['ERROR'] }],
      'lines[0].minutes[0]: expected a list of texts, or null',
    ],
    [[{ logGroup: 'a', start, minutes: [] }], 'lines[0].minutes: expected a list'],
    [[{ logGroup: 'a', start: 'soon', minutes: [[]] }], 'lines[0].start: expected an ISO date'],
    [[{ group: 'a', start, minutes: [[]] }], 'lines[0].group: expected one of logGroup, start, minutes'],
  ])('refuse lines that are none: %j', (lines, expected) => {
    expect(() => replayAlarms(template, calm, { lines: lines as never })).toThrow(expected);
  });

  it('are skipped by name, and never in ALARM for those that read them', async () => {
    const warned = once(process, 'warning') as Promise<[Error & { readonly code?: string }]>;
    const entries = replayAlarms(template, [series('high', [[0], [2], [0]])]);
    expect(told(entries, 'both')).toEqual([
      '1 INSUFFICIENT_DATA -> OK',
      `2 OK -> ALARM: ${TOPIC}`,
      `3 ALARM -> OK: ${TOPIC}`,
    ]);
    expect(told(entries, 'told')).toEqual(['1 INSUFFICIENT_DATA -> OK']);
    expect(told(entries, 'shop-error-lines')).toEqual([]);
    const [{ code, message }] = await warned;
    expect(code).toBe('LANTERN_NOT_REPLAYED');
    expect(message).toContain('shop-error-lines');
  });
});
