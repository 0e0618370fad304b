import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type * as OnAlarm from '../../plugin/on-alarm.ts';
import { holding, readLedger } from '../../plugin/tracing-switch/alarm-ledger.ts';
import { SETTING_TAG } from '../../plugin/tracing-switch/names.ts';
import type { AlarmChange } from '../helpers/alarm-messages.ts';
import { eventBridgeAlarm, lambdaActionAlarm, snsAlarmMessage, snsEvent } from '../helpers/alarm-messages.ts';
import { captureLogs } from '../helpers/captured-logs.ts';
import { lambdaContext } from '../helpers/lambda.ts';
import type { LocalAws } from '../helpers/local-aws.ts';
import { arnOf, GROUP, startLocalAws, SWITCH } from '../helpers/local-aws.ts';
import { functionDefinition } from '../local/lambda/definition.ts';
import { until } from '../helpers/until.ts';

const NAME = 'shop-test-take-payment';
const VARIABLES = { TABLE: 'orders', EMPTY: '', POWERTOOLS_TRACE_ENABLED: 'false' };
const definition = functionDefinition({ name: NAME, tracingMode: 'PassThrough', environment: VARIABLES });

let aws: LocalAws;
let handlers: Pick<typeof OnAlarm, 'handler' | 'onAlarm'>;
/** Of the test that runs. */
let logs: ReturnType<typeof captureLogs>;

beforeEach(async () => {
  aws = await startLocalAws([definition, functionDefinition({ name: SWITCH })]);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', aws.lambdaUrl);
  vi.stubEnv('AWS_ENDPOINT_URL_SCHEDULER', aws.schedulerUrl);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('LANTERN_TRACING_SCHEDULE_GROUP', GROUP);
  vi.stubEnv('LANTERN_TRACING_SCHEDULE_ROLE', 'arn:aws:iam::000000000000:role/schedules');
  vi.stubEnv('POWERTOOLS_TRACE_ENABLED', 'false');
  vi.resetModules();
  handlers = await import('../../plugin/on-alarm.ts');
  logs = captureLogs();
  return async () => {
    logs.restore();
    await aws.stop();
    vi.unstubAllEnvs();
  };
});

function change(state: AlarmChange['state'], more: Partial<AlarmChange> = {}): AlarmChange {
  return {
    alarmName: 'shop-test-take-payment-duration',
    state,
    dimensions: { FunctionName: NAME },
    region: 'eu-central-1',
    ...more,
  };
}

function message(state: AlarmChange['state'], more: Partial<AlarmChange> = {}): object {
  return snsEvent(snsAlarmMessage(change(state, more)));
}

function context(remaining = 20_000): Context {
  const deadline = Date.now() + remaining;
  return lambdaContext({
    functionName: SWITCH,
    invokedFunctionArn: `${arnOf(SWITCH)}:$LATEST`,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  });
}

function onAlarm(event: unknown, remaining?: number) {
  return handlers.onAlarm(event, context(remaining));
}

async function expectOff(): Promise<void> {
  expect(await aws.configuration(NAME)).toEqual({ mode: 'PassThrough', variables: VARIABLES });
}
async function expectOn(): Promise<void> {
  expect(await aws.configuration(NAME)).toEqual({
    mode: 'Active',
    variables: {
      ...VARIABLES,
      POWERTOOLS_TRACE_ENABLED: 'true',
      LANTERN_TRACING_BEFORE: 'PassThrough set:false',
    },
  });
}

