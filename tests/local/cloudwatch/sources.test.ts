import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ThrottledError } from '../../../local/lambda/invocation.ts';
import type { MetricsPage } from '../../../local/cloudwatch/view.ts';
import { region } from '../messaging/messaging-fixture.ts';
import { until } from '../../helpers/until.ts';
import { actionsFunction, alarmAboveZero, during, startWatched } from './harness.ts';

const FUNCTION = 'shop-local-work';
const MINUTE = 300;

/** All points of a line of a chart, added up or the highest, over everything that was measured. */
function measured(
  { groups }: MetricsPage,
  name: string,
  title: string,
  label: string,
): { sum: number; maximum: number } {
  const chart = groups.find((group) => group.name === name)?.charts.find((each) => each.title === title);
  const values = chart?.series.find((line) => line.label === label)?.points.map(({ value }) => value) ?? [];
  return { sum: values.reduce((total, value) => total + value, 0), maximum: Math.max(...values) };
}

describe('the metrics of a function', () => {
  it('count invocations, errors, throttles, what ran at once, and how long', async () => {
    const { call, cloudWatch } = await startWatched(
      { Work: actionsFunction(FUNCTION, { ReservedConcurrentExecutions: 2 }) },
      MINUTE,
    );
    await Promise.all([
      call(FUNCTION, { action: 'wait', milliseconds: 400 }),
      call(FUNCTION, { action: 'wait', milliseconds: 400 }),
      expect(call(FUNCTION, {})).rejects.toThrow(ThrottledError),
    ]);
    await call(FUNCTION, { action: 'throw' });
    const of = (title: string, label: string) => measured(cloudWatch.metrics(), 'work', title, label);

    // A period that begins in this very millisecond is shown from the next one on.
    await expect.poll(() => of('Invocations', 'invocations').sum).toBe(3);
    expect(of('Invocations', 'errors').sum).toBe(1);
    expect(of('Invocations', 'throttles').sum).toBe(1);
    expect(of('Concurrent executions', 'maximum').maximum).toBe(2);
    expect(of('Duration', 'maximum').maximum).toBeGreaterThanOrEqual(399);
    expect(of('Memory used', 'maximum').maximum).toBeGreaterThan(10);
    expect(of('Init duration', 'maximum').maximum).toBeGreaterThan(1);
  });

  it('are those of its log too: embedded metrics, and metric filters with math on them', async () => {
    const logGroup = `/aws/lambda/${FUNCTION}`;
    const { call, cloudWatch, transitions, problems } = await startWatched(
      {
        Work: actionsFunction(FUNCTION),
        Memory: {
          Type: 'AWS::Logs::MetricFilter',
          Properties: {
            LogGroupName: logGroup,
            FilterPattern: '{ $.type = "platform.report" && $.record.metrics.maxMemoryUsedMB > 0 }',
            MetricTransformations: [
              {
                MetricNamespace: `LambdaLantern/${FUNCTION}`,
                MetricName: 'MaxMemoryUsed',
                MetricValue: '$.record.metrics.maxMemoryUsedMB',
                Unit: 'Megabytes',
              },
            ],
          },
        },
        Wrong: {
          Type: 'AWS::Logs::MetricFilter',
          Properties: {
            FilterName: 'wrong',
            LogGroupName: logGroup,
            FilterPattern: '{ $.a = }',
            MetricTransformations: [{ MetricNamespace: 'x', MetricName: 'y', MetricValue: '1' }],
          },
        },
        Refused: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            AlarmName: 'refused',
            EvaluationPeriods: 1,
            Threshold: 50,
            ComparisonOperator: 'GreaterThanThreshold',
            Metrics: [
              {
                Id: 'refused',
                ReturnData: false,
                MetricStat: {
                  Metric: {
                    Namespace: 'shop',
                    MetricName: 'refused',
                    Dimensions: [{ Name: 'service', Value: 'payments' }],
                  },
                  Period: 60,
                  Stat: 'Sum',
                },
              },
              {
                Id: 'memory',
                ReturnData: false,
                MetricStat: {
                  Metric: { Namespace: `LambdaLantern/${FUNCTION}`, MetricName: 'MaxMemoryUsed' },
                  Period: 60,
                  Stat: 'SampleCount',
                },
              },
              { Id: 'rate', Expression: 'IF(memory >= 1, 100 * refused / memory, 0)', Label: 'Refused (%)' },
            ],
          },
        },
      },
      MINUTE,
    );
    expect(problems).toEqual([
      'The metric filter wrong makes no metrics: { $.a = }: expected a text or a number, got }.',
    ]);
    const line = (metrics: object[]) =>
      `${JSON.stringify({
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [{ Namespace: 'shop', Dimensions: [['service']], Metrics: metrics }],
        },
        service: 'payments',
        refused: 1,
      })}\n`;
    const print = (text: string) => call(FUNCTION, { action: 'print', writes: [{ stream: 'stdout', text }] });
    await during(
      () => print(line([{ Name: 'refused', Unit: 'Count' }])),
      () => transitions.includes('refused: INSUFFICIENT_DATA -> ALARM'),
      'the alarm on the expression',
    );
    expect(cloudWatch.alarm('refused')?.alarm).toMatchObject({
      condition: 'Refused (%) > 50 for 1 of 1 periods of 60 s',
      resource: { kind: 'function', name: 'work' },
    });

    await print(line([{ Name: 'nothing' }]));
    // A line of the log may come after the answer.
    await expect
      .poll(() => problems[1])
      .toBe(
        'Embedded metrics of work are left out, as CloudWatch would: _aws.CloudWatchMetrics[0].Metrics[0] (nothing) is no number of the line',
      );
    const page = cloudWatch.metrics();
    expect(page.losses).toEqual(['1 log lines hold embedded metrics that break the specification.']);
    expect(measured(page, 'shop', 'refused (service payments)', 'Sum').sum).toBeGreaterThan(0);
    expect(page.groups.map(({ name }) => name)).toEqual(['work', `LambdaLantern/${FUNCTION}`, 'shop']);
  });
});

