import { describe, expect, it } from 'vitest';
import { ErrorLines } from '../../../../local/cloudwatch/alarms/log-alarm.ts';
import {
  ERROR_LINES_AGGREGATION,
  ERROR_LINES_QUERY,
  isErrorLine,
  minutesOf,
  scheduleOf,
} from '../../../../local/cloudwatch/logs/error-lines.ts';
import type { LogEvent } from '../../../../local/lambda/invocation.ts';
import { planActions } from '../../../../plugin/actions/plan-actions.ts';
import { alarmResources } from '../../../../plugin/alarms/alarm-resources.ts';
import { logAlarmResources } from '../../../../plugin/alarms/log-alarms.ts';
import { planAlarms } from '../../../../plugin/alarms/plan-alarms.ts';
import type { LogSettings } from '../../../../plugin/settings/settings.ts';
import { fc } from '../../../helpers/fast-check.ts';
import { functionResources, inventoryOf } from '../../../helpers/inventory.ts';
import { until } from '../../../helpers/until.ts';
import { readResources } from '../../template/read-template.ts';
import { actionsFunction, during, startWatched } from '../harness.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 30, 12, 0);
const MOMENT = { now: NOW + 500, completeUntil: NOW, previousState: 'OK' as const };
/** The newest minute is left out. */
const NEWEST = NOW - MINUTE;
const GROUP = '/aws/lambda/shop-dev-pay';

/** What a deployment has of `custom.lantern.alarms.logs`, for the function `pay`. */
function deployed(logs: LogSettings): Readonly<Record<string, unknown>> {
  const resources = functionResources('Pay', 'pay');
  // Of the stage that runs here.
  const inventory = { ...inventoryOf(resources), stage: 'local' };
  const { logAlarms } = planAlarms(inventory, { ...(logs !== undefined && { logs }) });
  return {
    PayLogGroup: resources.PayLogGroup,
    Alarms: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
    ...logAlarmResources(logAlarms, planActions(inventory, { topic: { Ref: 'Alarms' } }), {}),
  };
}

function alarmOf(logs: LogSettings) {
  const { service, warnings } = readResources(deployed(logs));
  expect(warnings).toEqual([]);
  const [alarm] = service.alarms;
  if (alarm?.kind !== 'log') throw new Error('expected an alarm on log lines');
  return alarm;
}

function line(at: number, message: string, logGroup = GROUP): LogEvent {
  const of = { functionName: 'shop-dev-pay', functionKey: 'pay', logStream: 'a', source: 'stdout' as const };
  return { ...of, logGroup, timestamp: at, message };
}

function failed(what: string): string {
  return JSON.stringify({ level: 'ERROR', message: what });
}

describe('an error line', () => {
  it.each([
    ['of Powertools', '{"level":"ERROR","message":"declined","service":"shop"}', true],
    ['of Powertools that is critical', '{"level":"CRITICAL","message":"down"}', true],
    ['of the JSON format', '{"timestamp":"2026-11-30T12:00:00Z","level":"FATAL","message":"over"}', true],
    ['behind words', '2026-11-30T12:00:00Z\tid\tINFO\t{"level":"ERROR"}', true],
    ['of another level', '{"level":"WARN","message":"ERROR"}', false],
    ['with a level in small letters', '{"level":"error"}', false],
    ['with a level further inside', '{"message":{"level":"ERROR"}}', false],
    ['that is a text', '2026-11-30T12:00:00Z\tid\tERROR\tdeclined', false],
    ['that is cut off', '{"level":"ERROR","mess', false],
    ['without anything', '', false],
  ])('%s is found or not, as by the query', (_what, text, found) => {
    expect(isErrorLine(text)).toBe(found);
  });
});

describe('the schedule of a query', () => {
  it('is read as it is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1440 }), (minutes) => {
        expect(minutesOf(scheduleOf(minutes))).toBe(minutes);
      }),
    );
    expect(minutesOf('rate(2 hours)')).toBe(120);
    for (const other of ['cron(0 * * * ? *)', 'rate(0 minutes)', 'rate(five minutes)', '']) {
      expect(minutesOf(other)).toBeUndefined();
    }
  });
});

