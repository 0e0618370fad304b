import { describe, expect, it } from 'vitest';
import type { ReplayedSeries, ReplayedTransition } from 'lambda-lantern/testing';
import { replayAlarms } from 'lambda-lantern/testing';
import { planActions } from '../../../plugin/actions/plan-actions.ts';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { checkAlarms } from '../../../plugin/alarms/check/check-alarms.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import type { AlarmSettings, SloSettings } from '../../../plugin/settings/settings.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { functionResources, inventoryOf, readTemplate } from '../../helpers/inventory.ts';

const inventory = inventoryOf(readTemplate('shop').Resources);
const START = Date.UTC(2026, 10, 2, 0, 0);
const MINUTE = 60_000;
const PAGE = 'arn:aws:sns:eu-west-1:123456789012:on-call';
const TICKET = 'arn:aws:sns:eu-west-1:123456789012:tickets';
const PAY = 'shop-local-charge-payment';

const BUDGETS: SloSettings = {
  functions: { [PAY]: { availability: 99.95 } },
  resources: { ApiGatewayRestApi: { availability: 99.95 }, HttpApi: { availability: 99.95 } },
  actions: { page: PAGE, ticket: TICKET },
};

/** The shop with the alarms that it would be deployed with. */
function shop(slo: SloSettings, alarms?: AlarmSettings): object {
  const plan = planAlarms(inventory, alarms, slo);
  expect(checkAlarms(plan, inventory)).toEqual([]);
  const actions = planActions(inventory, { encryption: false, states: ['ALARM'] }, slo.actions);
  const { Resources } = readTemplate('shop');
  const Conditions = { IsProduction: { 'Fn::Equals': ['prod', 'prod'] } };
  return { Conditions, Resources: { ...Resources, ...actions.resources, ...alarmResources(plan, actions) } };
}

/** The budgets alone, for replays of days. */
const ONLY_BUDGETS: AlarmSettings = {
  composite: false,
  defaults: {
    function: false,
    capacityProvider: false,
    api: false,
    queue: false,
    topic: false,
    table: false,
    rule: false,
    schedule: false,
    stateMachine: false,
    account: false,
  },
};

/** How many came and how many of them failed, in a minute. */
type Minute = readonly [came: number, failed: number];

function restApi(): object {
  const [api] = inventory.apis
    .filter(({ key }) => key === 'ApiGatewayRestApi')
    .map(({ name, stage }) => ({ ApiName: name, Stage: stage }));
  if (api === undefined) throw new Error('The shop of the fixtures has a REST API.');
  return api;
}

function ofPayments(minutes: ReadonlyArray<Minute | null>): ReplayedSeries[] {
  const series = (
    namespace: string,
    metricName: string,
    dimensions: object,
    samples: (minute: Minute) => number[],
  ) => ({
    namespace,
    metricName,
    dimensions: dimensions as Record<string, unknown>,
    start: START,
    minutes: minutes.map((minute) => (minute === null ? null : samples(minute))),
  });
  const ones = ([came]: Minute) => Array.from({ length: came }, () => 1);
  const failures = ([came, failed]: Minute) =>
    Array.from({ length: came }, (_, index) => (index < failed ? 1 : 0));
  const fn = { FunctionName: PAY };
  const api = restApi();
  return [
    series('AWS/Lambda', 'Invocations', fn, ones),
    series('AWS/Lambda', 'Errors', fn, failures),
    series('AWS/ApiGateway', 'Count', api, ones),
    series('AWS/ApiGateway', '5XXError', api, failures),
  ];
}

function times<Value>(count: number, value: Value): Value[] {
  return Array.from({ length: count }, () => value);
}

/** The minutes after which somebody was told, by whom. */
function told(entries: readonly ReplayedTransition[], topic?: string): Array<readonly [number, string]> {
  return entries
    .filter(({ notifies }) => notifies.length > 0 && (topic === undefined || notifies.includes(topic)))
    .map(({ at, alarm }) => [(at.getTime() - START) / MINUTE, alarm] as const);
}

