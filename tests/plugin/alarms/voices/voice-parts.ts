/** Small parts of a plan, for tests of one rule at a time. */
import type { PlannedAlarm, PlannedComposite } from '../../../../plugin/alarms/alarm-plan.ts';
import type { Connections } from '../../../../plugin/alarms/connections.ts';

/** A symptom, `function.errors` of the function `pay`, on one metric. */
export function symptom(id: string, key: string, more: Partial<PlannedAlarm> = {}): PlannedAlarm {
  const [kind = 'function', what = ''] = id.split('.');
  return {
    id,
    logicalId: `${key}${what}`,
    name: `depot-live-${key}-${what}`,
    resource: { kind: kind as 'function', logicalId: key, key },
    metric: {
      kind: 'stat',
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensions: [],
      statistic: 'Sum',
      period: 60,
    },
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 0,
    unit: 'errors',
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'notBreaching',
    meaning: 'Something fails.',
    cause: 'Something else.',
    reason: 'one counts',
    missingReason: 'None.',
    severity: 'symptom',
    link: 'https://example.com',
    overridden: [],
    ...more,
  };
}

export function composite(name: string, more: Partial<PlannedComposite> = {}): PlannedComposite {
  return {
    name: `depot-live-${name}`,
    logicalId: name,
    rule: `ALARM("depot-live-${name}-part")`,
    children: [`${name}-part`],
    description: 'Something is wrong.',
    isRoot: false,
    ...more,
  };
}

/** The two composites of the error budget of a resource. */
export function budgetOf(kind: 'function' | 'api', key: string): readonly PlannedComposite[] {
  const resource = { kind, logicalId: key, key };
  return [
    composite(`${key}-fastBurn`, { resource, tells: 'page' }),
    composite(`${key}-slowBurn`, { resource, tells: 'ticket' }),
  ];
}

/** What is behind each API, called by each function, and behind each queue; nothing unless given. */
export function connected({
  apis = {},
  calls = {},
  queues = {},
}: {
  readonly apis?: Readonly<Record<string, readonly string[]>>;
  readonly calls?: Readonly<Record<string, ReturnType<Connections['calledBy']>>>;
  readonly queues?: Readonly<Record<string, readonly string[]>>;
}): Connections {
  return {
    behindApi: (api) => apis[api] ?? [],
    apisBefore: (fn) => Object.entries(apis).flatMap(([api, behind]) => (behind.includes(fn) ? [api] : [])),
    calledBy: (fn) => calls[fn] ?? [],
    behindQueue: (queue) => queues[queue] ?? [],
  };
}

export function namesOf(alarms: ReadonlyArray<{ readonly name: string }>): readonly string[] {
  return alarms.map(({ name }) => name.replace('depot-live-', ''));
}
