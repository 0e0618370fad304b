import { SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CloudWatchEvent } from '../../../local/cloudwatch/view.ts';
import { receive, region } from '../messaging/messaging-fixture.ts';
import { until } from '../../helpers/until.ts';
import { actionsFunction, during, startWatched } from './harness.ts';

const FUNCTION = 'shop-local-take-payment';
const MINUTE = 250;

const topicAndQueue = {
  Alarms: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
  Mail: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'mail' } },
  ToMail: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Alarms' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Mail', 'Arn'] } },
  },
};

const slowPayments = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: 'take-payment-duration',
    AlarmDescription: 'Payments are slow.',
    Namespace: 'AWS/Lambda',
    MetricName: 'Duration',
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'TakePayment' } }],
    ExtendedStatistic: 'p99',
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 200,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'Alarms' }],
    OKActions: [{ Ref: 'Alarms' }],
  },
};

function mailOf(messagingUrl: string) {
  const sqs = new SQSClient({
    endpoint: messagingUrl,
    region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  onTestFinished(() => sqs.destroy());
  /** Waits for so many messages of the topic. */
  return async (count: number): Promise<{ Subject: string; Message: Record<string, unknown> }[]> => {
    const letters: Message[] = [];
    await during(
      async () => letters.push(...(await receive(sqs, `${messagingUrl}/000000000000/mail`, 1))),
      () => letters.length >= count,
      `${count} messages`,
    );
    return letters.map(({ Body = '{}' }) => {
      const envelope = JSON.parse(Body) as { Subject: string; Message: string };
      return { ...envelope, Message: JSON.parse(envelope.Message) as Record<string, unknown> };
    });
  };
}

describe('an alarm on the duration of a function', () => {
  it('fires while it is slow, tells the topic as CloudWatch does, and is OK again', async () => {
    const watched = await startWatched(
      { TakePayment: actionsFunction(FUNCTION), ...topicAndQueue, SlowPayments: slowPayments },
      MINUTE,
    );
    const mail = mailOf(watched.messagingUrl);
    const events: CloudWatchEvent[] = [];
    watched.cloudWatch.subscribe((event) => events.push(event));
    expect(watched.cloudWatch.alarms()).toMatchObject({
      minuteMs: MINUTE,
      alarms: [{ state: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' }],
    });

    const pay = (milliseconds: number) => watched.call(FUNCTION, { action: 'wait', milliseconds });
    await during(
      () => pay(1),
      () => watched.transitions.length > 0,
      'the first evaluation',
    );
    await during(
      () => pay(300),
      () => watched.transitions.length > 1,
      'ALARM',
    );
    expect(watched.cloudWatch.alarm('take-payment-duration')?.message).toContain('p99 of Duration');
    await until(() => watched.transitions.length > 2, 'OK');

    expect(watched.transitions).toEqual([
      'take-payment-duration: INSUFFICIENT_DATA -> OK',
      'take-payment-duration: OK -> ALARM',
      'take-payment-duration: ALARM -> OK',
    ]);
    // One for each that tells somebody: going off, and being over.
    const [rang = '', over = '', ...others] = watched.messages;
    expect(others).toEqual([]);
    expect(rang).toMatch(/^ALARM: shop local: take-payment-duration is in ALARM\n/);
    expect(rang).toContain('Payments are slow.');
    expect(rang).toMatch(/How far +p99 of Duration: [34]\d\d, limit 200: /);
    expect(rang).toContain('the code of work was renewed');
    expect(over).toMatch(/^OK: [^]*take-payment-duration is OK again, after /);
    const letters = await mail(2);
    const alarm = letters.find(({ Message }) => Message.NewStateValue === 'ALARM');
    expect(alarm).toMatchObject({
      Subject: 'ALARM: "take-payment-duration" in EU (Frankfurt)',
      Message: {
        AlarmName: 'take-payment-duration',
        AlarmDescription: 'Payments are slow.',
        AWSAccountId: '000000000000',
        OldStateValue: 'OK',
        Region: 'EU (Frankfurt)',
        AlarmArn: 'arn:aws:cloudwatch:eu-central-1:000000000000:alarm:take-payment-duration',
        AlarmActions: ['arn:aws:sns:eu-central-1:000000000000:alarms'],
        Trigger: {
          MetricName: 'Duration',
          Namespace: 'AWS/Lambda',
          StatisticType: 'ExtendedStatistic',
          ExtendedStatistic: 'p99',
          Dimensions: [{ value: FUNCTION, name: 'FunctionName' }],
          Threshold: 200,
        },
      },
    });
    expect(letters.map(({ Message }) => Message.NewStateValue).sort()).toEqual(['ALARM', 'OK']);

    const page = watched.cloudWatch.alarm('take-payment-duration');
    expect(page).not.toHaveProperty('message');
    expect(page?.history.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      'ALARM -> OK',
      'OK -> ALARM',
      'INSUFFICIENT_DATA -> OK',
    ]);
    expect(page?.history[1]?.reason).toMatch(
      /^Threshold Crossed: 2 out of the last 3 datapoints \[.*\] were greater than the threshold \(200\.0\) \(minimum 2 datapoints for OK -> ALARM transition\)\.$/,
    );
    expect(page?.history[1]?.actions).toEqual(['published to arn:aws:sns:eu-central-1:000000000000:alarms']);
    expect(page?.chart?.series[0]?.points.some(({ breaching }) => breaching === true)).toBe(true);
    expect(page?.alarm).toMatchObject({
      condition: 'Duration p99 > 200 for 2 of 3 periods of 60 s',
      resource: { kind: 'function', name: 'take-payment' },
    });
    expect(events.at(-1)).toMatchObject({ type: 'changed', alarm: { state: 'OK' } });
    expect(watched.problems).toEqual([]);
  });
});