describe('the error budgets of the shop, replayed', () => {
  it('page within three minutes of a total outage, whatever the traffic is and however often it fell silent', () => {
    const template = shop(BUDGETS, ONLY_BUDGETS);
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 0, max: 90 }),
        fc.boolean(),
        (traffic, before, silentBefore) => {
          const healthy = times(before, silentBefore ? null : ([traffic, 0] as const));
          const entries = replayAlarms(
            template,
            ofPayments([...healthy, ...times(3, [traffic, traffic] as const)]),
          );
          const pages = told(entries, PAGE);
          // The function stands behind the API, and its users are those of the API.
          expect(pages.map(([, alarm]) => alarm)).toEqual(['shop-dev-ApiGatewayRestApi-fastBurn']);
          for (const [minute] of pages) expect(minute).toBeGreaterThan(before);
        },
      ),
      runs(5),
    );
  });

  it.each([
    ['99.9 %', 99.9, 6],
    ['99.95 %', 99.95, 3],
  ])(
    'never page for 0.2 percent of failures where %s are promised, and make a ticket within hours',
    (_promise, availability, hours) => {
      const healthy = times(hours * 60, [20, 0] as const);
      const failing = Array.from({ length: (hours + 1) * 60 }, (_, index): Minute => [
        20,
        index % 25 === 0 ? 1 : 0,
      ]);
      const slo = { functions: { [PAY]: { availability } }, actions: BUDGETS.actions ?? {} };
      const entries = replayAlarms(shop(slo, ONLY_BUDGETS), ofPayments([...healthy, ...failing]));
      expect(told(entries, PAGE)).toEqual([]);
      const tickets = told(entries, TICKET);
      // Where the share lies on the threshold, it crosses it a few times.
      expect(new Set(tickets.map(([, alarm]) => alarm))).toEqual(new Set([`shop-dev-${PAY}-slowBurn`]));
      expect(tickets[0]?.[0]).toBeGreaterThan(healthy.length);
    },
  );

  it('say nothing in a night without traffic, with metrics that are zero and with none at all', () => {
    const evening = times(30, [20, 0] as const);
    const night = [...times(2 * 60, null), ...times(2 * 60, [0, 0] as const)];
    const entries = replayAlarms(shop(BUDGETS), ofPayments([...evening, ...night, ...evening]));
    expect(told(entries)).toEqual([]);
  });

  it('leave one failure in a quiet hour to one message', () => {
    const hour = [...times(30, [1, 0] as const), [1, 1] as const, ...times(29, [1, 0] as const)];
    const entries = replayAlarms(shop(BUDGETS), ofPayments(hour));
    expect(told(entries).map(([, alarm]) => alarm)).toEqual([`shop-dev-${PAY}-unhealthy`]);
  });

  it('end with the cause: after an outage no window of data that is gone keeps a page going', () => {
    const minutes = [...times(60, [30, 0] as const), ...times(5, [30, 30] as const), ...times(60, null)];
    const entries = replayAlarms(shop(BUDGETS, ONLY_BUDGETS), ofPayments(minutes));
    const last = entries.filter(({ alarm }) => alarm === `shop-dev-${PAY}-fastBurn`).at(-1);
    expect(last).toMatchObject({ from: 'ALARM', to: 'OK' });
  });
});

