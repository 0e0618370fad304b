import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import type { CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  paginateGetMetricData,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ERROR_LINES_AGGREGATION, ERROR_LINES_QUERY } from '../../../../local/cloudwatch/logs/error-lines.ts';
import { ConsoleServer } from '../../../../local/console-server/console-server.ts';
import { TraceStore } from '../../../../local/xray/trace-store.ts';
import { alarmAboveZero, startWatched } from '../harness.ts';

const MINUTE = 60_000;

const defaultNamespace = 'com.amazonaws.cloudwatch';

/** The three ways in which clients speak to CloudWatch: JavaScript's by default, Python's newest, and older ones. */
const PROTOCOLS: ReadonlyArray<readonly [string, Pick<CloudWatchClientConfig, 'protocol'>]> = [
  ['JSON', {}],
  ['CBOR', { protocol: new SmithyRpcV2CborProtocol({ defaultNamespace }) }],
  [
    'query',
    {
      protocol: new AwsQueryProtocol({
        defaultNamespace,
        xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
        version: '2010-08-01',
      }),
    },
  ],
];

const dimensions = [{ Name: 'Shop', Value: 'north & <south>' }];
const metric = { Namespace: 'Shop', MetricName: 'Orders', Dimensions: dimensions };

const resources = {
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
  Many: alarmAboveZero('many-orders', { ...metric, Statistic: 'Sum' }, { AlarmActions: [{ Ref: 'Topic' }] }),
  Share: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: 'share-of-orders',
      AlarmDescription: 'Two lines:\n<b>bold</b>',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 0.5,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'notBreaching',
      Metrics: [
        { Id: 'share', Expression: 'orders / 2', Label: 'share', ReturnData: true },
        {
          Id: 'orders',
          ReturnData: false,
          MetricStat: { Metric: metric, Period: 60, Stat: 'p99' },
        },
      ],
    },
  },
  Any: {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: { AlarmName: 'any', AlarmRule: 'ALARM("many-orders") OR ALARM("share-of-orders")' },
  },
};

const errorLines = {
  Type: 'AWS::CloudWatch::LogAlarm',
  Properties: {
    AlarmName: 'error-lines',
    ScheduledQueryConfiguration: {
      QueryString: ERROR_LINES_QUERY,
      AggregationExpression: ERROR_LINES_AGGREGATION,
      LogGroupIdentifiers: ['/aws/lambda/pay'],
      ScheduleConfiguration: { ScheduleExpression: 'rate(5 minutes)' },
    },
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 2,
    QueryResultsToEvaluate: 3,
    QueryResultsToAlarm: 2,
    TreatMissingData: 'notBreaching',
    ActionLogLineCount: 4,
  },
};

async function start(protocol: Pick<CloudWatchClientConfig, 'protocol'>, more: Record<string, unknown> = {}) {
  const watched = await startWatched({ ...resources, ...more }, MINUTE);
  const store = new TraceStore();
  const page = new ConsoleServer({
    store,
    cloudWatch: watched.cloudWatch,
    cloudWatchApi: watched.cloudWatch.api,
    port: 0,
    staticDirectory: mkdtempSync(join(tmpdir(), 'lantern-test-')),
    serviceInfo: () => {
      throw new Error('Nobody asks for it.');
    },
  });
  const { url } = await page.start();
  const client = new CloudWatchClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    ...protocol,
  });
  onTestFinished(async () => {
    client.destroy();
    await page.stop();
    store.close();
  });
  return { ...watched, client };
}

/** Some time ago; periods of five minutes begin there too. */
const at = Math.floor(Date.now() / (5 * MINUTE)) * (5 * MINUTE) - 10 * MINUTE;
function minute(offset: number): Date {
  return new Date(at + offset * MINUTE);
}

/** Orders in three minutes: 1, 2 and 3; nothing in a fourth; then five, known by their sum. */
async function putOrders(client: CloudWatchClient): Promise<void> {
  const datum = { MetricName: 'Orders', Dimensions: dimensions, Unit: 'Count' as const };
  await client.send(
    new PutMetricDataCommand({
      Namespace: 'Shop',
      MetricData: [
        { ...datum, Timestamp: minute(0), Value: 1 },
        { ...datum, Timestamp: minute(1), Values: [0.5, 1.5], Counts: [1, 1] },
        { ...datum, Timestamp: minute(2), Values: [1], Counts: [3] },
        {
          ...datum,
          Timestamp: minute(4),
          StatisticValues: { SampleCount: 5, Sum: 10, Minimum: 1, Maximum: 4 },
        },
      ],
    }),
  );
}

