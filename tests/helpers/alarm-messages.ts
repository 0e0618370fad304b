/** What CloudWatch sends when an alarm changes its state, in its three forms, as recorded from AWS. */

export interface AlarmChange {
  readonly alarmName: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly previousState?: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** @default now */
  readonly at?: Date;
  readonly namespace?: string;
  readonly metricName?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  /** @default 'eu-west-1' */
  readonly region?: string;
  /** @default '000000000000' */
  readonly account?: string;
  /**
   * When the event was sent.
   *
   * @default at
   */
  readonly sent?: Date;
}

const REASON =
  'Threshold Crossed: 1 out of the last 1 datapoints [1804.0 (24/11/26 15:59:00)] was greater than the threshold (1500.0) (minimum 1 datapoint for OK -> ALARM transition).';

/** As CloudWatch writes times: `2026-11-24T16:00:00.123+0000`. */
function timeOf({ at = new Date() }: AlarmChange): string {
  return at.toISOString().replace('Z', '+0000');
}

function placeOf({ region = 'eu-west-1', account = '000000000000', alarmName }: AlarmChange) {
  return { region, account, alarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${alarmName}` };
}

/** The text of the SNS message of an alarm on one metric. */
export function snsAlarmMessage(change: AlarmChange): string {
  const { alarmName, state, previousState = state === 'ALARM' ? 'OK' : 'ALARM' } = change;
  const { namespace = 'AWS/Lambda', metricName = 'Duration', dimensions = {} } = change;
  const { account, alarmArn } = placeOf(change);
  return JSON.stringify({
    AlarmName: alarmName,
    AlarmDescription: 'The function is slow',
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: '2026-11-24T10:00:00.000+0000',
    NewStateValue: state,
    NewStateReason: REASON,
    StateChangeTime: timeOf(change),
    Region: 'EU (Ireland)',
    AlarmArn: alarmArn,
    OldStateValue: previousState,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: metricName,
      Namespace: namespace,
      StatisticType: 'Statistic',
      Statistic: 'AVERAGE',
      Unit: null,
      Dimensions: Object.entries(dimensions).map(([name, value]) => ({ value, name })),
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 1500,
      TreatMissingData: 'notBreaching',
      EvaluateLowSampleCountPercentile: '',
    },
  });
}

/** The same of an alarm on an expression over several metrics. */
export function snsMathMessage(
  change: AlarmChange,
  metrics: ReadonlyArray<{
    readonly namespace: string;
    readonly dimensions: Readonly<Record<string, string>>;
  }>,
): string {
  const message = JSON.parse(snsAlarmMessage(change)) as { Trigger: object };
  return JSON.stringify({
    ...message,
    Trigger: {
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 5,
      Metrics: [
        { Expression: '100 * m1 / m2', Id: 'e1', Label: 'error rate', ReturnData: true },
        ...metrics.map(({ namespace, dimensions }, index) => ({
          Id: `m${index + 1}`,
          MetricStat: {
            Metric: {
              Dimensions: Object.entries(dimensions).map(([name, value]) => ({ value, name })),
              MetricName: 'Errors',
              Namespace: namespace,
            },
            Period: 60,
            Stat: 'Sum',
          },
          ReturnData: false,
        })),
      ],
    },
  });
}

/** An event of a topic, as a function gets it. */
export function snsEvent(...messages: readonly string[]): object {
  return {
    Records: messages.map((Message) => ({
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: 'arn:aws:sns:eu-west-1:000000000000:alarms:0c4e1f6a',
      Sns: {
        Type: 'Notification',
        MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
        TopicArn: 'arn:aws:sns:eu-west-1:000000000000:alarms',
        Subject: 'ALARM',
        Message,
        Timestamp: changeTimeIn(Message),
        MessageAttributes: {},
      },
    })),
  };
}

/** A topic takes the message of an alarm as its state changes. */
function changeTimeIn(message: string): string {
  const [, time] = /"StateChangeTime":"([^"]*)\+0000"/.exec(message) ?? [];
  return time === undefined ? new Date().toISOString() : `${time}Z`;
}

/** The EventBridge event "CloudWatch Alarm State Change". */
export function eventBridgeAlarm(change: AlarmChange): object {
  const { region, account, alarmArn } = placeOf(change);
  return {
    version: '0',
    id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account,
    time: (change.sent ?? change.at ?? new Date()).toISOString(),
    region,
    resources: [alarmArn],
    detail: alarmData(change),
  };
}

/** The event of an alarm whose action is the function. */
export function lambdaActionAlarm(change: AlarmChange): object {
  const { region, account, alarmArn } = placeOf(change);
  return {
    source: 'aws.cloudwatch',
    alarmArn,
    accountId: account,
    time: timeOf({ ...change, ...(change.sent !== undefined && { at: change.sent }) }),
    region,
    alarmData: alarmData(change),
  };
}

function alarmData(change: AlarmChange): object {
  const { alarmName, state, previousState = state === 'ALARM' ? 'OK' : 'ALARM' } = change;
  const { namespace = 'AWS/Lambda', metricName = 'Duration', dimensions = {} } = change;
  return {
    alarmName,
    state: { value: state, reason: REASON, reasonData: '{"version":"1.0"}', timestamp: timeOf(change) },
    previousState: { value: previousState, reason: '', timestamp: '2026-11-24T10:00:00.000+0000' },
    configuration: {
      description: 'The function is slow',
      metrics: [
        {
          id: 'c1c1c1c1',
          metricStat: { metric: { namespace, name: metricName, dimensions }, period: 60, stat: 'Average' },
          returnData: true,
        },
      ],
    },
  };
}