describe('an alarm on error lines', () => {
  it('is read of the template with what it looks at', () => {
    expect(alarmOf({ lines: 7, every: '2h', threshold: 3 })).toMatchObject({
      name: 'shop-local-error-lines',
      logGroups: [GROUP],
      everyMinutes: 120,
      threshold: 3,
      lines: 7,
    });
  });

  it('counts the error lines of its log groups in its time, and nothing else', () => {
    const at = fc.integer({ min: -20 * MINUTE, max: -1 });
    const event = fc.record({ at, isError: fc.boolean(), isOurs: fc.boolean() });
    const input = fc.record({
      events: fc.array(event, { maxLength: 40 }),
      minutes: fc.integer({ min: 1, max: 15 }),
      threshold: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(input, ({ events, minutes, threshold }) => {
        const alarm = alarmOf({ every: `${minutes}m`, threshold });
        const lines = new ErrorLines([alarm], { minuteMs: MINUTE });
        for (const { at: before, isError, isOurs } of events) {
          const text = isError ? failed('declined') : '{"level":"INFO"}';
          lines.log(line(NOW + before, text, isOurs ? GROUP : '/aws/lambda/other'));
        }
        const counted = events.filter(
          ({ at: before, isError, isOurs }) =>
            isError && isOurs && before >= -(minutes + 1) * MINUTE && before < -MINUTE,
        ).length;
        const { state, reason, reasonData = '{}' } = lines.evaluate(alarm, MOMENT);
        expect(state).toBe(counted > threshold ? 'ALARM' : 'OK');
        expect(reason).toContain(`${counted} error line`);
        expect(JSON.parse(reasonData)).toMatchObject({ recentDatapoints: [counted], threshold });
      }),
    );
  });

  it.each([
    [0, []],
    [2, ['third', 'second']],
    [50, ['third', 'second', 'first']],
  ])('tells %d of its lines at most, the newest first', (count, told) => {
    const alarm = alarmOf({ lines: count });
    const lines = new ErrorLines([alarm], { minuteMs: MINUTE });
    for (const [index, what] of ['first', 'second', 'third'].entries()) {
      lines.log(line(NEWEST - 3000 + index * 1000, failed(what)));
    }
    const [, ...shown] = lines.evaluate(alarm, MOMENT).reason.split('\n');
    expect(shown).toEqual(told.map(failed));
  });

  it('tells whole lines, as many as a reason has room for', () => {
    const alarm = alarmOf({ lines: 50 });
    const lines = new ErrorLines([alarm], { minuteMs: MINUTE });
    for (let index = 0; index < 30; index += 1) lines.log(line(NEWEST - 1000, failed('x'.repeat(200))));
    const { reason } = lines.evaluate(alarm, MOMENT);
    expect(reason.length).toBeLessThanOrEqual(1023);
    expect(reason.split('\n').slice(1)).toEqual(Array.from({ length: 3 }, () => failed('x'.repeat(200))));
  });

  it('rings for what a function logs, and is over when the lines are', async () => {
    const minute = 250;
    const watched = await startWatched(
      { ...deployed({ lines: 1, every: '1m' }), Pay: actionsFunction('shop-dev-pay') },
      minute,
    );
    const log = (text: string) =>
      watched.call('shop-dev-pay', { action: 'print', writes: [{ stream: 'stdout', text: `${text}\n` }] });
    const stateIs = (state: string) => () => watched.transitions.at(-1)?.endsWith(`-> ${state}`) === true;
    await during(() => log('{"level":"INFO"}'), stateIs('OK'), 'the first evaluation');
    await during(() => log(failed('declined')), stateIs('ALARM'), 'ALARM');

    const page = watched.cloudWatch.alarm('shop-local-error-lines');
    expect(page?.alarm).toMatchObject({
      kind: 'log',
      condition: 'error lines > 0 for 1 of 1 periods of 60 s',
    });
    expect(page?.history[0]?.reason).toContain(failed('declined'));
    await until(
      () =>
        watched.cloudWatch
          .alarm('shop-local-error-lines')
          ?.history.some(({ actions }) => actions[0]?.startsWith('published')),
      'its message',
    );
    expect(page?.message).toMatch(/Error lines: \d+, where none is allowed/);
    expect(page?.message).toContain('functions log errors');
    expect(page?.message).not.toContain('declined');
    expect(page?.settings).toContainEqual({ name: 'lines that it tells', value: '1' });
    await during(() => log('{"level":"INFO"}'), stateIs('OK'), 'OK');
    expect(watched.problems).toEqual([]);
  });

  it.each([
    [3, 1, 'OK'],
    [3, 2, 'ALARM'],
  ])('of %d results rings when %d of them are beyond the threshold', (count, breaching, state) => {
    const { service } = readResources({
      Lines: {
        Type: 'AWS::CloudWatch::LogAlarm',
        Properties: {
          ScheduledQueryConfiguration: {
            QueryString: ERROR_LINES_QUERY,
            AggregationExpression: ERROR_LINES_AGGREGATION,
            LogGroupIdentifiers: [`arn:aws:logs:eu-west-1:123456789012:log-group:${GROUP}:*`],
            ScheduleConfiguration: { ScheduleExpression: 'rate(2 minutes)' },
          },
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          Threshold: 1,
          QueryResultsToEvaluate: count,
          QueryResultsToAlarm: 2,
        },
      },
    });
    const [alarm] = service.alarms;
    if (alarm?.kind !== 'log') throw new Error('expected an alarm on log lines');
    const lines = new ErrorLines([alarm], { minuteMs: MINUTE });
    // The oldest first; one that is older than all results counts nowhere.
    lines.log(line(NOW - count * 2 * MINUTE - 1, failed('old')));
    for (let index = 0; index < breaching; index += 1) {
      lines.log(line(NOW - (count - index) * 2 * MINUTE, failed('declined')));
    }
    expect(lines.evaluate(alarm, MOMENT).state).toBe(state);
  });

  it('tells of lines that nothing else explains, and adds no message to what a failure is told by', async () => {
    const resources = functionResources('Pay', 'pay');
    const inventory = { ...inventoryOf(resources), stage: 'local' };
    const plan = planAlarms(inventory, { logs: { every: '1m' } });
    const actions = planActions(inventory, { topic: { Ref: 'Alarms' } });
    const watched = await startWatched(
      {
        PayLogGroup: resources.PayLogGroup,
        PayLambdaFunction: actionsFunction('shop-dev-pay'),
        Alarms: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
        ...alarmResources(plan, actions),
        ...logAlarmResources(plan.logAlarms, actions, {}),
      },
      250,
    );
    const seen = () => watched.cloudWatch.alarm('shop-local-error-lines-unexplained')?.history ?? [];
    const rang = () => seen().filter(({ to }) => to === 'ALARM');
    const isOver = (name: string) => watched.cloudWatch.alarm(name)?.alarm.state === 'OK';
    await until(() => isOver('shop-local-error-lines-unexplained'), 'the first evaluation');
    const writes = [{ stream: 'stdout', text: `${failed('declined')}\n` }];
    await during(
      () => watched.call('shop-dev-pay', { action: 'print', writes }),
      () => rang().some(({ actions: done }) => done.some((one) => one.startsWith('published'))),
      'the message of lines alone',
    );
    await until(() => isOver('shop-local-error-lines-unexplained'), 'the end of the lines');
    const before = rang().length;

    await during(
      () => watched.call('shop-dev-pay', { action: 'throw' }),
      () => rang().length > before,
      'the lines of a failure',
    );
    expect(watched.transitions).toContain('shop-local-pay-unhealthy: OK -> ALARM');
    await until(
      () => isOver('shop-local-error-lines') && isOver('shop-local-unhealthy'),
      'the end of the failure',
    );
    expect(rang()[0]?.actions.filter((one) => one.startsWith('published'))).toEqual([]);
    expect(rang()[0]?.actions).toContainEqual(expect.stringContaining('held back'));
  });
});
