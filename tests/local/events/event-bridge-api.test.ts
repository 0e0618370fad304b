import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventBridgeApi } from '../../../local/events/event-bridge-api.ts';
import { EventBridge } from '../../../local/events/event-bridge.ts';
import type { Measurement } from '../../../local/cloudwatch/metrics/metric.ts';
import type { RuleDefinition } from '../../../local/template/service.ts';
import { targetsOf } from '../../helpers/targets.ts';
import { until } from '../../helpers/until.ts';
import {
  accountId,
  queue,
  queueArn,
  receive,
  recorder,
  region,
  startMessaging,
  subscription,
  succeeded,
  topic,
  topicArn,
} from '../messaging/messaging-fixture.ts';

const account = { region, accountId };

function busArn(name: string): string {
  return `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
}

function functionArn(name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

function rule(name: string, rest: Partial<RuleDefinition>): RuleDefinition {
  const busName = rest.busName ?? 'default';
  return {
    name,
    arn: `arn:aws:events:${region}:${accountId}:rule/${name}`,
    busName,
    enabled: true,
    targets: [{ id: '1', arn: functionArn('work') }],
    ...rest,
  };
}

const entry: PutEventsRequestEntry = {
  Source: 'shop',
  DetailType: 'Order placed',
  Detail: '{"orderId":"o-1"}',
};

async function startEvents(rules: readonly RuleDefinition[]) {
  const messaging = await startMessaging({
    queues: [queue('orders'), queue('dead'), queue('heard')],
    topics: [topic('news')],
    subscriptions: [subscription('news', 'sqs', queueArn('heard'), { RawMessageDelivery: 'true' })],
  });
  const { requests, invoke } = recorder(() => succeeded());
  const measured: Measurement[] = [];
  const problems: string[] = [];
  const eventBridge: EventBridge = new EventBridge({
    ...account,
    buses: ['default', 'orders'].map((name) => ({ name, arn: busArn(name) })),
    rules,
    targets: targetsOf({
      invoke,
      messagingUrl: messaging.url,
      putEvent: (bus, event, traceHeader) => eventBridge.put(bus, event, traceHeader),
    }),
    measure: (measurement) => measured.push(measurement),
    onProblem: (message) => problems.push(message),
  });
  const api = new EventBridgeApi({ ...account, eventBridge, port: 0 });
  const { url: endpoint, warnings } = await api.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new EventBridgeClient({ endpoint, region, credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await api.stop();
    await messaging.stop();
  });
  return {
    client,
    endpoint,
    warnings,
    requests,
    measured,
    problems,
    eventBridge,
    payloads: () => requests.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>),
    put: (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries })),
    received: (name: string) => receive(messaging.sqs(), messaging.queueUrl(name)),
    counted: (name: string) => measured.filter((measurement) => measurement.name === name),
  };
}

describe('PutEvents', () => {
  it('takes events to the functions of the rules that they fit, and to no other', async () => {
    const { put, payloads, requests } = await startEvents([
      rule('on-order', { pattern: { source: ['shop'], detail: { orderId: [{ prefix: 'o-' }] } } }),
      rule('on-refund', { pattern: { 'detail-type': ['Refund'] } }),
      rule('disabled', { pattern: { source: ['shop'] }, enabled: false }),
      rule('elsewhere', { pattern: { source: ['shop'] }, busName: 'orders' }),
    ]);
    const Time = new Date('2026-11-30T12:00:00Z');
    const TraceHeader = 'Root=1-67891233-abcdef012345678912345678;Parent=1234567890abcdef;Sampled=1';

    const { FailedEntryCount, Entries } = await put({ ...entry, Time, Resources: ['arn:x'], TraceHeader });

    expect(FailedEntryCount).toBe(0);
    await until(() => requests.length === 1, 'the invocation');
    expect(payloads()).toEqual([
      {
        version: '0',
        id: Entries?.[0]?.EventId,
        'detail-type': 'Order placed',
        source: 'shop',
        account: accountId,
        time: '2026-11-30T12:00:00Z',
        region,
        resources: ['arn:x'],
        detail: { orderId: 'o-1' },
      },
    ]);
    expect(requests[0]).toMatchObject({ functionName: 'work', traceHeader: TraceHeader });
  });

  it('takes events to queues, topics and other buses, with what the rule makes of them and their trace', async () => {
    const inputTransformer = { paths: { id: '$.detail.orderId' }, template: '{"order":<id>}' };
    const { put, received, requests, payloads } = await startEvents([
      rule('all', {
        pattern: { source: ['shop'] },
        targets: [
          { id: '1', arn: queueArn('orders'), inputPath: '$.detail' },
          { id: '2', arn: topicArn('news'), inputTransformer },
          { id: '3', arn: busArn('orders') },
        ],
      }),
      rule('second', { busName: 'orders', pattern: { source: ['shop'] } }),
    ]);
    const TraceHeader = 'Root=1-67891233-abcdef012345678912345678;Sampled=1';
    await put({ ...entry, TraceHeader });

    const [message] = await received('orders');
    expect([message?.Body, message?.Attributes?.AWSTraceHeader]).toEqual(['{"orderId":"o-1"}', TraceHeader]);
    expect((await received('heard')).map(({ Body }) => Body)).toEqual(['{"order":"o-1"}']);
    await until(() => requests.length === 1, 'the invocation by the second bus');
    expect(payloads()[0]).toMatchObject({ source: 'shop', detail: { orderId: 'o-1' } });
  });

  it.each<[Partial<PutEventsRequestEntry>, string, string]>([
    [{ Source: '' }, 'InvalidArgument', 'Parameter Source is not valid'],
    [{ DetailType: undefined }, 'InvalidArgument', 'Parameter DetailType is not valid'],
    [{ Detail: undefined }, 'InvalidArgument', 'Parameter Detail is not valid'],
    [{ Detail: 'o-1' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Detail: '["o-1"]' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Source: 'aws.shop' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
  ])('refuses the entry with %j alone, and takes the others', async (flaw, code, message) => {
    const { put, requests } = await startEvents([rule('all', { pattern: { source: [{ exists: true }] } })]);
    const { FailedEntryCount, Entries = [] } = await put(entry, { ...entry, ...flaw }, entry);
    expect(FailedEntryCount).toBe(1);
    expect(Entries.map(({ EventId }) => typeof EventId)).toEqual(['string', 'undefined', 'string']);
    expect(Entries[1]?.ErrorCode).toBe(code);
    expect(Entries[1]?.ErrorMessage).toContain(message);
    await until(() => requests.length === 2, 'the invocations');
  });

  it('is refused as a whole when there are too many entries, or they are too large', async () => {
    const { put, requests } = await startEvents([rule('all', { pattern: { source: ['shop'] } })]);
    const refused = { name: 'ValidationException', $metadata: { httpStatusCode: 400 } };
    await expect(put()).rejects.toMatchObject(refused);
    await expect(put(...Array.from({ length: 11 }, () => entry))).rejects.toMatchObject(refused);
    const Detail = JSON.stringify({ text: 'x'.repeat(200_000) });
    await expect(put({ ...entry, Detail }, { ...entry, Detail })).rejects.toMatchObject(refused);
    expect(requests).toEqual([]);
  });

  it('says once that nobody gets the events of a bus that there is not', async () => {
    const { put, problems } = await startEvents([]);
    expect(await put({ ...entry, EventBusName: 'oders' })).toMatchObject({ FailedEntryCount: 0 });
    await put({ ...entry, EventBusName: busArn('oders') });
    expect(problems).toEqual([expect.stringContaining('the bus oders')]);
    expect(problems[0]).toContain('default, orders');
  });

  it('counts what its rules do, and sends what a target does not take to the dead-letter queue', async () => {
    const { put, problems, received, counted } = await startEvents([
      rule('works', { pattern: { source: ['shop'] } }),
      rule('fails', {
        busName: 'orders',
        pattern: { source: ['shop'] },
        targets: [{ id: '1', arn: queueArn('gone'), deadLetterArn: queueArn('dead') }],
      }),
    ]);
    await put(entry, { ...entry, EventBusName: 'orders' });

    const [dead] = await received('dead');
    expect(JSON.parse(dead?.Body ?? '')).toMatchObject({ source: 'shop' });
    expect(dead?.MessageAttributes?.TARGET_ARN?.StringValue).toBe(queueArn('gone'));
    expect(problems).toEqual([
      expect.stringContaining(`${queueArn('gone')} did not take an event of the rule fails`),
    ]);
    const dimensions = (name: string) => counted(name).map((measurement) => measurement.dimensions);
    const [default_, own] = [{ RuleName: 'works' }, { EventBusName: 'orders', RuleName: 'fails' }];
    expect(dimensions('MatchedEvents')).toEqual([default_, own]);
    expect(dimensions('TriggeredRules')).toEqual([default_, own]);
    expect(dimensions('Invocations')).toEqual([default_]);
    expect(dimensions('FailedInvocations')).toEqual([own]);
    expect(dimensions('InvocationsSentToDlq')).toEqual([own]);
  });
});

describe('a rule with a schedule', () => {
  it('sends the event of the schedule, or its own input, at its times and when it is asked to', async () => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'Date'],
      now: new Date('2026-11-30T11:59:30Z'),
    });
    onTestFinished(() => void vi.useRealTimers());
    const { requests, payloads, eventBridge } = await startEvents([
      rule('noon', { schedule: 'cron(0 12 * * ? *)' }),
      rule('often', {
        schedule: 'rate(2 minutes)',
        targets: [{ id: '1', arn: functionArn('work'), input: '{"a":1}' }],
      }),
      rule('never', { schedule: 'rate(1 minute)', enabled: false }),
    ]);
    vi.advanceTimersByTime(150_000);
    expect(payloads()).toEqual([
      {
        version: '0',
        id: expect.any(String) as string,
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: accountId,
        time: '2026-11-30T12:00:00Z',
        region,
        resources: [`arn:aws:events:${region}:${accountId}:rule/noon`],
        detail: {},
      },
      { a: 1 },
    ]);
    expect(eventBridge.runNow('default', 'never')).toBe(true);
    expect(eventBridge.runNow('default', 'unknown')).toBe(false);
    expect(requests).toHaveLength(3);
  });

  it('that EventBridge would refuse is named, and the others run', async () => {
    const { warnings } = await startEvents([
      rule('wrong', { schedule: 'rate(1 minutes)' }),
      rule('right', { schedule: 'rate(1 minute)' }),
    ]);
    expect(warnings).toEqual([expect.stringContaining('The rule wrong does not run by its schedule')]);
  });
});

describe('the API of EventBridge', () => {
  it('tells of buses, rules and targets, and enables rules', async () => {
    const pattern = { source: ['shop'] };
    const { client, put, requests } = await startEvents([
      rule('on-order', { pattern }),
      rule('other', { pattern, busName: 'orders' }),
    ]);
    const { EventBuses = [] } = await client.send(new ListEventBusesCommand({}));
    expect(EventBuses.map(({ Name }) => Name)).toEqual(['default', 'orders']);
    const { Rules = [] } = await client.send(new ListRulesCommand({ EventBusName: 'orders' }));
    expect(Rules.map(({ Name }) => Name)).toEqual(['other']);
    await client.send(new DisableRuleCommand({ Name: 'on-order' }));
    expect(await client.send(new DescribeRuleCommand({ Name: 'on-order' }))).toMatchObject({
      State: 'DISABLED',
      EventPattern: JSON.stringify(pattern),
    });
    await put(entry);
    await client.send(new EnableRuleCommand({ Name: 'on-order' }));
    await put(entry);
    await until(() => requests.length > 0, 'the invocation');
    expect(requests).toHaveLength(1);
    expect((await client.send(new ListTargetsByRuleCommand({ Rule: 'on-order' }))).Targets).toEqual([
      { Id: '1', Arn: functionArn('work') },
    ]);
    await expect(client.send(new DescribeRuleCommand({ Name: 'gone' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('tries a pattern on an event', async () => {
    const { client } = await startEvents([]);
    const test = (pattern: unknown) =>
      client.send(
        new TestEventPatternCommand({
          EventPattern: JSON.stringify(pattern),
          Event: JSON.stringify({ source: 'shop', detail: { total: 5 } }),
        }),
      );
    expect(await test({ detail: { total: [{ numeric: ['>', 3] }] } })).toMatchObject({ Result: true });
    expect(await test({ source: ['other'] })).toMatchObject({ Result: false });
    await expect(test({ source: 'shop' })).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });

  it('says what it does not have', async () => {
    const { client } = await startEvents([]);
    await expect(client.send(new PutRuleCommand({ Name: 'x' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('Buses and rules are those of the template') as string,
    });
  });
});
