import { describe, expect, it } from 'vitest';
import { parseAlarmRule } from '../../../local/cloudwatch/composite/alarm-rule.ts';
import { evaluationOrder } from '../../../local/cloudwatch/composite/evaluation-order.ts';
import { newRecord } from '../../../local/cloudwatch/alarms/alarm-record.ts';
import type { CompositeAlarmDefinition } from '../../../local/template/service.ts';
import { planActions } from '../../../plugin/actions/plan-actions.ts';
import type { AlarmPlan, PlannedComposite } from '../../../plugin/alarms/alarm-plan.ts';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { checkAlarms } from '../../../plugin/alarms/check/check-alarms.ts';
import { atLeastTwoOf } from '../../../plugin/alarms/composite.ts';
import { connectionsOf } from '../../../plugin/alarms/connections.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import type { SloSettings } from '../../../plugin/settings/settings.ts';
import { fc } from '../../helpers/fast-check.ts';
import { functionResources, inventoryOf, readTemplate } from '../../helpers/inventory.ts';

/** A function by the name `a`, with what its environment names. */
function fn(name: string, refersTo: readonly string[] = [], more: object = {}): Record<string, unknown> {
  const Variables = Object.fromEntries(refersTo.map((id, index) => [`TARGET_${index}`, { Ref: id }]));
  return functionResources(name.toUpperCase(), name, { Environment: { Variables }, ...more });
}

function api(id: string, ...behind: readonly string[]): Record<string, unknown> {
  return {
    [id]: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: id } },
    [`${id}Stage`]: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: id }, StageName: '$default' },
    },
    ...Object.fromEntries(
      behind.map((name) => [
        `${id}To${name}`,
        {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: {
            ApiId: { Ref: id },
            IntegrationType: 'AWS_PROXY',
            IntegrationUri: { 'Fn::GetAtt': [`${name.toUpperCase()}LambdaFunction`, 'Arn'] },
          },
        },
      ]),
    ),
  };
}

function queue(id: string, reader: string, deadLetters?: string): Record<string, unknown> {
  return {
    [id]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        ...(deadLetters !== undefined && {
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] }, maxReceiveCount: 3 },
        }),
      },
    },
    ...(deadLetters !== undefined && { [deadLetters]: { Type: 'AWS::SQS::Queue', Properties: {} } }),
    [`${id}Mapping`]: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': [id, 'Arn'] },
        FunctionName: { 'Fn::GetAtt': [`${reader.toUpperCase()}LambdaFunction`, 'Arn'] },
      },
    },
  };
}

function planOf(resources: Readonly<Record<string, unknown>>, slo?: SloSettings): AlarmPlan {
  const inventory = inventoryOf(resources);
  const plan = planAlarms(inventory, undefined, slo);
  expect(checkAlarms(plan, inventory)).toEqual([]);
  return plan;
}

function named({ composites }: AlarmPlan, name: string): PlannedComposite | undefined {
  return composites.find((composite) => composite.name === `shop-dev-${name}`);
}

/** What holds an alarm back, by names without the service: the alarms of the part, where there is one. */
function heldBy(plan: AlarmPlan, name: string): readonly string[] {
  const { suppressor } = named(plan, name) ?? {};
  const part = plan.composites.find(
    (composite) => composite.name === suppressor?.name && composite.isPart === true,
  );
  const names = part === undefined ? [suppressor?.name ?? ''] : parseAlarmRule(part.rule).alarms;
  return names.map((one) => one.replace('shop-dev-', ''));
}

/** Who tells whom, by names without the service. */
function tellers({ alarms, composites }: AlarmPlan): ReadonlyArray<readonly [string, string]> {
  return [...alarms, ...composites].flatMap(({ name, tells }) =>
    tells === undefined || tells === 'service' ? [] : [[name.replace('shop-dev-', ''), tells] as const],
  );
}

const BUDGET = { availability: 99.9 };