describe('the metrics of queues and topics', () => {
  const jobsWait = alarmAboveZero('jobs-wait', {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Jobs', 'QueueName'] } }],
    Statistic: 'Maximum',
  });

  it('are measured at the end of each minute also after the clock was set back', async () => {
    const { messagingUrl, transitions } = await startWatched(
      {
        Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
        NotEmpty: jobsWait,
      },
      MINUTE,
    );
    await until(() => transitions.includes('jobs-wait: INSUFFICIENT_DATA -> OK'), 'OK');
    const offset = Date.now() - performance.now() - 3_600_000;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => Math.round(performance.now() + offset));
    onTestFinished(() => clock.mockRestore());
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    const sqs = new SQSClient({ endpoint: messagingUrl, region, credentials });
    onTestFinished(() => sqs.destroy());
    const QueueUrl = `${messagingUrl}/000000000000/jobs`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    await until(() => transitions.includes('jobs-wait: OK -> ALARM'), 'ALARM');
  });

  it('say how full a queue is, how old its oldest message, and what came and went', async () => {
    const { cloudWatch, messagingUrl, transitions } = await startWatched(
      {
        Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
        News: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
        NotEmpty: jobsWait,
      },
      MINUTE,
    );
    const configuration = {
      endpoint: messagingUrl,
      region,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    };
    const [sqs, sns] = [new SQSClient(configuration), new SNSClient(configuration)];
    onTestFinished(() => {
      sqs.destroy();
      sns.destroy();
    });
    await until(() => transitions.includes('jobs-wait: INSUFFICIENT_DATA -> OK'), 'OK');
    await sqs.send(
      new SendMessageCommand({ QueueUrl: `${messagingUrl}/000000000000/jobs`, MessageBody: 'hello' }),
    );
    await sns.send(
      new PublishCommand({ TopicArn: `arn:aws:sns:${region}:000000000000:news`, Message: 'hello' }),
    );
    await until(() => transitions.includes('jobs-wait: OK -> ALARM'), 'ALARM');
    await until(
      () => measured(cloudWatch.metrics(), 'jobs', 'Age of the oldest message', 'maximum').maximum >= 1,
      'an age of a second',
    );
    expect(measured(cloudWatch.metrics(), 'jobs', 'Messages', 'visible').maximum).toBe(1);
    expect(measured(cloudWatch.metrics(), 'news', 'Messages published', 'published').sum).toBe(1);
  });
});

describe('the metrics of asynchronous events', () => {
  it('count what topics bring, how old it is at each try, and what is given up', async () => {
    const { transitions, messagingUrl, problems } = await startWatched(
      {
        Work: actionsFunction(FUNCTION),
        News: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
        ToWork: {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            TopicArn: { Ref: 'News' },
            Protocol: 'lambda',
            Endpoint: { 'Fn::GetAtt': ['Work', 'Arn'] },
          },
        },
        Received: alarmAboveZero('received', {
          Namespace: 'AWS/Lambda',
          MetricName: 'AsyncEventsReceived',
          Dimensions: [{ Name: 'FunctionName', Value: FUNCTION }],
          Statistic: 'Sum',
        }),
      },
      MINUTE,
    );
    const sns = new SNSClient({
      endpoint: messagingUrl,
      region,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    onTestFinished(() => sns.destroy());
    const news = new PublishCommand({
      TopicArn: `arn:aws:sns:${region}:000000000000:news`,
      Message: 'hello',
    });
    // Again and again: on a busy machine, a minute may pass without being looked at.
    await during(
      () => sns.send(news),
      () => transitions.some((change) => /^received: .* -> ALARM$/.test(change)),
      'an alarm on a received event',
    );
    expect(problems).toEqual([]);
  });
});