describe('an alarm that goes off', () => {
  it.each([
    ['a topic', () => message('ALARM')],
    ['EventBridge', () => eventBridgeAlarm(change('ALARM'))],
    ['a Lambda action', () => lambdaActionAlarm(change('ALARM'))],
  ])('and comes through %s turns tracing on, and changes nothing else', async (_form, event) => {
    const before = Date.now();
    expect(await onAlarm(event())).toEqual([
      { functionName: NAME, outcome: 'on', why: 'shop-test-take-payment-duration is in ALARM' },
    ]);
    await expectOn();
    const [hold, ...others] = holding(readLedger(await aws.tags(NAME)), Date.now());
    expect(others).toEqual([]);
    expect(hold).toMatchObject({
      by: 'alarm shop-test-take-payment-duration',
      reason: expect.stringContaining('was greater than the threshold -1500.0-') as string,
    });
    expect(hold?.at).toBeGreaterThanOrEqual(before);
    const until = hold?.until ?? 0;
    expect(until - before).toBeCloseTo(3_600_000, -4);
    expect(await aws.scheduled(NAME)).toBe(`at(${new Date(until).toISOString().slice(0, 19)})`);
  });

  it('turns it off again when it is OK, and leaves the function as it was', async () => {
    await onAlarm(message('ALARM'));
    await aws.settled(NAME);
    const [outcome] = await onAlarm(message('OK', { at: new Date(Date.now() + 1000) }));
    expect(outcome).toMatchObject({ outcome: 'off' });
    await expectOff();
    expect(readLedger(await aws.tags(NAME))).toMatchObject([{ state: 'off' }]);
  });

  it('is heard once, however often its message comes', async () => {
    const event = message('ALARM');
    await onAlarm(event);
    await aws.settled(NAME);
    aws.calls.length = 0;
    expect(await onAlarm(event)).toMatchObject([{ outcome: 'unchanged' }]);
    expect(aws.calls.filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  it('is not heard when its OK was handled before', async () => {
    await onAlarm(message('OK'));
    const before = message('ALARM', { at: new Date(Date.now() - 10_000) });
    expect(await onAlarm(before)).toMatchObject([{ outcome: 'unchanged' }]);
    await expectOff();
  });

  it('keeps tracing on until the last alarm of the function is OK', async () => {
    const later = (seconds: number): Date => new Date(Date.now() + seconds * 1000);
    await onAlarm(message('ALARM'));
    await onAlarm(message('ALARM', { alarmName: 'errors' }));
    await onAlarm(message('OK', { at: later(1) }));
    await expectOn();
    await onAlarm(message('OK', { alarmName: 'errors', at: later(2) }));
    await expectOff();
  });

  it('is not forgotten when another one goes off in the same moment', async () => {
    const names = ['slow', 'errors', 'memory'];
    const [first = {}, ...others] = names.map((alarmName) => message('ALARM', { alarmName }));
    await Promise.all([onAlarm(first), ...others.map((event) => onAlarm(event))]);
    await expectOn();
    await aws.settled(NAME);
    for (const [index, alarmName] of names.entries()) {
      await expectOn();
      await onAlarm(message('OK', { alarmName, at: new Date(Date.now() + 1000 + index) }));
    }
    await expectOff();
  });

  it.each([1, 2, 3])('and three more at once, and are OK at once, leave nothing on (round %i)', async () => {
    const names = ['slow', 'errors', 'memory', 'throttles'];
    await Promise.all(names.map((alarmName) => onAlarm(message('ALARM', { alarmName }))));
    await expectOn();
    await Promise.all(names.map((alarmName) => onAlarm(message('OK', { alarmName }))));
    await expectOff();
  });

  it.each([
    ['has too little data', () => message('INSUFFICIENT_DATA'), 'too little data'],
    ['is of a queue', () => message('ALARM', { dimensions: { QueueName: 'q' } }), 'no function'],
    [
      'is of an alias',
      () => message('ALARM', { dimensions: { FunctionName: NAME, Resource: `${NAME}:live` } }),
      'live of shop-test-take-payment',
    ],
    ['is of the switch itself', () => message('ALARM', { dimensions: { FunctionName: SWITCH } }), 'never'],
    ['is none', () => snsEvent('hello'), 'not JSON'],
    ['is of another region', () => message('ALARM', { region: 'us-east-1' }), 'another account or region'],
    ['is of another account', () => message('ALARM', { account: '1' }), 'another account or region'],
    [
      'is of another account, and comes through EventBridge',
      () => eventBridgeAlarm(change('ALARM', { account: '1' })),
      'another account or region',
    ],
  ])('is ignored, in one line of the log that says why, when it %s', async (_what, event, why) => {
    const outcomes = await onAlarm(event());
    const lines = logs.restore();
    expect(outcomes).toEqual([expect.objectContaining({ outcome: 'ignored' })]);
    expect(lines.map(({ message: text }) => text)).toEqual([expect.stringContaining(why)]);
    expect(aws.calls).toEqual([]);
  });

  it.each([
    ['does not exist', 'ResourceNotFoundException', 404],
    ['is not named in the role', 'AccessDeniedException', 403],
  ])('is ignored without an error when its function %s', async (_what, type, status) => {
    aws.refuse(/^GET .*configuration/, type, status);
    expect(await onAlarm(message('ALARM'))).toEqual([
      { functionName: NAME, outcome: 'ignored', why: expect.stringContaining('none of ours') as string },
    ]);
    await expectOff();
  });

  it('and is dated in the future does not hide what happens until then', async () => {
    await onAlarm(message('ALARM', { at: new Date(Date.now() + 3_600_000) }));
    await expectOn();
    await onAlarm(message('OK'));
    await expectOff();
  });

  it('leaves a function as it is whose environment has no room for what was before', async () => {
    const full = { ...VARIABLES, BIG: 'x'.repeat(3990) };
    await aws.update(NAME, full);
    aws.calls.length = 0;
    const [outcome] = await onAlarm(message('ALARM'));
    expect(outcome).toMatchObject({ outcome: 'unchanged', why: expect.stringContaining('4096') as string });
    expect(aws.calls.filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  it('leaves a function alone that is marked as never, or was deployed with tracing on', async () => {
    await aws.tag(NAME, { [SETTING_TAG]: 'never' });
    expect(await onAlarm(message('ALARM'))).toMatchObject([{ outcome: 'unchanged' }]);
    await expectOff();
    await aws.tag(NAME, { [SETTING_TAG]: '' });
    await aws.update(NAME, { POWERTOOLS_TRACE_ENABLED: 'true' }, 'Active');
    await onAlarm(message('ALARM'));
    await onAlarm(message('OK', { at: new Date(Date.now() + 1000) }));
    expect((await aws.configuration(NAME)).mode).toBe('Active');
  });
});

describe('the longest time', () => {
  it('ends tracing through a schedule that calls the switch', async () => {
    const event = message('ALARM');
    await onAlarm(event);
    await aws.settled(NAME);
    await aws.bringForward(NAME);
    const [request] = await until(
      () => Promise.resolve(aws.invoked.length > 0 ? aws.invoked : undefined),
      'the schedule',
    );
    expect(request?.functionName).toBe(SWITCH);

    expect(await onAlarm(JSON.parse(request?.payload ?? ''))).toEqual([
      { functionName: NAME, outcome: 'off', why: 'its longest time is over' },
    ]);
    await expectOff();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await onAlarm(event)).toMatchObject([{ outcome: 'unchanged' }]);
  });
});

describe('when AWS says not now', () => {
  it('waits for an update in progress, and writes back what that update wrote', async () => {
    const deployed = aws.update(NAME, { ...VARIABLES, TABLE: 'orders-2' });
    await onAlarm(message('ALARM'));
    await deployed;
    expect((await aws.configuration(NAME)).variables).toEqual({
      ...VARIABLES,
      TABLE: 'orders-2',
      POWERTOOLS_TRACE_ENABLED: 'true',
      LANTERN_TRACING_BEFORE: 'PassThrough set:false',
    });
  });

  it('reads again when somebody changed the function in between', async () => {
    aws.before(/^PUT/, () => aws.update(NAME, { ...VARIABLES, TABLE: 'orders-3' }));
    await onAlarm(message('ALARM'));
    const { mode, variables } = await aws.configuration(NAME);
    expect([mode, variables.TABLE, variables.POWERTOOLS_TRACE_ENABLED]).toEqual([
      'Active',
      'orders-3',
      'true',
    ]);
    expect(aws.calls.filter((call) => call.startsWith('PUT'))).toHaveLength(2);
  });

  it.each([
    ['a conflict', /^PUT/, 'ResourceConflictException', 409],
    ['throttling of the read', /^GET .*configuration/, 'TooManyRequestsException', 429],
    ['throttling of the update', /^PUT/, 'TooManyRequestsException', 429],
    ['throttling of the tags', /tags/, 'TooManyRequestsException', 429],
    ['a failure of the service', /^PUT/, 'ServiceException', 500],
  ])('tries again after %s', async (_what, match, type, status) => {
    aws.refuse(match, type, status, 2);
    await onAlarm(message('ALARM'));
    await expectOn();
  });

  it('fails before its time is over, and the next try of the event finishes', async () => {
    aws.refuse(/^PUT/, 'TooManyRequestsException', 429, 1000);
    const event = message('ALARM');
    const failure = await onAlarm(event, 2500).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ name: 'OutOfTimeError' });
    expect((failure as Error).message).toContain('TooManyRequestsException');
    await expectOff();
    // The end is planned before anything is turned on.
    expect(await aws.scheduled(NAME)).toBeDefined();

    aws.allow();
    await onAlarm(event);
    await expectOn();
  });

  it('does not try again what is refused for good', async () => {
    aws.refuse(/^PUT/, 'InvalidParameterValueException', 400);
    await expect(onAlarm(message('ALARM'))).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    expect(logs.restore()).toMatchObject([{ level: 'ERROR' }]);
    expect(aws.calls.filter((call) => call.startsWith('PUT'))).toHaveLength(1);
  });

  it('handles the other messages of an event when one fails', async () => {
    aws.refuse(/^GET .*configuration/, 'InvalidParameterValueException', 400);
    const other = snsAlarmMessage(change('ALARM', { alarmName: 'errors' }));
    await expect(onAlarm(snsEvent(other, snsAlarmMessage(change('ALARM'))))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await expectOn();
  });
});

describe('the handler', () => {
  it('does the same, and logs one line for each decision that says which function made it', async () => {
    const outcomes = await handlers.handler(message('ALARM'), context());
    const lines = logs.restore();
    expect(outcomes).toMatchObject([{ functionName: NAME, outcome: 'on' }]);
    await expectOn();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      message: `tracing of ${NAME} turned on: shop-test-take-payment-duration is in ALARM`,
      function_name: SWITCH,
    });
  });

  it('refuses an event that was not meant for it', async () => {
    await expect(handlers.handler({ httpMethod: 'GET' }, context())).rejects.toThrow('Expected records');
  });
});