describe('planErrorBudgets', () => {
  const budgets = (slo: SloSettings) => {
    const plan = planAlarms(inventory, ONLY_BUDGETS, slo);
    return { ...plan, problems: checkAlarms(plan, inventory) };
  };

  it('asks each window for its multiple of what the availability leaves', () => {
    const { alarms, composites } = budgets({ functions: { [PAY]: { availability: 99.9 } } });
    expect(alarms.map(({ name, threshold, metric }) => [name, threshold, metric.period])).toEqual([
      [`shop-dev-${PAY}-burn-1h`, 1.44, 3600],
      [`shop-dev-${PAY}-burn-5m`, 1.44, 300],
      [`shop-dev-${PAY}-burn-6h`, 0.6, 21_600],
      [`shop-dev-${PAY}-burn-30m`, 0.6, 1800],
      [`shop-dev-${PAY}-burn-24h`, 0.3, 86_400],
      [`shop-dev-${PAY}-burn-2h`, 0.3, 7200],
      [`shop-dev-${PAY}-burn-24h-1x`, 0.1, 86_400],
      [`shop-dev-${PAY}-burn-6h-1x`, 0.1, 21_600],
    ]);
    expect(composites.map(({ name, rule, tells }) => [name, rule, tells])).toEqual([
      [
        `shop-dev-${PAY}-fastBurn`,
        `(ALARM("shop-dev-${PAY}-burn-1h") AND ALARM("shop-dev-${PAY}-burn-5m")) OR ` +
          `(ALARM("shop-dev-${PAY}-burn-6h") AND ALARM("shop-dev-${PAY}-burn-30m"))`,
        'page',
      ],
      [
        `shop-dev-${PAY}-slowBurn`,
        `(ALARM("shop-dev-${PAY}-burn-24h") AND ALARM("shop-dev-${PAY}-burn-2h")) OR ` +
          `(ALARM("shop-dev-${PAY}-burn-24h-1x") AND ALARM("shop-dev-${PAY}-burn-6h-1x"))`,
        'ticket',
      ],
    ]);
  });

  it('plans alarms that the check finds right, for any availability that the settings take', () => {
    fc.assert(
      fc.property(fc.double({ min: 94, max: 99.9999, noNaN: true }), (availability) => {
        const of = { availability };
        const { problems, alarms } = budgets({ functions: { [PAY]: of }, resources: { HttpApi: of } });
        expect(problems).toEqual([]);
        expect(alarms).toHaveLength(16);
      }),
      runs(50),
    );
  });

  it('holds the long window back until there are as many failures as are set', () => {
    const failing = [...times(30, [1, 0] as const), ...times(3, [1, 1] as const)];
    const pagesWith = (minimum: number) =>
      told(
        replayAlarms(
          shop(
            { functions: { [PAY]: { availability: 99, minimum } }, actions: { page: PAGE } },
            ONLY_BUDGETS,
          ),
          ofPayments(failing),
        ),
        PAGE,
      ).length;
    expect([3, 4].map(pagesWith)).toEqual([1, 0]);
  });

  // Six requests a minute, of which a few fail by chance: six in the hour are 1.7 %, and one is 3 % of five minutes.
  it.each([
    ['one after five others of the hour', [5, 15, 24, 38, 47, 58], 0],
    ['two after four others', [5, 15, 24, 38, 57, 58], 0],
    ['three after three others', [5, 15, 24, 56, 57, 58], 1],
    ['six that are all there are', [53, 54, 55, 56, 57, 58], 1],
  ])('pages when failures go on, not by chance on low traffic: %s', (_what, failing, pages) => {
    const hour = Array.from({ length: 60 }, (_, minute) => [6, failing.includes(minute) ? 1 : 0] as const);
    const minutes = [...times(300, [6, 0] as const), ...hour];
    const slo = { functions: { [PAY]: { availability: 99.9 } }, actions: { page: PAGE, ticket: TICKET } };
    const entries = replayAlarms(shop(slo, ONLY_BUDGETS), ofPayments(minutes));
    expect(told(entries, PAGE)).toHaveLength(pages);
  });

  it('is laid over by its stage, and gone where the stage has none', () => {
    const slo = { functions: { [PAY]: { availability: 99.9 } } };
    const ofStage = (dev: boolean | SloSettings) => budgets({ ...slo, stages: { dev } }).alarms[0]?.threshold;
    expect(ofStage({ functions: { [PAY]: { availability: 99 } } })).toBe(14.4);
    expect(ofStage(true)).toBe(1.44);
    expect(ofStage(false)).toBeUndefined();
  });

  it('tells nobody of a single window, and by default the topic of the alarms of a burn', () => {
    const plan = planAlarms(inventory, ONLY_BUDGETS, { functions: { [PAY]: { availability: 99.9 } } });
    const resources = Object.values(alarmResources(plan, planActions(inventory, { from: 'composite' })));
    const topic = [{ Ref: 'LanternAlarmTopic' }];
    expect(resources.map(({ Properties }) => Properties.AlarmActions)).toEqual([
      ...times(8, undefined),
      topic,
      topic,
    ]);
  });

  it('is deployed under the condition of its resource, composites too', () => {
    const { PayLambdaFunction, ...others } = functionResources('Pay', 'pay');
    const conditional = inventoryOf({
      ...others,
      PayLambdaFunction: { ...(PayLambdaFunction as object), Condition: 'IsProd' },
    });
    const plan = planAlarms(conditional, ONLY_BUDGETS, { functions: { pay: { availability: 99.9 } } });
    const conditions = Object.values(alarmResources(plan, planActions(conditional))).map(
      ({ Condition }) => Condition,
    );
    expect(conditions).toEqual(times(10, 'IsProd'));
  });

  it('says why a function at the edge gets no budget', () => {
    const edge = {
      ...inventory,
      functions: inventory.functions.map((fn) => ({ ...fn, runsAtEdge: true })),
    };
    const { alarms, skipped } = planAlarms(edge, ONLY_BUDGETS, {
      functions: { [PAY]: { availability: 99.9 } },
    });
    expect(alarms).toEqual([]);
    expect(skipped).toContainEqual(expect.objectContaining({ id: 'function.burn' }));
  });
});

