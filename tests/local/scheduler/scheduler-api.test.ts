import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { InvokeResponse } from '../../../local/lambda/invocation.ts';
import { SchedulerApi } from '../../../local/scheduler/scheduler-api.ts';
import { startService } from '../lambda/harness.ts';
import { targetsOf } from '../../helpers/targets.ts';
import {
  queue,
  queueArn,
  receive,
  startMessaging,
  subscription,
  topic,
  topicArn,
} from '../messaging/messaging-fixture.ts';
import type { Measurement } from '../../../local/cloudwatch/metrics/metric.ts';
import type { ScheduleDefinition } from '../../../local/template/service.ts';
import { until } from '../../helpers/until.ts';

const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:shop-local-actions';

/** `at()` for a moment so many milliseconds from now; its seconds are whole. */
function inMs(milliseconds: number): string {
  return `at(${new Date(Date.now() + milliseconds).toISOString().slice(0, 19)})`;
}

function schedule(overrides: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput {
  return {
    Name: 'off',
    GroupName: 'tracing',
    ScheduleExpression: inMs(3_600_000),
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: { Arn: arn, RoleArn: 'arn:aws:iam::000000000000:role/r', Input: '{"orderId":7}' },
    ...overrides,
  };
}

async function startScheduler({
  schedules,
  messagingUrl,
  answer,
}: {
  schedules?: ScheduleDefinition[];
  messagingUrl?: string;
  /** In the place of a function in a process of its own, whose timeout is a timer too. */
  answer?: InvokeResponse;
} = {}) {
  const harness = await startService();
  const payloads: string[] = [];
  const dropped: string[] = [];
  const measured: Measurement[] = [];
  const events: unknown[] = [];
  const api = new SchedulerApi({
    region: 'eu-central-1',
    accountId: '000000000000',
    groups: ['tracing'],
    targets: targetsOf({
      invoke: (request) => {
        payloads.push(request.payload);
        return answer === undefined ? harness.service.invoke(request) : Promise.resolve(answer);
      },
      putEvent: (bus, event) => events.push([bus, event]),
      ...(messagingUrl !== undefined && { messagingUrl }),
    }),
    port: 0,
    howToChoosePort: 'none',
    ...(schedules !== undefined && { schedules }),
    measure: (measurement) => measured.push(measurement),
    onDropped: (message) => dropped.push(message),
  });
  const { url: endpoint, warnings } = await api.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SchedulerClient({ endpoint, credentials, region: 'eu-central-1', maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await api.stop();
  });
  const names = async () =>
    (await client.send(new ListSchedulesCommand({ GroupName: 'tracing' }))).Schedules?.map(
      ({ Name }) => Name,
    );
  return { ...harness, client, endpoint, warnings, names, payloads, dropped, measured, events };
}

describe('a schedule', () => {
  it('is created, read, listed, replaced and deleted', async () => {
    const { client, names } = await startScheduler();
    const { ScheduleArn } = await client.send(
      new CreateScheduleCommand(schedule({ Description: 'tracing off' })),
    );
    expect(ScheduleArn).toBe('arn:aws:scheduler:eu-central-1:000000000000:schedule/tracing/off');
    expect(await names()).toEqual(['off']);

    const ScheduleExpression = inMs(7_200_000);
    await client.send(new UpdateScheduleCommand(schedule({ ScheduleExpression })));
    const read = await client.send(new GetScheduleCommand({ Name: 'off', GroupName: 'tracing' }));
    expect(read).toMatchObject({
      Arn: ScheduleArn,
      ScheduleExpression,
      State: 'ENABLED',
      ActionAfterCompletion: 'DELETE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: arn, Input: '{"orderId":7}' },
    });
    expect(read.Description).toBeUndefined();
    expect(read.CreationDate?.getTime()).toBeGreaterThan(Date.now() - 60_000);

    await client.send(new DeleteScheduleCommand({ Name: 'off', GroupName: 'tracing' }));
    expect(await names()).toEqual([]);
  });

  it('calls its function once with its input, and is gone', async () => {
    const { client, names, payloads, reports } = await startScheduler();
    await client.send(new CreateScheduleCommand(schedule({ ScheduleExpression: inMs(1000) })));
    await until(() => reports.length === 1, 'the invocation');
    expect(reports[0]?.functionName).toBe('shop-local-actions');
    expect(payloads).toEqual(['{"orderId":7}']);
    expect(await names()).toEqual([]);
  });

  it('stays, and does not run again, when nothing says to delete it', async () => {
    const { client, names, reports } = await startScheduler();
    await client.send(
      new CreateScheduleCommand(schedule({ ScheduleExpression: inMs(0), ActionAfterCompletion: 'NONE' })),
    );
    await until(() => reports.length === 1, 'the invocation');
    expect(await names()).toEqual(['off']);
  });

  it('does not run once it is deleted, disabled or replaced by a later one', async () => {
    const { client, payloads } = await startScheduler();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const named = (Name: string, minutes: number, overrides: Partial<CreateScheduleCommandInput> = {}) =>
      schedule({
        Name,
        ScheduleExpression: inMs(minutes * 60_000),
        Target: { Arn: arn, RoleArn: 'arn:aws:iam::000000000000:role/r', Input: JSON.stringify(Name) },
        ...overrides,
      });
    for (const name of ['deleted', 'disabled', 'later', 'last'])
      await client.send(new CreateScheduleCommand(named(name, name === 'last' ? 2 : 1)));
    await client.send(new DeleteScheduleCommand({ Name: 'deleted', GroupName: 'tracing' }));
    await client.send(new UpdateScheduleCommand(named('disabled', 1, { State: 'DISABLED' })));
    await client.send(new UpdateScheduleCommand(named('later', 60)));

    vi.advanceTimersByTime(3 * 60_000);

    expect(payloads).toEqual(['"last"']);
  });

  it('gives its function the event of the scheduler when it has no input', async () => {
    const { client, payloads } = await startScheduler();
    const Target = { Arn: arn, RoleArn: 'arn:aws:iam::000000000000:role/r' };
    await client.send(new CreateScheduleCommand(schedule({ ScheduleExpression: inMs(0), Target })));
    await until(() => payloads.length === 1, 'the invocation');
    expect(JSON.parse(payloads[0] ?? '')).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      resources: ['arn:aws:scheduler:eu-central-1:000000000000:schedule/tracing/off'],
    });
  });

  it.each<[string, string, Partial<CreateScheduleCommandInput>]>([
    ['ResourceNotFoundException', 'Schedule group other', { GroupName: 'other' }],
    ['ValidationException', '6 fields', { ScheduleExpression: 'cron(0 12 * * ?)' }],
    ['ValidationException', 'Europe/Atlantis', { ScheduleExpressionTimezone: 'Europe/Atlantis' }],
    ['ValidationException', 'Name', { Name: 'a b' }],
    [
      'ValidationException',
      'functions, queues, topics and event buses',
      { Target: { Arn: 'arn:aws:scheduler:::aws-sdk:ecs:runTask', RoleArn: 'r' } },
    ],
    ['ValidationException', 'Target.Input', { Target: { Arn: arn, RoleArn: 'r', Input: '{oops' } }],
    ['ValidationException', 'FlexibleTimeWindow.Mode', { FlexibleTimeWindow: { Mode: 'ON' as 'OFF' } }],
  ])('is refused with %s that names %s', async (name, named, input) => {
    const { client, names } = await startScheduler();
    const refusal = await client
      .send(new CreateScheduleCommand(schedule(input)))
      .catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ name });
    expect((refusal as Error).message).toContain(named);
    expect(await names()).toEqual([]);
  });

  it('is created once, and not updated or deleted before', async () => {
    const { client } = await startScheduler();
    const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
    await expect(client.send(new UpdateScheduleCommand(schedule()))).rejects.toMatchObject(missing);
    const one = { Name: 'off', GroupName: 'tracing' };
    await expect(client.send(new DeleteScheduleCommand(one))).rejects.toMatchObject(missing);
    await client.send(new CreateScheduleCommand(schedule()));
    await expect(client.send(new CreateScheduleCommand(schedule()))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });
});