describe('what the template connects', () => {
  const of = (resources: Readonly<Record<string, unknown>>) => connectionsOf(inventoryOf(resources));

  it('is read of integrations, queues, dead letters and environments', () => {
    const found = of({
      ...fn('a', ['Other', 'CLambdaFunction', 'Nowhere']),
      ...fn('b'),
      ...fn('c'),
      ...api('Api', 'a', 'b'),
      ...api('Other', 'c'),
      ...queue('Work', 'b', 'Dead'),
    });
    expect(found.behindApi('Api')).toEqual(['a', 'b']);
    expect(found.apisBefore('b')).toEqual(['Api']);
    expect(found.calledBy('a')).toEqual([
      ['api', 'Other'],
      ['function', 'c'],
    ]);
    expect(found.behindQueue('Work')).toEqual(['b']);
    expect(found.behindQueue('Dead')).toEqual(['b']);
  });

  it('of the shop is as its serverless.yml has it', () => {
    const { behindApi, calledBy } = connectionsOf(inventoryOf(readTemplate('shop').Resources));
    expect(behindApi('ApiGatewayRestApi').length).toBeGreaterThan(1);
    expect(behindApi('HttpApi').length).toBeGreaterThan(0);
    expect(calledBy('nobody')).toEqual([]);
  });

  it.each([
    ['a function that calls its own API', { ...fn('a', ['Api']), ...api('Api', 'a') }],
    [
      'two functions that call each other',
      { ...fn('a', ['BLambdaFunction']), ...fn('b', ['ALambdaFunction']) },
    ],
    ['a circle over an API', { ...fn('a', ['Api']), ...fn('b', ['ALambdaFunction']), ...api('Api', 'b') }],
  ])('never leads back to itself: %s', (_what, resources) => {
    const { calledBy, behindApi } = of(resources);
    const next = ([kind, key]: readonly [string, string]) =>
      kind === 'api' ? behindApi(key).map((one) => ['function', one] as const) : calledBy(key);
    const reaches = (node: readonly [string, string], target: string, depth = 0): boolean =>
      depth < 10 && next(node).some((one) => one[1] === target || reaches(one, target, depth + 1));
    for (const key of ['a', 'b']) expect(reaches(['function', key], key)).toBe(false);
  });
});

