import { describe, expect, it } from 'vitest';
import type { AlarmPlan, PlannedAlarm, MetricStat } from '../../../../plugin/alarms/alarm-plan.ts';
import { checkAlarms } from '../../../../plugin/alarms/check/check-alarms.ts';
import { planAlarms } from '../../../../plugin/alarms/plan-alarms.ts';
import type { AlarmSettings } from '../../../../plugin/settings/settings.ts';
import { functionResources, inventoryOf, readTemplate } from '../../../helpers/inventory.ts';

const inventory = inventoryOf({
  ...readTemplate('every-event').Resources,
  ...functionResources('Pay', 'pay'),
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'parcels' } },
  Moved: { Type: 'AWS::Events::Rule', Properties: { EventBusName: { Ref: 'Bus' } } },
  Nightly: { Type: 'AWS::Scheduler::Schedule', Properties: {} },
  Machines: { Type: 'AWS::Lambda::CapacityProvider', Properties: {} },
});
const plan = planAlarms(inventory, {
  functions: { pay: { coldStarts: true, initDuration: true, traffic: true } },
});

/** The problems of the plan with one alarm changed. */
function problemsWith(
  id: string,
  change: (alarm: PlannedAlarm) => PlannedAlarm,
  key?: string,
): readonly string[] {
  const index = plan.alarms.findIndex(
    (alarm) => alarm.id === id && (key === undefined || alarm.resource.key === key),
  );
  const alarm = plan.alarms[index];
  if (alarm === undefined) throw new Error(`no ${id}`);
  const changed: AlarmPlan = { ...plan, alarms: plan.alarms.with(index, change(alarm)) };
  return checkAlarms(changed, inventory).map((problem) => problem.replace(`${change(alarm).name}: `, ''));
}

function withStat(change: Partial<MetricStat>) {
  return (alarm: PlannedAlarm): PlannedAlarm => {
    const { metric } = alarm;
    if (metric.kind === 'stat') return { ...alarm, metric: { ...metric, ...change } };
    const metrics = metric.metrics.map((part) =>
      'stat' in part ? { ...part, stat: { ...part.stat, ...change } } : part,
    );
    return { ...alarm, metric: { ...metric, metrics } };
  };
}

function settingProblems(settings: AlarmSettings): readonly string[] {
  return checkAlarms(planAlarms(inventory, settings), inventory);
}

describe('checkAlarms', () => {
  it('finds nothing wrong with the defaults, on every kind of resource', () => {
    expect(checkAlarms(plan, inventory)).toEqual([]);
    expect(new Set(plan.alarms.map(({ resource }) => resource.kind))).toEqual(
      new Set([
        'function',
        'capacityProvider',
        'api',
        'queue',
        'topic',
        'table',
        'rule',
        'schedule',
        'stateMachine',
        'account',
      ]),
    );
  });
});