/** Minutes with the samples of a latency. */
function measured(
  namespace: string,
  metricName: string,
  dimensions: object,
  minutes: ReplayedSeries['minutes'],
): ReplayedSeries[] {
  return [
    { namespace, metricName, dimensions: dimensions as Record<string, unknown>, start: START, minutes },
  ];
}

describe('a latency that is promised', () => {
  const latency = { under: '500ms', target: 99 };
  const ofApi = (minutes: ReplayedSeries['minutes']) =>
    measured('AWS/ApiGateway', 'Latency', restApi(), minutes);
  const ofFunction = (minutes: ReplayedSeries['minutes']) =>
    measured('AWS/Lambda', 'Duration', { FunctionName: PAY }, minutes);
  const plannedFor = (slo: SloSettings) => {
    const plan = planAlarms(inventory, ONLY_BUDGETS, slo);
    return { ...plan, problems: checkAlarms(plan, inventory) };
  };
  const consumer = inventory.functions.find(({ queues }) => queues.length > 0);
  if (consumer === undefined) throw new Error('The shop of the fixtures reads a queue.');
  const [queue] = inventory.queues.filter(({ logicalId }) => consumer.queues.includes(logicalId));
  if (queue === undefined) throw new Error('The queue that the shop reads is in its template.');

  it('is asked of CloudWatch as the share of values beyond it, with the same windows', () => {
    const { alarms, composites, problems } = plannedFor({ resources: { ApiGatewayRestApi: { latency } } });
    expect(problems).toEqual([]);
    expect(alarms.map(({ name, threshold, metric }) => [name, threshold, metric.period])).toEqual([
      ['shop-dev-ApiGatewayRestApi-late-1h', 14.4, 3600],
      ['shop-dev-ApiGatewayRestApi-late-5m', 14.4, 300],
      ['shop-dev-ApiGatewayRestApi-late-6h', 6, 21_600],
      ['shop-dev-ApiGatewayRestApi-late-30m', 6, 1800],
      ['shop-dev-ApiGatewayRestApi-late-24h', 3, 86_400],
      ['shop-dev-ApiGatewayRestApi-late-2h', 3, 7200],
      ['shop-dev-ApiGatewayRestApi-late-24h-1x', 1, 86_400],
      ['shop-dev-ApiGatewayRestApi-late-6h-1x', 1, 21_600],
    ]);
    expect(alarms[0]?.metric).toMatchObject({
      metrics: [
        { id: 'requests', stat: { metricName: 'Latency', statistic: 'SampleCount' } },
        { id: 'quick', stat: { metricName: 'Latency', statistic: 'PR(:500)' } },
        { id: 'value' },
      ],
    });
    expect(composites[0]?.description).toContain('99 % are to be answered within 500 ms');
  });

  it.each<readonly [string, SloSettings, typeof ofApi, string]>([
    ['an API', { resources: { ApiGatewayRestApi: { latency } } }, ofApi, 'ApiGatewayRestApi'],
    ['a function', { functions: { [PAY]: { latency } } }, ofFunction, PAY],
  ])('pages when it is broken by %s, and not when it is just kept', (_what, slo, series, key) => {
    const template = shop({ ...slo, actions: BUDGETS.actions ?? {} }, ONLY_BUDGETS);
    const healthy = times(30, times(40, 80));
    // Exactly at the bound is within it.
    const atTheBound = times(30, times(40, 500));
    expect(told(replayAlarms(template, series([...healthy, ...atTheBound])), PAGE)).toEqual([]);
    const slow = times(20, [...times(20, 80), ...times(20, 501)]);
    const pages = told(replayAlarms(template, series([...healthy, ...slow])), PAGE);
    expect(pages.map(([, alarm]) => alarm)).toEqual([`shop-dev-${key}-fastBurn`]);
    expect(pages[0]?.[0]).toBeLessThan(healthy.length + 15);
  });

  it('is measured by how long messages waited, where the function reads a queue', () => {
    const slo = { functions: { [consumer.key]: { latency: { under: '2m', target: 99 } } } };
    const { alarms, problems } = plannedFor(slo);
    expect(problems).toEqual([]);
    expect(new Set(alarms.map(({ resource }) => resource.key))).toEqual(new Set([queue.key]));
    const template = shop({ ...slo, actions: BUDGETS.actions ?? {} }, ONLY_BUDGETS);
    const ages = (waiting: number) =>
      measured('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: queue.name }, [
        ...times(30, [5]),
        ...times(20, [waiting]),
      ]);
    expect(told(replayAlarms(template, ages(120)), PAGE)).toEqual([]);
    expect(told(replayAlarms(template, ages(121)), PAGE).map(([, alarm]) => alarm)).toEqual([
      `shop-dev-${consumer.key}-fastBurn`,
    ]);
  });

  it('is silent where little or nothing is measured, however long ago it was broken', () => {
    const template = shop({ functions: { [PAY]: { latency } } }, ONLY_BUDGETS);
    fc.assert(
      fc.property(fc.nat({ max: 5 }), fc.nat({ max: 90 }), (slow, silence) => {
        const minutes = [...times(slow, [900]), ...times(silence, null), ...times(10, [80])];
        expect(told(replayAlarms(template, ofFunction(minutes)))).toEqual([]);
      }),
      runs(5),
    );
  });

  it('shares its composites with the availability of the same resource', () => {
    const { alarms, composites } = plannedFor({ functions: { [PAY]: { availability: 99.9, latency } } });
    expect(alarms).toHaveLength(16);
    expect(composites.map(({ name, children }) => [name, children.length])).toEqual([
      [`shop-dev-${PAY}-fastBurn`, 8],
      [`shop-dev-${PAY}-slowBurn`, 8],
    ]);
  });

  it('plans alarms that can ring, for any target and time that the settings take', () => {
    const times = fc.oneof(
      fc.integer({ min: 1, max: 2999 }).map((ms) => `${ms}ms`),
      fc.double({ min: 0.01, max: 2.9, noNaN: true }).map((seconds) => `${seconds.toFixed(2)}s`),
    );
    fc.assert(
      fc.property(times, fc.double({ min: 85, max: 99.999, noNaN: true }), (under, target) => {
        const promised = { latency: { under, target } };
        const { problems, composites } = plannedFor({
          functions: { [PAY]: promised },
          resources: { HttpApi: promised },
        });
        expect(problems).toEqual([]);
        expect(composites.every(({ children }) => children.length > 0)).toBe(true);
      }),
      runs(50),
    );
  });

  it.each<readonly [string, SloSettings]>([
    ['a function', { functions: { [PAY]: { latency: { under: '16m', target: 99 } } } }],
    ['an HTTP API', { resources: { HttpApi: { latency: { under: '30s', target: 99 } } } }],
    ['a queue', { functions: { [consumer.key]: { latency: { under: '20160m', target: 99 } } } }],
  ])('is refused where %s can take no longer', (_what, slo) => {
    const { problems } = plannedFor(slo);
    expect(problems).toHaveLength(8);
    for (const problem of problems)
      expect(problem).toMatch(/it can never ring: \w+ of \S+ is never above \d+ m?s/);
  });
});