describe('one cause, one message', () => {
  it('gives the symptoms of a function one voice, and warnings none', () => {
    const plan = planOf(fn('a'));
    expect(tellers(plan)).toEqual([['a-unhealthy', 'each']]);
    expect(named(plan, 'a-unhealthy')?.rule).toBe(
      ['duration', 'errorRate', 'errors', 'throttles', 'timeouts']
        .map((one) => `ALARM("shop-dev-a-${one}")`)
        .join(' OR '),
    );
    expect(named(plan, 'a-unhealthy')?.suppressor).toBeUndefined();
  });

  it('lets a function explain its API and its queue, and what it calls explain the function', () => {
    const plan = planOf({
      ...fn('a', ['Other']),
      ...fn('c'),
      ...api('Api', 'a'),
      ...api('Other', 'c'),
      ...queue('Work', 'a', 'Dead'),
    });
    expect(heldBy(plan, 'Api-unhealthy')).toEqual(['a-unhealthy']);
    expect(heldBy(plan, 'a-unhealthy')).toEqual(['Other-unhealthy', 'c-unhealthy']);
    for (const queued of ['Work', 'Dead'])
      expect(heldBy(plan, `${queued}-unhealthy`)).toEqual(['a-unhealthy', 'Other-unhealthy', 'c-unhealthy']);
  });

  it('lets one alarm speak for several functions that fail at once', () => {
    const plan = planOf({ ...fn('a'), ...fn('b'), ...fn('c') });
    expect(named(plan, 'severalUnhealthy')?.tells).toBe('each');
    for (const key of ['a', 'b', 'c']) expect(heldBy(plan, `${key}-unhealthy`)).toEqual(['severalUnhealthy']);
  });

  it('lets an error budget speak for what it measures, and tickets for what it does not', () => {
    const plan = planOf({ ...fn('a'), ...queue('Work', 'a', 'Dead') }, { functions: { a: BUDGET } });
    expect(tellers(plan)).toEqual([
      ['a-unhealthy', 'ticket'],
      ['a-fastBurn', 'page'],
      ['a-slowBurn', 'ticket'],
      ['Dead-unhealthy', 'ticket'],
    ]);
    expect(named(plan, 'a-unhealthy')?.rule).toBe(
      '(ALARM("shop-dev-a-errors") OR ALARM("shop-dev-a-recursion")) AND NOT (ALARM("shop-dev-a-slowBurn"))',
    );
    expect(heldBy(plan, 'a-unhealthy')).toEqual(['a-fastBurn']);
    expect(heldBy(plan, 'a-slowBurn')).toEqual(['a-fastBurn']);
  });

  it('lets the budget of an API speak before those of the functions behind it', () => {
    const plan = planOf(
      { ...fn('a'), ...fn('b'), ...api('Api', 'a', 'b') },
      { functions: { a: BUDGET }, resources: { Api: BUDGET } },
    );
    expect(named(plan, 'Api-fastBurn')?.suppressor).toBeUndefined();
    expect(heldBy(plan, 'a-fastBurn')).toEqual(['Api-fastBurn']);
    expect(named(plan, 'a-slowBurn')?.rule).toContain(
      'NOT (ALARM("shop-dev-Api-fastBurn") OR ALARM("shop-dev-Api-slowBurn"))',
    );
    // Of a function without a budget, its failures are counted at the API.
    expect(tellers(plan)).toContainEqual(['b-unhealthy', 'ticket']);
    expect(heldBy(plan, 'b-unhealthy')).toEqual(['Api-fastBurn']);
  });

  it('pages once where several functions burn and no API stands before them', () => {
    const plan = planOf({ ...fn('a'), ...fn('b') }, { functions: { a: BUDGET, b: BUDGET } });
    expect(named(plan, 'severalBurns')?.tells).toBe('page');
    expect(heldBy(plan, 'a-fastBurn')).toEqual(['severalBurns']);
  });

  it('leaves all to the alarm of the service, where that is set', () => {
    const inventory = inventoryOf({ ...fn('a'), ...fn('b') });
    const plan = planAlarms(inventory, { actions: { from: 'composite' } });
    expect(plan.composites.map(({ name }) => name)).toEqual(['shop-dev-unhealthy']);
    expect(tellers(plan)).toEqual([]);
  });

  it('names no conditional alarm where it may not exist', () => {
    const { ALambdaFunction, ...others } = fn('a');
    const plan = planOf({
      ...others,
      ALambdaFunction: { ...(ALambdaFunction as object), Condition: 'IsProd' },
      ...fn('b'),
      ...fn('c'),
      ...api('Api', 'a', 'b'),
    });
    const conditional = new Set(
      [...plan.alarms, ...plan.composites].flatMap(({ name, condition }) =>
        condition === undefined ? [] : [name],
      ),
    );
    expect(conditional.size).toBeGreaterThan(0);
    for (const { condition, rule, suppressor } of plan.composites) {
      if (condition !== undefined) continue;
      const all = [...parseAlarmRule(rule).alarms, ...(suppressor === undefined ? [] : [suppressor.name])];
      expect(all.filter((name) => conditional.has(name))).toEqual([]);
    }
  });
});

describe('a service of many functions', () => {
  it.each([
    [6, ['duration', 'errorRate', 'errors', 'throttles', 'timeouts']],
    [24, ['errorRate', 'errors']],
  ])('is seen to fail as a whole: of %i functions', (count, kinds) => {
    const resources = Object.assign(
      {},
      ...Array.from({ length: count }, (_, index) => fn(`f${index}`)),
    ) as object;
    const plan = planOf(resources as Record<string, unknown>);
    const { rule = '', suppressor } = named(plan, 'severalUnhealthy') ?? {};
    expect(suppressor).toBeUndefined();
    const named5 = parseAlarmRule(rule).alarms.filter((name) => name.startsWith('shop-dev-f5-'));
    expect(named5.map((name) => name.replace('shop-dev-f5-', '')).toSorted()).toEqual(kinds);
    const holds = (...ringing: readonly string[]) =>
      parseAlarmRule(rule).holds((name) => (ringing.includes(name) ? 'ALARM' : 'OK'));
    expect(holds('shop-dev-f5-errors', 'shop-dev-f5-errorRate')).toBe(false);
    expect(holds('shop-dev-f5-errors', 'shop-dev-f4-errorRate')).toBe(true);
  });
});