describe('a schedule of the template', () => {
  const properties = {
    GroupName: 'jobs',
    ScheduleExpression: 'cron(0 12 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
    Target: { Arn: arn, RoleArn: 'arn:role', Input: '{"job":"noon"}' },
  };

  it('runs by its time zone, and can be read and changed like any other', async () => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'Date'],
      now: new Date('2026-07-01T09:59:30Z'),
    });
    onTestFinished(() => void vi.useRealTimers());
    const { client, payloads, warnings } = await startScheduler({
      schedules: [{ name: 'noon', properties }],
      answer: { requestId: 'r', payload: 'null', traceId: '1-5759e988-bd862e3fe1be46a994272793' },
    });
    vi.advanceTimersByTime(60_000);
    expect([warnings, payloads]).toEqual([[], ['{"job":"noon"}']]);
    const read = await client.send(new GetScheduleCommand({ Name: 'noon', GroupName: 'jobs' }));
    expect(read).toMatchObject({
      ScheduleExpression: properties.ScheduleExpression,
      ScheduleExpressionTimezone: 'Europe/Berlin',
      State: 'ENABLED',
    });
    await client.send(new DeleteScheduleCommand({ Name: 'noon', GroupName: 'jobs' }));
    vi.advanceTimersByTime(86_400_000);
    expect(payloads).toHaveLength(1);
  });

  it('runs within its dates only', async () => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'Date'],
      now: new Date('2026-07-01T09:59:30Z'),
    });
    onTestFinished(() => void vi.useRealTimers());
    const { payloads } = await startScheduler({
      schedules: [
        {
          name: 'three',
          properties: {
            ...properties,
            ScheduleExpression: 'rate(1 minute)',
            StartDate: '2026-07-01T10:00:00Z',
            EndDate: '2026-07-01T10:02:00.000Z',
          },
        },
      ],
    });
    vi.advanceTimersByTime(10 * 60_000);
    expect(payloads).toHaveLength(3);
  });

  it('that cannot run is named, and the others run', async () => {
    const { warnings, names, client } = await startScheduler({
      schedules: [
        { name: 'wrong', properties: { ...properties, ScheduleExpression: 'cron(0 25 * * ? *)' } },
        {
          name: 'task',
          properties: { ...properties, Target: { Arn: 'arn:aws:ecs:x:1:cluster/c', RoleArn: 'r' } },
        },
        { name: 'dated', properties: { ...properties, StartDate: 'tomorrow' } },
        { name: 'right', properties },
      ],
    });
    expect(warnings).toEqual([
      expect.stringContaining('The schedule wrong does not run: Invalid Schedule Expression'),
      expect.stringContaining('The schedule task does not run'),
      expect.stringContaining('StartDate is expected to be a date'),
    ]);
    expect(await names()).toEqual([]);
    const { Schedules } = await client.send(new ListSchedulesCommand({ GroupName: 'jobs' }));
    expect(Schedules?.map(({ Name }) => Name)).toEqual(['right']);
  });
});

