import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventBridgeEvent, lambdaActionEvent } from '../../../local/cloudwatch/actions/alarm-event.ts';
import { snsMessage } from '../../../local/cloudwatch/actions/sns-message.ts';
import { ERROR_LINES_AGGREGATION, ERROR_LINES_QUERY } from '../../../local/cloudwatch/logs/error-lines.ts';
import type { AlarmNotification } from '../../../plugin/tracing-switch/alarm-notification.ts';
import { readSwitchEvent, timeOverInput } from '../../../plugin/tracing-switch/switch-event.ts';
import { readResources } from '../../local/template/read-template.ts';
import {
  eventBridgeAlarm,
  lambdaActionAlarm,
  snsAlarmMessage,
  snsEvent,
  snsMathMessage,
} from '../../helpers/alarm-messages.ts';

const at = new Date('2026-11-24T15:59:42.123Z');
const change = {
  alarmName: 'shop-take-payment-duration',
  state: 'ALARM' as const,
  at,
  dimensions: { FunctionName: 'take-payment' },
};

function notificationOf(event: unknown): AlarmNotification {
  const [read] = readSwitchEvent(event);
  if (read?.kind !== 'alarm') throw new Error(`Not an alarm: ${JSON.stringify(read)}`);
  return read.notification;
}

function watchedBy(message: string) {
  return notificationOf(snsEvent(message)).watched;
}

describe('an alarm', () => {
  it.each([
    ['a message of a topic', snsEvent(snsAlarmMessage(change))],
    ['an event of EventBridge', eventBridgeAlarm(change)],
    ['the event of a Lambda action', lambdaActionAlarm(change)],
  ])('is read from %s', (_form, event) => {
    const { reason, ...others } = notificationOf(event);
    expect(others).toEqual({
      alarmName: 'shop-take-payment-duration',
      state: 'ALARM',
      previousState: 'OK',
      at: at.getTime(),
      watched: { functionName: 'take-payment' },
      region: 'eu-west-1',
      accounts: ['000000000000'],
    });
    expect(reason).toContain('was greater than the threshold (1500.0)');
  });

  it('on log lines, which has no metric, is of no function, whatever the lines in its reason name', () => {
    const reason = '{"level":"ERROR","message":"declined","FunctionName":"take-payment"}';
    const state = { value: 'ALARM' as const, reason, at: at.getTime() };
    const { service } = readResources({
      Lines: {
        Type: 'AWS::CloudWatch::LogAlarm',
        Properties: {
          ScheduledQueryConfiguration: {
            QueryString: ERROR_LINES_QUERY,
            AggregationExpression: ERROR_LINES_AGGREGATION,
            LogGroupIdentifiers: ['/aws/lambda/take-payment'],
            ScheduleConfiguration: { ScheduleExpression: 'rate(1 hour)' },
          },
          ComparisonOperator: 'GreaterThanThreshold',
        },
      },
    });
    const [alarm] = service.alarms;
    if (alarm === undefined) throw new Error('expected an alarm');
    const transition = { alarm, state, previous: { ...state, value: 'OK' as const }, createdAt: 0 };
    const account = { region: 'eu-west-1', accountId: '000000000000' };
    for (const event of [
      snsEvent(snsMessage(transition, account)),
      eventBridgeEvent(transition, account),
      lambdaActionEvent(transition, account),
    ]) {
      expect(notificationOf(event).watched).toEqual({ notAFunction: 'it watches no function' });
    }
  });

  it('is read from an event recorded from AWS', async () => {
    const file = new URL('../../fixtures/events/cloudwatch-alarm.json', import.meta.url);
    const notification = notificationOf(JSON.parse(await readFile(file, 'utf8')));
    expect(notification.state).toMatch(/^(OK|ALARM|INSUFFICIENT_DATA)$/);
    expect(new Date(notification.at).getUTCFullYear()).toBeGreaterThan(2019);
  });

  it('is read for each record of an event', () => {
    const event = snsEvent(snsAlarmMessage(change), snsAlarmMessage({ ...change, alarmName: 'other' }));
    expect(
      readSwitchEvent(event).map((each) => each.kind === 'alarm' && each.notification.alarmName),
    ).toEqual(['shop-take-payment-duration', 'other']);
  });
});

describe('a date in the future', () => {
  const future = { ...change, at: new Date('2126-11-24T15:59:42.123Z'), sent: at };
  const topic = JSON.stringify(snsEvent(snsAlarmMessage(future))).replace(
    '"Timestamp":"2126-11-24T15:59:42.123Z"',
    `"Timestamp":"${at.toISOString()}"`,
  );

  it.each([
    ['a message of a topic', JSON.parse(topic)],
    ['an event of EventBridge', eventBridgeAlarm(future)],
    ['the event of a Lambda action', lambdaActionAlarm(future)],
  ])('is that of its sending in %s', (_form, event: unknown) => {
    expect(notificationOf(event).at).toBe(at.getTime());
  });
});