describe('any service', () => {
  /** Some functions, each behind APIs, reading queues, calling others, with budgets or none. */
  const services = fc
    .record({
      functions: fc.integer({ min: 1, max: 6 }),
      calls: fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 8 }),
      apiCalls: fc.array(fc.tuple(fc.nat(5), fc.nat(1)), { maxLength: 4 }),
      behind: fc.array(fc.tuple(fc.nat(1), fc.nat(5)), { maxLength: 6 }),
      readers: fc.array(fc.nat(5), { maxLength: 2 }),
      budgets: fc.array(fc.nat(5), { maxLength: 3 }),
      apiBudgets: fc.array(fc.nat(1), { maxLength: 2 }),
    })
    .map(({ functions, calls, apiCalls, behind, readers, budgets, apiBudgets }) => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, functions);
      const nameAt = (index: number) => names[index % names.length] ?? 'a';
      const resources: Record<string, unknown> = {};
      for (const [index, name] of names.entries()) {
        const called = [
          ...calls.flatMap(([from, to]) =>
            from % names.length === index ? [`${nameAt(to).toUpperCase()}LambdaFunction`] : [],
          ),
          ...apiCalls.flatMap(([from, to]) => (from % names.length === index ? [`Api${to}`] : [])),
        ];
        Object.assign(resources, fn(name, called));
      }
      for (const id of [0, 1]) {
        const ofApi = new Set(behind.flatMap(([of, to]) => (of === id ? [nameAt(to)] : [])));
        Object.assign(resources, api(`Api${id}`, ...ofApi));
      }
      for (const [index, reader] of readers.entries())
        Object.assign(resources, queue(`Work${index}`, nameAt(reader), `Dead${index}`));
      const slo: SloSettings = {
        functions: Object.fromEntries(budgets.map((index) => [nameAt(index), BUDGET])),
        resources: Object.fromEntries(apiBudgets.map((index) => [`Api${index}`, BUDGET])),
      };
      return { resources, slo };
    });

  it('has every failure told: what holds an alarm back tells somebody, or is held back by what does', () => {
    fc.assert(
      fc.property(services, ({ resources, slo }) => {
        const plan = planOf(resources, slo);
        const byName = new Map(plan.composites.map((composite) => [composite.name, composite]));
        const speaks = (name: string, path: readonly string[] = []): void => {
          expect(path, 'a circle of alarms that wait for each other').not.toContain(name);
          const composite = byName.get(name);
          if (composite === undefined) return;
          const { isPart, rule, suppressor, tells } = composite;
          if (isPart === true) for (const one of parseAlarmRule(rule).alarms) speaks(one, [...path, name]);
          else expect(tells, name).toBeDefined();
          if (suppressor !== undefined) speaks(suppressor.name, [...path, name]);
        };
        for (const { suppressor } of plan.composites) if (suppressor !== undefined) speaks(suppressor.name);
      }),
    );
  });

  it('is what CloudWatch takes: rules that lead nowhere back, and alarms that are made before they are named', () => {
    fc.assert(
      fc.property(services, ({ resources, slo }) => {
        const plan = planOf(resources, slo);
        const definitions = plan.composites.map(({ name, rule }): CompositeAlarmDefinition => ({
          kind: 'composite',
          name,
          arn: name,
          rule,
          actionsEnabled: true,
          alarmActions: [],
          okActions: [],
          insufficientDataActions: [],
          suppressorWaitPeriod: 0,
          suppressorExtensionPeriod: 0,
        }));
        expect(evaluationOrder(definitions.map((one) => newRecord(one, 0))).cyclic.size).toBe(0);
        const made = alarmResources(plan, planActions(inventoryOf(resources)));
        const waits = (id: string, path: readonly string[] = []): void => {
          expect(path, 'a circle of resources that wait for each other').not.toContain(id);
          expect(made).toHaveProperty([id]);
          for (const next of made[id]?.DependsOn ?? []) waits(next, [...path, id]);
        };
        for (const id of Object.keys(made))
          if (made[id]?.Type === 'AWS::CloudWatch::CompositeAlarm') waits(id);
      }),
    );
  });

  it('knows that two alarms are in ALARM, whichever two of however many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.array(fc.nat(39), { maxLength: 5 }),
        (count, ringing) => {
          const alarms = Array.from({ length: count }, (_, index) => ({ name: `alarm-${index}` }));
          const inAlarm = new Set(ringing.map((index) => `alarm-${index % count}`));
          const rule = parseAlarmRule(atLeastTwoOf(alarms.map((alarm) => [alarm])));
          expect(rule.holds((name) => (inAlarm.has(name) ? 'ALARM' : 'OK'))).toBe(inAlarm.size > 1);
        },
      ),
    );
  });
});
