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
import { SchedulerApi } from '../../../local/scheduler/scheduler-api.ts';
import { startService } from '../lambda/harness.ts';
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

async function startScheduler() {
  const harness = await startService();
  const payloads: string[] = [];
  const api = new SchedulerApi({
    region: 'eu-central-1',
    accountId: '000000000000',
    groups: ['tracing'],
    invoke: (request) => {
      payloads.push(request.payload);
      return harness.service.invoke(request);
    },
    port: 0,
    howToChoosePort: 'none',
    onDropped: () => undefined,
  });
  const { url: endpoint } = await api.start();
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
  return { ...harness, client, endpoint, names, payloads };
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
    ['ValidationException', 'cron', { ScheduleExpression: 'cron(0 12 * * ? *)' }],
    ['ValidationException', 'Name', { Name: 'a b' }],
    [
      'ValidationException',
      'functions only',
      { Target: { Arn: 'arn:aws:sqs:eu-central-1:0:q', RoleArn: 'r' } },
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