describe('the defects that were found in the defaults of slic-watch are caught', () => {
  it('1: a threshold of 1 with "greater than" misses a single failure', () => {
    for (const [id, metric] of [
      ['topic.failed', 'NumberOfNotificationsFailed'],
      ['rule.failed', 'FailedInvocations'],
    ] as const) {
      expect(problemsWith(id, (alarm) => ({ ...alarm, threshold: 1 }))).toEqual([
        `a single one of ${metric} would not ring: 1 is not greater than 1`,
      ]);
    }
  });

  it('2: the dimension GlobalSecondaryIndex does not exist', () => {
    const dimensions = [
      { name: 'TableName', value: { Ref: 'Things' } },
      { name: 'GlobalSecondaryIndex', value: 'by-owner' },
    ];
    expect(problemsWith('table.indexThrottles', withStat({ dimensions }))[0]).toBe(
      'AWS/DynamoDB ReadThrottleEvents has no data with the dimensions TableName, GlobalSecondaryIndex, only with: ' +
        'TableName; TableName, GlobalSecondaryIndexName (Amazon DynamoDB Developer Guide, "DynamoDB metrics and dimensions")',
    );
  });

  it('3: UserErrors is of the account and not of a table', () => {
    expect(problemsWith('table.throttles', withStat({ metricName: 'UserErrors' }))).toContain(
      'there is no metric AWS/DynamoDB UserErrors of a table',
    );
  });

  it('4: a latency above 0 is always above 0', () => {
    expect(
      problemsWith(
        'function.duration',
        (alarm) => ({ ...alarm, threshold: 0, overridden: ['threshold'] }),
        'pay',
      ),
    ).toEqual([
      'it rings all the time: the value is from above 0 to 6000 ms, and that is always greater than 0',
    ]);
  });

  it('5: what says FifoQueue: false is no FIFO queue', () => {
    const queue = (FifoQueue: unknown) =>
      inventoryOf({ Work: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue } } }).queues[0]?.fifo;
    expect([queue(true), queue('true'), queue(false), queue('false'), queue(undefined)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('6: Ref of a rule on a custom bus is no name of a rule, and its bus has to be named', () => {
    const byRef = problemsWith(
      'rule.failed',
      withStat({
        dimensions: [
          { name: 'EventBusName', value: { Ref: 'Bus' } },
          { name: 'RuleName', value: { Ref: 'Moved' } },
        ],
      }),
      'Moved',
    );
    expect(byRef).toEqual([
      'AWS/Events FailedInvocations has no data where RuleName is {"Ref":"Moved"}; for Moved it is ' +
        '{"Fn::Select":[2,{"Fn::Split":["/",{"Fn::GetAtt":["Moved","Arn"]}]}]}',
    ]);
    const [rule] = inventory.rules.filter(({ key }) => key === 'Moved');
    const withoutBus = problemsWith(
      'rule.failed',
      withStat({ dimensions: [{ name: 'RuleName', value: rule?.name ?? '' }] }),
      'Moved',
    );
    expect(withoutBus).toEqual([
      'AWS/Events FailedInvocations without the dimension EventBusName is of something else than Moved',
    ]);
  });

  it('7: what it lacks is there: HTTP APIs, concurrency, provisioned, asynchronous, dead letters, memory, a composite', () => {
    const ids = new Set(plan.alarms.map(({ id }) => id));
    for (const id of [
      'account.concurrency',
      'function.provisionedSpillover',
      'function.asyncDropped',
      'queue.deadLetters',
      'function.memory',
    ]) {
      expect(ids).toContain(id);
    }
    expect(plan.alarms.some(({ resource }) => resource.key === 'HttpApi')).toBe(true);
    expect(plan.composites.some(({ isRoot }) => isRoot)).toBe(true);
    // One period of one is for what must not happen at all, and for five minutes of low traffic.
    const first = plan.alarms.filter(({ evaluationPeriods }) => evaluationPeriods === 1).map(({ id }) => id);
    expect(first).not.toContain('function.duration');
    expect(first).not.toContain('api.latency');
  });

  it('8: the defaults are never changed', () => {
    const again = planAlarms(inventory, {
      functions: { pay: { coldStarts: true, initDuration: true, traffic: true } },
    });
    settingProblems({ defaults: { function: { duration: { share: 0.1 } } } });
    expect(again).toEqual(plan);
  });
});

describe('a metric', () => {
  it('exists for that kind of resource', () => {
    expect(problemsWith('queue.age', withStat({ metricName: 'Age' }))).toContain(
      'there is no metric AWS/SQS Age of a queue',
    );
    expect(problemsWith('queue.age', withStat({ namespace: 'AWS/Sqs' }))).toContain(
      'there is no metric AWS/Sqs ApproximateAgeOfOldestMessage of a queue',
    );
  });

  it('of provisioned concurrency has the alias as a dimension', () => {
    const dimensions = [{ name: 'FunctionName', value: 'everything-local-worker' }];
    expect(problemsWith('function.provisionedUtilization', withStat({ dimensions }))[0]).toMatch(
      /has no data with the dimensions FunctionName, only with: FunctionName, Resource/,
    );
  });

  it('of a REST API goes by its name, of an HTTP API by its id', () => {
    const dimensions = [
      { name: 'ApiName', value: { Ref: 'HttpApi' } },
      { name: 'Stage', value: '$default' },
    ];
    expect(problemsWith('api.latency', withStat({ dimensions }), 'HttpApi')[0]).toBe(
      'AWS/ApiGateway Latency has no data where ApiName is {"Ref":"HttpApi"}; for HttpApi it is never set',
    );
  });

  it('of a resource is not that of another', () => {
    const dimensions = [{ name: 'FunctionName', value: 'shop-dev-pya' }];
    expect(problemsWith('function.throttles', withStat({ dimensions }), 'pay')).toEqual([
      'AWS/Lambda Throttles has no data where FunctionName is shop-dev-pya; for pay it is shop-dev-pay',
    ]);
  });

  it('of a log line needs the filter that makes it', () => {
    const withoutFilters = { ...plan, filters: [] };
    expect(checkAlarms(withoutFilters, inventory)).toContain(
      'shop-dev-pay-memory: no metric filter makes LambdaLantern/shop-dev-pay MaxMemoryUsed',
    );
  });

  it.each([
    ['function.throttles', 'p99', 'p99 of AWS/Lambda Throttles means nothing; sensible are: Sum'],
    ['function.duration', 'Sum', 'Sum of AWS/Lambda Duration means nothing; sensible are: Average, Minimum'],
    [
      'function.provisionedUtilization',
      'Sum',
      'Sum of AWS/Lambda ProvisionedConcurrencyUtilization means nothing',
    ],
  ])('has a statistic that means something: %s not with %s', (id, statistic, problem) => {
    expect(problemsWith(id, withStat({ statistic }))[0]).toContain(problem);
  });
});

describe('a threshold', () => {
  it.each([
    [
      { functions: { pay: { duration: { threshold: 6000 } } } },
      'it can never ring: the value is from above 0 to 6000 ms, and that is never greater than 6000',
    ],
    [
      { functions: { pay: { duration: { share: 1 } } } },
      'it can never ring: the value is from above 0 to 6000 ms, and that is never greater than 6000',
    ],
    [
      { functions: { pay: { memory: { threshold: 512 } } } },
      'it can never ring: the value is from 0 to 512 MB, and that is never greater than 512',
    ],
    [
      { functions: { pay: { errorRate: { threshold: 100 } } } },
      'it can never ring: the value is from 0 to 100 %, and that is never greater than 100',
    ],
    [
      { functions: { pay: { throttles: { threshold: -1 } } } },
      'it rings all the time: the value is 0 throttles or more, and that is always greater than -1',
    ],
    [
      { defaults: { function: { provisionedUtilization: { threshold: 90 } } } },
      'it can never ring: the value is from 0 to 1 of 1, and that is never greater than 90',
    ],
    [
      { resources: { Work: { age: { threshold: 345_600 } } } },
      'it can never ring: the value is from 0 to 345600 s, and that is never greater than 345600',
    ],
    [
      { resources: { HttpApi: { latency: { threshold: 30_000 } } } },
      'it can never ring: the value is from 0 to 30000 ms, and that is never greater than 30000',
    ],
  ])('can be crossed, and is not always: %j', (settings, problem) => {
    expect(settingProblems(settings).some((found) => found.endsWith(problem))).toBe(true);
  });

  it('of a user may let single failures pass', () => {
    expect(settingProblems({ defaults: { topic: { failed: { threshold: 10 } } } })).toEqual([]);
  });

  it('is no anomaly where several metrics are put together', () => {
    expect(settingProblems({ functions: { pay: { errorRate: { anomaly: 2 } } } })).toEqual([
      'shop-dev-pay-errorRate: an anomaly band needs a single metric, and this alarm is metric math',
    ]);
  });
});

describe('missing data', () => {
  it.each([
    [
      'function.asyncDropped',
      'missing',
      'the metric is silent when all is well, and with missing the alarm would not be OK again',
    ],
    [
      'rule.failed',
      'ignore',
      'the metric is silent when all is well, and with ignore the alarm would not be OK again',
    ],
    [
      'function.duration',
      'breaching',
      'breaching makes silence an alarm, and there is silence whenever nothing runs',
    ],
  ] as const)('is treated on purpose: %s not as %s', (id, treatMissingData, problem) => {
    expect(problemsWith(id, (alarm) => ({ ...alarm, treatMissingData }))).toEqual([problem]);
  });

  it('is never left to DynamoDB, whose metrics are silent and whose alarms ignore it', () => {
    const [problem] = problemsWith('table.throttles', (alarm) => ({
      ...alarm,
      metric: {
        kind: 'stat',
        namespace: 'AWS/DynamoDB',
        metricName: 'ReadThrottleEvents',
        dimensions: [{ name: 'TableName', value: { Ref: 'Things' } }],
        statistic: 'Sum',
        period: 60,
      },
    }));
    expect(problem).toMatch(/^CloudWatch ignores missing data of AWS\/DynamoDB whatever is set/);
  });

  it('is not good news for an alarm that waits for too little', () => {
    expect(
      problemsWith('queue.age', (alarm) => ({
        ...alarm,
        comparisonOperator: 'LessThanThreshold',
        threshold: 1,
      })),
    ).toEqual([
      'it waits for too little, and notBreaching makes silence good: it would miss that everything stopped',
    ]);
  });

  it('has a reason', () => {
    expect(problemsWith('queue.age', (alarm) => ({ ...alarm, missingReason: ' ' }))).toEqual([
      'nothing says why missing data is treated as it is',
    ]);
  });
});

describe('the form', () => {
  it.each<[string, Partial<PlannedAlarm>, string]>([
    ['names', { name: 'n'.repeat(256) }, 'its name has 256 characters, and may have 255'],
    ['descriptions', { cause: 'c'.repeat(1024) }, 'CloudWatch takes 1024'],
    ['datapoints', { datapointsToAlarm: 6 }, '6 of 5 periods can never be'],
    ['days', { evaluationPeriods: 1441 }, 'it looks at 86460 s, and CloudWatch at no more than 86400 s'],
  ])('keeps to what CloudWatch takes: %s', (_what, change, problem) => {
    const problems = problemsWith('queue.age', (alarm) => ({ ...alarm, ...change }));
    expect(problems.join('\n')).toContain(problem);
  });

  it('names in an expression only what it is made of', () => {
    const problems = problemsWith('function.errorRate', (alarm) => ({
      ...alarm,
      metric: {
        kind: 'math',
        period: 60,
        returns: 'vlaue',
        metrics: [{ id: 'value', expression: '100 * error / invocations' }],
      },
    }));
    expect(problems).toEqual([
      'its expression names error, which is none of its metrics',
      'its expression names invocations, which is none of its metrics',
      'it compares vlaue, which is none of its metrics',
    ]);
  });

  it('has no two alarms of one name or logical id', () => {
    const [first] = plan.alarms;
    if (first === undefined) throw new Error('no alarm');
    const problems = checkAlarms({ ...plan, alarms: [...plan.alarms, first] }, inventory);
    expect(problems).toEqual([
      `${first.name}: two alarms have this name`,
      `${first.logicalId}: two alarms have this logical id; rename one of their resources`,
    ]);
  });

  it('has no rule that is too long for CloudWatch', () => {
    const composites = [
      {
        name: 'shop-dev-unhealthy',
        logicalId: 'LanternServiceUnhealthy',
        rule: 'r'.repeat(10_241),
        children: Array.from({ length: 101 }, (_, index) => `A${index}`),
        description: '',
        isRoot: true,
      },
    ];
    expect(checkAlarms({ ...plan, composites }, inventory)).toEqual([
      'shop-dev-unhealthy: its rule has 10241 characters, and may have 10240',
      'shop-dev-unhealthy: its rule names 101 alarms, and may name 100',
    ]);
  });
});
