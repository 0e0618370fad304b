import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../local/template/index.ts';
import { muteRuleResources } from '../../../plugin/actions/mute-rules.ts';
import { planActions } from '../../../plugin/actions/plan-actions.ts';
import type { AlarmPlan } from '../../../plugin/alarms/alarm-plan.ts';
import { checkAlarms } from '../../../plugin/alarms/check/check-alarms.ts';
import { logAlarmResources } from '../../../plugin/alarms/log-alarms.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { alarmsJson, alarmsReport } from '../../../plugin/alarms-command/alarms-report.ts';
import type { ActionSettings } from '../../../plugin/settings/settings.ts';
import { fc } from '../../helpers/fast-check.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const TOPIC = { Ref: 'LanternAlarmTopic' };
const BUDGET = { functions: { pay: { availability: 99.9 } } };
const pay = inventoryOf(functionResources('Pay', 'pay'));

function resourcesOf(plan: AlarmPlan, inventory: Inventory, actions?: ActionSettings) {
  return logAlarmResources(plan.logAlarms, planActions(inventory, actions), { Path: '/shop/' });
}

/** Names of the alarms on error lines that tell somebody. */
function telling({ logAlarms, composites }: AlarmPlan): readonly string[] {
  return [...logAlarms, ...composites]
    .filter(({ name, tells }) => name.includes('error-lines') && tells !== undefined)
    .map(({ name }) => name);
}