describe('the target of a schedule', () => {
  const named = (Arn: string, rest: object = {}) =>
    schedule({ ScheduleExpression: inMs(0), Target: { Arn, RoleArn: 'r', Input: '{"a":1}', ...rest } });

  it('may be a queue, a topic or a bus', async () => {
    const messaging = await startMessaging({
      queues: [queue('jobs'), queue('heard')],
      topics: [topic('news')],
      subscriptions: [subscription('news', 'sqs', queueArn('heard'), { RawMessageDelivery: 'true' })],
    });
    onTestFinished(() => messaging.stop());
    const { client, events, measured } = await startScheduler({ messagingUrl: messaging.url });
    const bodies = async (name: string) =>
      (await receive(messaging.sqs(), messaging.queueUrl(name))).map(({ Body }) => Body);

    await client.send(new CreateScheduleCommand(named(queueArn('jobs'))));
    expect(await bodies('jobs')).toEqual(['{"a":1}']);
    await client.send(new CreateScheduleCommand(named(topicArn('news'))));
    expect(await bodies('heard')).toEqual(['{"a":1}']);
    const EventBridgeParameters = { Source: 'clock', DetailType: 'Noon' };
    const bus = 'arn:aws:events:eu-central-1:000000000000:event-bus/orders';
    await client.send(new CreateScheduleCommand(named(bus, { EventBridgeParameters })));
    await until(() => events.length === 1, 'the event');
    expect(events[0]).toEqual([
      'orders',
      expect.objectContaining({ source: 'clock', 'detail-type': 'Noon', detail: { a: 1 } }),
    ]);
    expect(measured.map(({ name, dimensions }) => [name, dimensions])).toEqual(
      Array.from({ length: 3 }, () => ['InvocationAttemptCount', { ScheduleGroup: 'tracing' }]),
    );
  });

  it('that takes nothing is told and counted, and its dead-letter queue gets the input', async () => {
    const messaging = await startMessaging({ queues: [queue('dead')] });
    onTestFinished(() => messaging.stop());
    const { client, dropped, measured } = await startScheduler({ messagingUrl: messaging.url });
    await client.send(
      new CreateScheduleCommand(named(queueArn('gone'), { DeadLetterConfig: { Arn: queueArn('dead') } })),
    );
    expect((await receive(messaging.sqs(), messaging.queueUrl('dead'))).map(({ Body }) => Body)).toEqual([
      '{"a":1}',
    ]);
    await client.send(new CreateScheduleCommand(named(queueArn('gone'))));
    await until(() => measured.some(({ name }) => name === 'InvocationDroppedCount'), 'the drop');
    expect(dropped).toEqual([
      expect.stringContaining(`${queueArn('gone')} did not take what the schedule off sent`),
      expect.stringContaining('gone'),
    ]);
    const count = (wanted: string) => measured.filter(({ name }) => name === wanted).length;
    expect(
      [
        'InvocationAttemptCount',
        'TargetErrorCount',
        'InvocationsSentToDeadLetterCount',
        'InvocationDroppedCount',
      ].map(count),
    ).toEqual([2, 2, 1, 1]);
  });

  it('gets what the placeholders of its input stand for', async () => {
    const { client, payloads } = await startScheduler();
    const Input = JSON.stringify({
      arn: '<aws.scheduler.schedule-arn>',
      time: '<aws.scheduler.scheduled-time>',
      id: '<aws.scheduler.execution-id>',
      attempt: '<aws.scheduler.attempt-number>',
      other: '<aws.scheduler.other>',
    });
    await client.send(
      new CreateScheduleCommand(
        schedule({
          ScheduleExpression: 'at(2026-01-02T03:04:05)',
          Target: { Arn: arn, RoleArn: 'r', Input },
        }),
      ),
    );
    await until(() => payloads.length === 1, 'the invocation');
    expect(JSON.parse(payloads[0] ?? '')).toEqual({
      arn: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/tracing/off',
      time: '2026-01-02T03:04:05Z',
      id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      attempt: '1',
      other: '<aws.scheduler.other>',
    });
  });
});

