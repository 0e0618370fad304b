import { describe, expect, it } from 'vitest';
import { replayAlarms } from 'lambda-lantern/testing';
import type { PlannedAlarm } from '../../../plugin/alarms/alarm-plan.ts';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { checkAlarms } from '../../../plugin/alarms/check/check-alarms.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { serviceLevelObjectives } from '../../../plugin/alarms/service-level-objectives.ts';
import type { SloSettings } from '../../../plugin/settings/settings.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:on-call';
const START = Date.UTC(2026, 10, 2, 0, 0);
const EVERYONE = { AlarmActions: [TOPIC] };

function planned(properties: object = { DurableConfig: { ExecutionTimeout: 86_400 } }, slo?: SloSettings) {
  const resources = functionResources('Flow', 'flow', { ...properties });
  const inventory = inventoryOf(resources);
  const plan = planAlarms(inventory, undefined, slo);
  expect(checkAlarms(plan, inventory)).toEqual([]);
  const Resources = {
    ...resources,
    ...alarmResources(plan, { each: EVERYONE, service: {}, page: EVERYONE, ticket: {} }),
  };
  return { plan, template: { Resources } };
}

function metricsOf(alarm: PlannedAlarm | undefined): readonly string[] {
  if (alarm?.metric.kind !== 'math') return [alarm?.metric.metricName ?? 'no alarm'];
  return alarm.metric.metrics.flatMap((part) => ('stat' in part ? [part.stat.metricName] : []));
}

/** So many in each of some minutes, in each of the metrics. */
function each(minutes: number, counts: Readonly<Record<string, number>>) {
  return Object.entries(counts).map(([metricName, count]) => ({
    namespace: 'AWS/Lambda',
    metricName,
    dimensions: { FunctionName: 'shop-dev-flow' },
    start: START,
    minutes: Array.from({ length: minutes }, () => Array.from({ length: count }, () => 1)),
  }));
}

function alarmed(template: object, series: ReturnType<typeof each>): string[] {
  return replayAlarms(template, series)
    .filter(({ to }) => to === 'ALARM')
    .map(({ alarm }) => alarm.replace('shop-dev-', ''));
}

describe('the alarms of a durable function', () => {
  it.each(['function.errors', 'function.errorRate'])('count in %s how its executions end', (id) => {
    const { plan } = planned();
    expect(metricsOf(plan.alarms.find((alarm) => alarm.id === id))).toEqual([
      'DurableExecutionFailed',
      'DurableExecutionTimedOut',
      'DurableExecutionSucceeded',
    ]);
  });

  it.each([
    ['executionTimeouts', 0, 'every execution ended after 24 hours counts'],
    ['executionStorage', 80_000_000, '80 % of the 100 MB of an execution'],
    ['executionOperations', 2400, '80 % of the 3,000 operations of an execution'],
  ])('watch %s', (name, threshold, reason) => {
    const found = planned().plan.alarms.find(({ id }) => id === `function.${name}`);
    expect(found).toMatchObject({
      threshold,
      reason,
      metric: { dimensions: [{ name: 'FunctionName', value: 'shop-dev-flow' }] },
    });
  });

  it('watch the quota of running executions once for the account, without dimensions', () => {
    const of = (properties: object) =>
      planned(properties).plan.alarms.filter(({ id }) => id === 'account.durableExecutions');
    expect(of({})).toEqual([]);
    expect(of({ DurableConfig: {} })).toMatchObject([
      {
        threshold: 80,
        comparisonOperator: 'GreaterThanThreshold',
        metric: { metricName: 'ApproximateRunningDurableExecutionsUtilization', dimensions: [] },
      },
    ]);
  });

  it('are none on a function without executions', () => {
    const ids = planned({}).plan.alarms.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('function.execution'))).toEqual([]);
  });

  it('stay silent on attempts that fail and are made again, however many', () => {
    const series = each(90, { Invocations: 40, Errors: 30, DurableExecutionSucceeded: 2 });
    expect(alarmed(planned().template, series)).toEqual([]);
    expect(alarmed(planned({}).template, series)).toContain('flow-errorRate');
  });

  it('ring where executions fail, of which invocations say nothing', () => {
    const series = each(10, {
      Invocations: 40,
      Errors: 0,
      DurableExecutionSucceeded: 20,
      DurableExecutionFailed: 5,
    });
    expect(alarmed(planned().template, series)).toContain('flow-errorRate');
    const few = each(10, { Invocations: 4, Errors: 0, DurableExecutionFailed: 1 });
    expect(alarmed(planned().template, few)).toEqual(
      expect.arrayContaining(['flow-errors', 'flow-unhealthy']),
    );
  });
});

describe('the error budget of a durable function', () => {
  const budget = { functions: { flow: { availability: 99, latency: { under: '5m', target: 99 } } } };

  it('is spent by executions that fail, not by attempts', () => {
    const { template } = planned(undefined, budget);
    const retried = each(70, { Invocations: 40, Errors: 30, DurableExecutionSucceeded: 5 });
    expect(alarmed(template, retried)).not.toContain('flow-fastBurn');
    const failing = each(70, {
      Invocations: 5,
      Errors: 0,
      DurableExecutionSucceeded: 3,
      DurableExecutionFailed: 2,
    });
    expect(alarmed(template, failing)).toContain('flow-fastBurn');
    const late = each(70, {
      Invocations: 5,
      Errors: 0,
      DurableExecutionSucceeded: 3,
      DurableExecutionTimedOut: 2,
    });
    expect(alarmed(template, late)).toContain('flow-fastBurn');
  });

  it('promises how long an execution takes, waits included', () => {
    const { plan } = planned(undefined, budget);
    expect(plan.objectives.map(({ sentence }) => sentence)).toEqual([
      'Of the executions of flow, 99 % are to succeed',
      'Of the executions of flow, 99 % are to take 5 minutes at most',
    ]);
    expect(plan.objectives[1]?.metrics.map(({ stat }) => stat.metricName)).toEqual([
      'DurableExecutionDuration',
      'DurableExecutionDuration',
    ]);
  });

  it('counts no success where nothing came, in the objectives of Application Signals', () => {
    const objectives = JSON.stringify(serviceLevelObjectives(planned(undefined, budget).plan.objectives));
    expect(objectives).toContain('FILL(succeeded, 0) + FILL(failed, 0) + FILL(timedOut, 0)');
    expect(objectives).not.toContain(', 1)');
  });
});