describe('alarms on error lines', () => {
  it.each([undefined, false])('are not there with logs: %s', (logs) => {
    const { logAlarms, skipped } = planAlarms(pay, logs === undefined ? {} : { logs });
    expect({ logAlarms, skipped }).toEqual({ logAlarms: [], skipped: [] });
  });

  it('are deployed with a query, its schedule, and a role that may start queries on these logs alone', () => {
    const inventory = inventoryOf({ ...functionResources('Pay', 'pay'), ...functionResources('Get', 'get') });
    const plan = planAlarms(inventory, { logs: { every: '1h', threshold: 4 } });
    expect(checkAlarms(plan, inventory)).toEqual([]);
    const resources = resourcesOf(plan, inventory);
    expect(Object.keys(resources)).toEqual(['LanternErrorLines', 'LanternErrorLinesQueryRole']);
    expect(resources.LanternErrorLines).toEqual({
      Type: 'AWS::CloudWatch::LogAlarm',
      Properties: {
        AlarmName: 'shop-dev-error-lines',
        AlarmDescription: expect.stringContaining('> 4 lines of level ERROR, FATAL or CRITICAL') as string,
        ScheduledQueryConfiguration: {
          QueryString: 'fields @timestamp, @message, @log | filter level in ["ERROR", "FATAL", "CRITICAL"]',
          AggregationExpression: 'count(*)',
          LogGroupIdentifiers: [{ Ref: 'PayLogGroup' }, { Ref: 'GetLogGroup' }],
          ScheduledQueryRoleARN: { 'Fn::GetAtt': ['LanternErrorLinesQueryRole', 'Arn'] },
          ScheduleConfiguration: {
            ScheduleExpression: 'rate(60 minutes)',
            StartTimeOffset: 3660,
            EndTimeOffset: 60,
          },
        },
        QueryResultsToEvaluate: 1,
        QueryResultsToAlarm: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 4,
        TreatMissingData: 'notBreaching',
      },
    });
    expect(resources.LanternErrorLinesQueryRole?.Properties).toMatchObject({
      Path: '/shop/',
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'logs.amazonaws.com' } }] },
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Action: ['logs:StartQuery'],
                Resource: [
                  { 'Fn::GetAtt': ['PayLogGroup', 'Arn'] },
                  { 'Fn::GetAtt': ['GetLogGroup', 'Arn'] },
                ],
              },
              {
                Action: ['logs:DescribeLogGroups', 'logs:GetQueryResults', 'logs:StopQuery'],
                Resource: ['*'],
              },
            ],
          },
        },
      ],
    });
  });

  it.each([
    ['1m', 'rate(1 minute)', 120],
    ['90m', 'rate(90 minutes)', 5460],
    [undefined, 'rate(5 minutes)', 360],
  ])('with every: %s ask at %s, back to %d s before', (every, ScheduleExpression, StartTimeOffset) => {
    const plan = planAlarms(pay, { logs: every === undefined ? true : { every } });
    expect(resourcesOf(plan, pay).LanternErrorLines?.Properties.ScheduledQueryConfiguration).toMatchObject({
      ScheduleConfiguration: { ScheduleExpression, StartTimeOffset },
    });
  });

  it('warm up for all of the time that is set, and not until the first lines are found', () => {
    const plan = planAlarms(pay, { logs: true, warmUp: '90m' });
    expect(resourcesOf(plan, pay).LanternErrorLines?.Properties.WarmUpConfiguration).toEqual({
      WarmUpPeriodDurationInMinutes: 90,
      OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
    });
  });

  it('tell by a composite that the alarm of the service holds back, as failures write error lines', () => {
    const plan = planAlarms(pay, { logs: true });
    expect(telling(plan)).toEqual(['shop-dev-error-lines-unexplained']);
    expect(plan.composites.find(({ name }) => name === 'shop-dev-error-lines-unexplained')).toMatchObject({
      rule: 'ALARM("shop-dev-error-lines")',
      children: ['LanternErrorLines'],
      suppressor: { name: 'shop-dev-unhealthy', logicalId: 'LanternServiceUnhealthy' },
    });
    expect(resourcesOf(plan, pay).LanternErrorLines?.Properties).not.toHaveProperty('AlarmActions');
  });

  it.each([
    ['an error budget speaks for all causes', {}, BUDGET],
    ['the alarm of the service alone tells somebody', { actions: { from: 'composite' } }, undefined],
  ] as const)('tell nobody where %s', (_why, settings, slo) => {
    const plan = planAlarms(pay, { ...settings, logs: true }, slo);
    expect(plan.logAlarms).toHaveLength(1);
    expect(telling(plan)).toEqual([]);
  });

  it.each([
    ['no alarm stands for the service', { composite: false, logs: true }, undefined, 'each'],
    [
      'nothing else is watched',
      { defaults: { function: false, account: false }, logs: true },
      undefined,
      'each',
    ],
    ['lines are asked for', { logs: { lines: 3 } }, undefined, 'each'],
    ['lines are asked for beside an error budget', { logs: { lines: 50 } }, BUDGET, 'ticket'],
    [
      'lines are asked for beside the alarm of the service',
      { logs: { lines: 1 }, actions: { from: 'composite' } },
      undefined,
      'service',
    ],
  ] as const)('tell themselves where %s', (_why, settings, slo, tells) => {
    const plan = planAlarms(pay, settings, slo);
    expect(telling(plan)).toEqual(['shop-dev-error-lines']);
    expect(plan.logAlarms).toMatchObject([{ tells }]);
    const { actions } = settings as { readonly actions?: ActionSettings };
    expect(resourcesOf(plan, pay, actions).LanternErrorLines?.Properties.AlarmActions).toEqual([TOPIC]);
  });

  it('hold lines where they are asked for, which CloudWatch fetches by a role of its own', () => {
    const resources = resourcesOf(planAlarms(pay, { logs: { lines: 12 } }), pay);
    expect(resources.LanternErrorLines?.Properties).toMatchObject({
      ActionLogLineCount: 12,
      ActionLogLineRoleArn: { 'Fn::GetAtt': ['LanternErrorLinesLinesRole', 'Arn'] },
    });
    expect(resources.LanternErrorLinesLinesRole?.Properties).toMatchObject({
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'cloudwatch.amazonaws.com' } }] },
      Policies: [{ PolicyDocument: { Statement: [{ Action: ['logs:GetQueryResults'] }] } }],
    });
  });

  it('send their lines to people, where a function composes the messages of the others and would quote none', () => {
    const actions = { message: { function: 'pay' } };
    const plan = planAlarms(pay, { logs: { lines: 12 }, actions });
    expect(resourcesOf(plan, pay, actions).LanternErrorLines?.Properties.AlarmActions).toEqual([
      { Ref: 'LanternMessageTopic' },
    ]);
  });

  it('are muted with the others', () => {
    const plan = planAlarms(pay, { logs: { lines: 2 } });
    const rules = muteRuleResources(pay, plan, [{ schedule: 'cron(0 2 * * SUN)', duration: '2h' }]);
    expect(rules.LanternAlarmMute1?.Properties.MuteTargets).toMatchObject({
      AlarmNames: expect.arrayContaining(['shop-dev-error-lines']) as string[],
    });
  });

  it('are listed by serverless alarms, as a table and as JSON', () => {
    const plan = planAlarms(pay, { logs: { lines: 5, every: '10m' } });
    expect(alarmsReport(pay, plan)).toContain(
      'logs\n  shop-dev-error-lines: more than 0 error lines of one function in 10 minutes; its message holds up to 5 of them',
    );
    expect(alarmsReport(pay, plan)).toContain(`eu-west-1: ${plan.alarms.length + 1}\n`);
    expect(JSON.parse(alarmsJson(pay, plan))).toMatchObject({ logAlarms: [{ lines: 5 }] });
  });

  it('are refused with a name or a description that CloudWatch does not take, and say which', () => {
    const inventory = { ...pay, service: 's'.repeat(240) };
    expect(checkAlarms(planAlarms(inventory, { logs: true }), inventory).join('\n')).toContain(
      '-dev-error-lines: its name has 256 characters, and may have 255',
    );
    const longer = { ...pay, service: 's'.repeat(1000) };
    expect(checkAlarms(planAlarms(longer, { logs: true }), longer).join('\n')).toMatch(
      /-dev-error-lines: its description has \d+ characters, and CloudWatch takes 1024/,
    );
  });

  it('leave out a function whose log no query here reads, and say why', () => {
    const inventory = inventoryOf({
      PayLambdaFunction: functionResources('Pay', 'pay').PayLambdaFunction,
      ...functionResources('Get', 'get'),
      GetLogGroup: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: '/aws/lambda/shop-dev-get', LogGroupClass: 'DELIVERY' },
      },
    });
    const { logAlarms, skipped } = planAlarms(inventory, { logs: true });
    expect(logAlarms).toEqual([]);
    expect(skipped.filter(({ id }) => id === 'function.errorLines')).toMatchObject([
      {
        resource: { key: 'pay' },
        why: expect.stringContaining('its log group is not in the template') as string,
      },
      { resource: { key: 'get' }, why: expect.stringContaining('of the class DELIVERY') as string },
    ]);
  });

  it('look at each log group once, at 50 at most, of one class and under one condition', () => {
    const group = fc.record({
      condition: fc.constantFrom(undefined, 'IsProduction', 'IsEurope'),
      logGroupClass: fc.constantFrom(undefined, 'STANDARD', 'INFREQUENT_ACCESS'),
    });
    fc.assert(
      fc.property(fc.array(group, { maxLength: 130 }), (groups) => {
        const inventory = inventoryOf(
          Object.assign(
            {},
            ...groups.map(({ condition, logGroupClass }, index) => ({
              ...functionResources(`Fn${index}`, `fn${index}`),
              [`Fn${index}LogGroup`]: {
                Type: 'AWS::Logs::LogGroup',
                ...(condition !== undefined && { Condition: condition }),
                Properties: {
                  LogGroupName: `/aws/lambda/shop-dev-fn${index}`,
                  ...(logGroupClass !== undefined && { LogGroupClass: logGroupClass }),
                },
              },
            })),
          ) as Readonly<Record<string, unknown>>,
        );
        const plan = planAlarms(inventory, { logs: { lines: 1 } });
        const { logAlarms } = plan;
        expect(logAlarms.flatMap(({ logGroups }) => logGroups).toSorted()).toEqual(
          groups.map((_, index) => `Fn${index}LogGroup`).toSorted(),
        );
        const resources = resourcesOf(plan, inventory);
        for (const { logicalId, logGroups, condition } of logAlarms) {
          expect(logGroups.length).toBeLessThanOrEqual(50);
          const of = logGroups.map((id) => groups[Number(/\d+/.exec(id)?.[0])]);
          expect(new Set(of.map((one) => one?.condition))).toEqual(new Set([condition]));
          expect(new Set(of.map((one) => one?.logGroupClass ?? 'STANDARD')).size).toBe(1);
          for (const id of [logicalId, `${logicalId}QueryRole`, `${logicalId}LinesRole`]) {
            expect(resources[id]?.Condition).toBe(condition);
          }
        }
        const names = [...plan.alarms, ...logAlarms, ...plan.composites].map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 20 },
    );
  });
});