describe('a schedule group', () => {
  it('is created and deleted with its schedules; the default one stays', async () => {
    const { client } = await startScheduler();
    await client.send(new CreateScheduleGroupCommand({ Name: 'mine' }));
    expect(await client.send(new GetScheduleGroupCommand({ Name: 'mine' }))).toMatchObject({
      State: 'ACTIVE',
    });
    await client.send(new CreateScheduleCommand(schedule({ GroupName: 'mine' })));
    await client.send(new DeleteScheduleGroupCommand({ Name: 'mine' }));

    const { ScheduleGroups } = await client.send(new ListScheduleGroupsCommand({}));
    expect(ScheduleGroups?.map(({ Name }) => Name)).toEqual(['default', 'tracing']);
    expect((await client.send(new ListSchedulesCommand({}))).Schedules).toEqual([]);
    await expect(client.send(new DeleteScheduleGroupCommand({ Name: 'default' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('a request that is none of the SDK', () => {
  it('is refused when a page in a browser could have sent it', async () => {
    const { endpoint, names } = await startScheduler();
    const response = await fetch(`${endpoint}/schedules/off`, {
      method: 'POST',
      headers: { Origin: 'https://evil.example' },
      body: JSON.stringify(schedule()),
    });
    expect(response.status).toBe(403);
    expect(await names()).toEqual([]);
  });

  it('is told that there is no such operation', async () => {
    const { endpoint } = await startScheduler();
    const response = await fetch(`${endpoint}/tags/x`);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      404,
      'UnknownOperationException',
    ]);
  });
});