describe.each(PROTOCOLS)('CloudWatch, asked in the %s protocol', (_name, protocol) => {
  it('gives metrics and expressions of them, newest first unless asked otherwise', async () => {
    const { client } = await start(protocol);
    await putOrders(client);
    const question = {
      StartTime: minute(0),
      EndTime: minute(5),
      MetricDataQueries: [
        { Id: 'orders', MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
        { Id: 'most', MetricStat: { Metric: metric, Period: 300, Stat: 'Maximum' }, Label: 'most of all' },
        { Id: 'twice', Expression: 'FILL(orders, 0) * 2', Period: 60 },
      ],
    };
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({ ...question, ScanBy: 'TimestampAscending' }),
    );
    expect(MetricDataResults).toEqual([
      {
        Id: 'most',
        Label: 'most of all',
        Timestamps: [expect.any(Date)],
        Values: [4],
        StatusCode: 'Complete',
      },
      {
        Id: 'twice',
        Label: 'twice',
        Timestamps: [0, 1, 2, 3, 4].map(minute),
        Values: [2, 4, 6, 0, 20],
        StatusCode: 'Complete',
      },
    ]);
    const newestFirst = await client.send(new GetMetricDataCommand(question));
    expect(newestFirst.MetricDataResults?.[1]?.Values).toEqual([20, 0, 6, 4, 2]);
  });

  it('describes an alarm on log lines where that type is asked for', async () => {
    const { client } = await start(protocol, { ErrorLines: errorLines });
    const ofMetrics = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['error-lines'] }));
    expect(ofMetrics.LogAlarms ?? []).toEqual([]);
    const { LogAlarms, MetricAlarms } = await client.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['LogAlarm'] }),
    );
    expect(MetricAlarms ?? []).toEqual([]);
    expect(LogAlarms).toMatchObject([
      {
        AlarmName: 'error-lines',
        StateValue: 'INSUFFICIENT_DATA',
        ScheduledQueryConfiguration: {
          AggregationExpression: 'count(*)',
          LogGroupIdentifiers: ['/aws/lambda/pay'],
          ScheduleConfiguration: { ScheduleExpression: 'rate(5 minutes)' },
        },
        QueryResultsToEvaluate: 3,
        QueryResultsToAlarm: 2,
        Threshold: 2,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        ActionLogLineCount: 4,
      },
    ]);
  });

  it('gives the same in pages', async () => {
    const { client } = await start(protocol);
    await putOrders(client);
    const pages: unknown[][] = [];
    for await (const { MetricDataResults } of paginateGetMetricData(
      { client },
      {
        StartTime: minute(0),
        EndTime: minute(5),
        ScanBy: 'TimestampAscending',
        MaxDatapoints: 3,
        MetricDataQueries: [{ Id: 'orders', MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } }],
      },
    )) {
      pages.push([MetricDataResults?.[0]?.StatusCode, ...(MetricDataResults?.[0]?.Values ?? [])]);
    }
    expect(pages).toEqual([
      ['PartialData', 1, 2, 3],
      ['Complete', 10],
    ]);
  });

  it('gives statistics, and lists what is measured', async () => {
    const { client } = await start(protocol);
    await putOrders(client);
    const { Label, Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        ...metric,
        StartTime: minute(0),
        EndTime: minute(5),
        Period: 60,
        Statistics: ['Sum', 'SampleCount'],
        ExtendedStatistics: ['p50'],
      }),
    );
    expect(Label).toBe('Orders');
    expect(Datapoints.find(({ Timestamp }) => Number(Timestamp) === Number(minute(1)))).toEqual({
      Timestamp: minute(1),
      Unit: 'Count',
      Sum: 2,
      SampleCount: 2,
      ExtendedStatistics: { p50: 1 },
    });
    const list = async (filter: object) => (await client.send(new ListMetricsCommand(filter))).Metrics;
    expect(await list({ Namespace: 'Shop', Dimensions: [{ Name: 'Shop' }], RecentlyActive: 'PT3H' })).toEqual(
      [metric],
    );
    expect(await list({ Dimensions: [{ Name: 'Shop', Value: 'elsewhere' }] })).toEqual([]);
  });

  it('describes alarms as they are deployed, with their state', async () => {
    const { client, service } = await start(protocol);
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    expect([...MetricAlarms, ...CompositeAlarms].map(({ AlarmArn }) => AlarmArn).sort()).toEqual(
      service.alarms.map(({ arn }) => arn).sort(),
    );
    expect(MetricAlarms[0]).toMatchObject({
      AlarmName: 'many-orders',
      StateValue: 'INSUFFICIENT_DATA',
      ActionsEnabled: true,
      ...metric,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      StateUpdatedTimestamp: expect.any(Date) as Date,
    });
    expect(MetricAlarms[1]).toMatchObject({
      AlarmDescription: 'Two lines:\n<b>bold</b>',
      Metrics: [
        { Id: 'share', Expression: 'orders / 2', Label: 'share', ReturnData: true },
        { Id: 'orders', ReturnData: false, MetricStat: { Metric: metric, Period: 60, Stat: 'p99' } },
      ],
    });
    expect(CompositeAlarms[0]).toMatchObject({
      AlarmName: 'any',
      AlarmRule: expect.stringContaining('many') as string,
    });
    const children = await client.send(new DescribeAlarmsCommand({ ChildrenOfAlarmName: 'any' }));
    expect(children.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual([
      'many-orders',
      'share-of-orders',
    ]);
    const pages = await client.send(new DescribeAlarmsCommand({ MaxRecords: 1 }));
    const rest = await client.send(new DescribeAlarmsCommand({ NextToken: pages.NextToken }));
    expect(rest.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['share-of-orders']);
  });

  it('sets the state of an alarm, with what follows of it, and remembers that', async () => {
    const { client, transitions } = await start(protocol);
    const set = (StateValue: 'ALARM' | 'OK') =>
      client.send(
        new SetAlarmStateCommand({ AlarmName: 'many-orders', StateValue, StateReason: 'a try & more' }),
      );
    await set('ALARM');
    expect(transitions).toEqual([
      'many-orders: INSUFFICIENT_DATA -> ALARM',
      'any: INSUFFICIENT_DATA -> ALARM',
    ]);
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    expect(MetricAlarms).toMatchObject([{ AlarmName: 'many-orders', StateReason: 'a try & more' }]);
    await set('OK');
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'many-orders', HistoryItemType: 'StateUpdate' }),
    );
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm updated from ALARM to OK',
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
    ]);
  });

  it.each([
    [
      'a metric without a name',
      new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: '', Value: 1 }] }),
      /MetricName is a string of 1 to 255 characters; got ""/,
    ],
    [
      'a namespace of AWS',
      new PutMetricDataCommand({ Namespace: 'AWS/Lambda', MetricData: [{ MetricName: 'Errors', Value: 1 }] }),
      /AWS\//,
    ],
    [
      'statistics that contradict each other',
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [
          { MetricName: 'a', StatisticValues: { SampleCount: 3, Sum: 1, Minimum: 2, Maximum: 4 } },
        ],
      }),
      /fit together/,
    ],
    [
      'an expression that only CloudWatch evaluates',
      new GetMetricDataCommand({
        StartTime: minute(0),
        EndTime: minute(1),
        MetricDataQueries: [{ Id: 'all', Expression: "SEARCH('orders', 'Sum', 60)" }],
      }),
      /The expression all cannot be evaluated here/,
    ],
    [
      'a period that nothing is kept in',
      new GetMetricStatisticsCommand({
        ...metric,
        StartTime: minute(0),
        EndTime: minute(1),
        Period: 40,
        Statistics: ['Sum'],
      }),
      /Period is 10, 20, 30 or a multiple of 60 here, in seconds; got 40/,
    ],
    [
      'an alarm that is not there',
      new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'x' }),
      /There is no alarm none/,
    ],
    ['an operation that is not served', new ListDashboardsCommand({}), /ListDashboards is not served here/],
  ])('refuses %s, and says why', async (_what, command, message) => {
    const { client } = await start(protocol);
    // The commands differ in their inputs and outputs; only that they are refused is looked at.
    await expect(client.send(command as GetMetricDataCommand)).rejects.toThrow(message);
  });
});