describe('the function of an alarm', () => {
  const lambda = { namespace: 'AWS/Lambda', dimensions: { FunctionName: 'take-payment' } };

  it('is the one of all metrics of an expression', () => {
    const message = snsMathMessage(change, [lambda, { namespace: 'AWS/Lambda', dimensions: {} }, lambda]);
    expect(watchedBy(message)).toEqual({ functionName: 'take-payment' });
  });

  it('is in the namespace of a metric that was made of its log lines', () => {
    const message = snsAlarmMessage({
      ...change,
      namespace: 'LambdaLantern/take-payment',
      metricName: 'MaxMemoryUsed',
      dimensions: {},
    });
    expect(watchedBy(message)).toEqual({ functionName: 'take-payment' });
  });

  it('is the dimension of Lambda Insights too', () => {
    const message = snsAlarmMessage({
      ...change,
      namespace: 'LambdaInsights',
      dimensions: { function_name: 'take-payment' },
    });
    expect(watchedBy(message)).toEqual({ functionName: 'take-payment' });
  });

  it.each([
    ['an alias', { FunctionName: 'take-payment', Resource: 'take-payment:live' }, 'live of take-payment'],
    ['a version of an alias', { FunctionName: 'take-payment', ExecutedVersion: '7' }, '7 of take-payment'],
    ['a queue', { QueueName: 'fulfilment' }, 'it watches no function, but AWS/Lambda Duration'],
  ])('is none for %s, with a reason', (_what, dimensions, reason) => {
    const watched = watchedBy(snsAlarmMessage({ ...change, dimensions }));
    expect(watched).toEqual({ notAFunction: expect.stringContaining(reason) as string });
  });

  it('is the function itself where Resource names no alias', () => {
    const dimensions = { FunctionName: 'take-payment', Resource: 'take-payment' };
    expect(watchedBy(snsAlarmMessage({ ...change, dimensions }))).toEqual({ functionName: 'take-payment' });
  });

  it('is none where there are several, or other alarms', () => {
    const several = snsMathMessage(change, [
      lambda,
      { namespace: 'AWS/Lambda', dimensions: { FunctionName: 'get-order' } },
    ]);
    expect(watchedBy(several)).toEqual({
      notAFunction: 'it watches several functions: take-payment, get-order',
    });
    const { Trigger: _trigger, ...composite } = JSON.parse(snsAlarmMessage(change)) as Record<
      string,
      unknown
    >;
    expect(_trigger).toBeDefined();
    expect(watchedBy(JSON.stringify({ ...composite, AlarmRule: 'ALARM(a) OR ALARM(b)' }))).toEqual({
      notAFunction: 'it is composed of other alarms',
    });
  });
});

describe('the accounts of an alarm', () => {
  it('are its own and those of its metrics', () => {
    const message = JSON.parse(snsMathMessage(change, [])) as { Trigger: { Metrics: object[] } };
    message.Trigger.Metrics.push({ Id: 'm1', AccountId: '111111111111', MetricStat: {} });
    expect(notificationOf(snsEvent(JSON.stringify(message))).accounts).toEqual([
      '000000000000',
      '111111111111',
    ]);
    const event = eventBridgeAlarm(change) as { detail: { configuration: { metrics: object[] } } };
    event.detail.configuration.metrics.push({ id: 'm2', accountId: '111111111111' });
    expect(notificationOf(event).accounts).toEqual(['000000000000', '111111111111']);
  });
});

describe('what is no alarm', () => {
  it.each([
    ['text', 'The quick brown fox'],
    ['another JSON', '{"hello":"queue"}'],
    ['a state that does not exist', snsAlarmMessage({ ...change, state: 'FINE' as 'OK' })],
    [
      'a time that is none',
      snsAlarmMessage(change).replace(/"StateChangeTime":"[^"]*"/, '"StateChangeTime":"soon"'),
    ],
  ])('is left, with a reason, when it comes through the topic: %s', (_what, message) => {
    expect(readSwitchEvent(snsEvent(message))).toEqual([
      { kind: 'unreadable', why: expect.any(String) as string },
    ]);
  });

  it('is refused when it comes by itself, with what was expected', () => {
    expect(() => readSwitchEvent({ httpMethod: 'GET', path: '/' })).toThrow(
      /Expected records of an SNS topic.*got an event with httpMethod, path/,
    );
    expect(() => readSwitchEvent(null)).toThrow('nothing in it');
  });
});

describe('the event of our own schedule', () => {
  it('is read as it was written', () => {
    const timeOver = { functionName: 'take-payment', until: Date.UTC(2026, 10, 24, 17) };
    expect(readSwitchEvent(JSON.parse(timeOverInput(timeOver)))).toEqual([{ kind: 'time-over', timeOver }]);
  });

  it('is left when it names nothing', () => {
    expect(readSwitchEvent({ source: 'lambda-lantern', detail: {} })).toMatchObject([{ kind: 'unreadable' }]);
  });
});
