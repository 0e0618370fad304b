import type {
  AlarmPlan,
  PlannedAlarm,
  PlannedComposite,
  PlannedFilter,
  MetricStat,
} from '../../../plugin/alarms/alarm-plan.ts';
import type { FunctionResource, Inventory } from '../../../local/template/index.ts';

export const EMPTY: Inventory = {
  service: 'shop',
  stage: 'dev',
  region: 'eu-west-1',
  functions: [],
  capacityProviders: [],
  queues: [],
  topics: [],
  tables: [],
  apis: [],
  rules: [],
  schedules: [],
  stateMachines: [],
  others: [],
};

export const NO_ALARMS: AlarmPlan = {
  alarms: [],
  filters: [],
  eventSources: [],
  logAlarms: [],
  composites: [],
  objectives: [],
  skipped: [],
};

export function functionNamed(key: string, over: Partial<FunctionResource> = {}): FunctionResource {
  return {
    logicalId: `${key}Function`,
    key,
    name: { Ref: `${key}Function` },
    timeout: 6,
    memorySize: 512,
    architecture: 'x86_64',
    logFormat: 'JSON',
    systemLogLevel: 'INFO',
    logGroup: `${key}LogGroup`,
    sharesLogGroup: false,
    provisioned: [],
    isAsync: false,
    maximumEventAge: 21_600,
    hasDeadLetterConfig: false,
    hasDestination: false,
    runsAtEdge: false,
    streams: [],
    queues: [],
    eventSources: [],
    allowsLoops: false,
    isolatesTenants: false,
    refersTo: [],
    ...over,
  };
}

/** One resource of each kind beside the functions, with each feature that changes the charts. */
export function everything(functions: readonly FunctionResource[]): Inventory {
  return {
    ...EMPTY,
    functions,
    capacityProviders: [{ logicalId: 'Machines', key: 'Machines', name: { Ref: 'Machines' } }],
    queues: [queue('Orders', []), queue('DeadOrders', ['Orders'])],
    topics: [
      {
        logicalId: 'Placed',
        key: 'Placed',
        name: attribute('Placed', 'TopicName'),
        fifo: false,
        redrives: true,
      },
    ],
    tables: [
      {
        logicalId: 'Table',
        key: 'Table',
        name: { Ref: 'Table' },
        indexes: ['byCustomer'],
        billing: 'PROVISIONED',
        operations: ['GetItem', 'PutItem'],
      },
    ],
    apis: (['REST', 'HTTP', 'WEBSOCKET'] as const).map((kind) => ({
      logicalId: `${kind}Api`,
      key: `${kind}Api`,
      name: { Ref: `${kind}Api` },
      id: { Ref: `${kind}Api` },
      apiId: `${kind}Api`,
      functions: [],
      kind,
      stage: 'dev',
    })),
    rules: [
      { logicalId: 'Nightly', key: 'Nightly', name: { Ref: 'Nightly' }, scheduled: true },
      {
        logicalId: 'Paid',
        key: 'Paid',
        name: { 'Fn::Select': [2, { 'Fn::Split': ['/', 'rule/bus/Paid'] }] },
        eventBusName: { Ref: 'Bus' },
        scheduled: false,
      },
    ],
    schedules: ['Hourly', 'Daily'].map((key) => ({ logicalId: key, key, name: key, group: 'default' })),
    stateMachines: [{ logicalId: 'Refund', key: 'Refund', name: { Ref: 'Refund' } }],
  };
}

export const FULL_FUNCTION: Partial<FunctionResource> = {
  reservedConcurrency: 5,
  provisioned: [{ logicalId: 'Live', qualifier: 'live', concurrency: 2 }],
  isAsync: true,
  hasDeadLetterConfig: true,
  hasDestination: true,
  streams: [
    { kind: 'kinesis', mapping: 'A', batchingWindow: 0 },
    { kind: 'kafka', mapping: 'B', batchingWindow: 0 },
  ],
};

function attribute(logicalId: string, name: string) {
  return { 'Fn::GetAtt': [logicalId, name] };
}

function queue(logicalId: string, deadLettersOf: readonly string[]) {
  return {
    logicalId,
    key: logicalId,
    name: attribute(logicalId, 'QueueName'),
    fifo: false,
    retention: 345_600,
    visibilityTimeout: 60,
    deadLettersOf,
    hasDeadLetterQueue: deadLettersOf.length === 0,
    consumers: [],
  };
}

/** An alarm on one metric of a function. */
export function alarmOn(
  { logicalId, key, name }: FunctionResource,
  stat: Pick<MetricStat, 'metricName' | 'statistic'> & { readonly period?: number },
  over: Partial<PlannedAlarm> = {},
): PlannedAlarm {
  const { metricName, statistic, period = 60 } = stat;
  return {
    id: `function.${metricName}.${statistic}.${period}`,
    logicalId: `${key}${metricName}${statistic}${period}Alarm`,
    name: `shop-dev-${key}-${metricName}`,
    resource: { kind: 'function', logicalId, key },
    metric: {
      kind: 'stat',
      namespace: 'AWS/Lambda',
      metricName,
      dimensions: [{ name: 'FunctionName', value: name }],
      statistic,
      period,
    },
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 4_800,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: 'notBreaching',
    unit: 'ms',
    missingReason: 'No traffic is no failure.',
    severity: 'symptom',
    link: 'https://example.com',
    overridden: [],
    meaning: 'It is slow.',
    cause: 'Something it calls.',
    reason: '80 % of the timeout.',
    ...over,
  };
}

export function compositeNamed(logicalId: string, isRoot: boolean): PlannedComposite {
  return {
    logicalId,
    name: logicalId,
    rule: 'FALSE',
    children: [],
    description: '',
    isRoot,
  };
}

/** The same alarm over metric math. */
export function mathAlarmOn(resource: FunctionResource): PlannedAlarm {
  const { logicalId } = resource;
  const part = (metricName: string) =>
    alarmOn(resource, { metricName, statistic: 'Sum' }).metric as MetricStat;
  return alarmOn(
    resource,
    { metricName: 'ErrorRate', statistic: 'Math' },
    {
      logicalId: `${logicalId}ErrorRateAlarm`,
      metric: {
        kind: 'math',
        metrics: [
          { id: 'errors', stat: part('Errors') },
          { id: 'invocations', stat: part('Invocations') },
          { id: 'rate', expression: '100 * errors / invocations' },
        ],
        returns: 'rate',
        period: 60,
      },
    },
  );
}

export function memoryFilterOf({ key, logicalId }: FunctionResource): PlannedFilter {
  return {
    logicalId: `${key}MemoryFilter`,
    functionLogicalId: logicalId,
    logGroup: { Ref: `${key}LogGroup` },
    pattern: '{ $.type = "platform.report" }',
    namespace: { 'Fn::Sub': `LambdaLantern/\${${logicalId}}` },
    metricName: 'MaxMemoryUsed',
    metricValue: '$.record.metrics.maxMemoryUsedMB',
    unit: 'Megabytes',
  };
}
