import type { ApiResource, FunctionResource, Inventory } from 'lambda-lantern-local/template';
import type { ErrorBudget } from '../settings/settings.ts';
import { parseMilliseconds } from '../settings/vocabulary.ts';
import { identityOf } from './alarm-names.ts';
import type { MetricStat, PlannedAlarm, PlannedObjective } from './alarm-plan.ts';
import { API_METRICS, apiDimensions, lambda, metric, outcomesOf } from './metrics.ts';

/** One promise of an error budget, and how CloudWatch measures what keeps and breaks it. */
export interface Objective extends Pick<PlannedObjective, 'promise' | 'goal' | 'sentence' | 'total' | 'bad'> {
  /** What its alarms are called. */
  readonly name: 'burn' | 'late';
  /** The resource whose metrics are counted: of a function that reads a queue, the queue says how long messages waited. */
  readonly of: PlannedAlarm['resource'];
  /** What is counted when it breaks the promise, for people. */
  readonly counted: string;
  /** Of the share, on charts. */
  readonly label: string;
  /** The metrics by their ids in the expressions. @param period seconds */
  readonly stats: (period: number) => Readonly<Record<string, MetricStat>>;
}

/** What a budget promises of a function or an API: its availability, its latency, or both. */
export function objectivesOf(
  resource: FunctionResource | ApiResource,
  { availability, latency }: ErrorBudget,
  inventory: Inventory,
): readonly Objective[] {
  const subject = 'kind' in resource ? ofApi(resource) : ofFunction(resource, inventory);
  return [
    ...(availability === undefined ? [] : [subject.availability(availability)]),
    ...(latency === undefined
      ? []
      : subject.latency({ goal: latency.target, under: parseMilliseconds(latency.under) ?? Number.NaN })),
  ];
}

interface Subject {
  readonly availability: (goal: number) => Objective;
  readonly latency: (promised: Latency) => readonly Objective[];
}

interface Latency {
  readonly goal: number;
  /** Milliseconds. */
  readonly under: number;
}

function ofApi(api: ApiResource): Subject {
  const names = API_METRICS[api.kind];
  const of = identityOf('api', api);
  const what = `requests to the API ${api.key}`;
  const taken = (name: string, statistic: string, period: number): MetricStat =>
    metric('AWS/ApiGateway', name, apiDimensions(api), { statistic, period });
  return {
    availability: (goal) =>
      availability(goal, of, what, {
        stats: (period) => ({
          failed: taken(names.serverErrors, 'Sum', period),
          requests: taken(names.requests, 'SampleCount', period),
        }),
        bad: 'FILL(failed, 0)',
        // Failures that came before what they are failures of: API Gateway counts both by themselves.
        total: 'FILL(requests, 1)',
      }),
    latency: (promised) => [
      late(promised, of, {
        sentence: `Of the ${what}, ${promised.goal} % are to be answered within ${time(promised.under)}`,
        counted: 'slow requests',
        taken: (statistic, period) => taken(names.latency, statistic, period),
        bound: promised.under,
      }),
    ],
  };
}

function ofFunction(fn: FunctionResource, inventory: Inventory): Subject {
  const of = identityOf('function', fn);
  const outcomes = outcomesOf(fn);
  return {
    availability: (goal) =>
      availability(goal, of, `${outcomes.what} of ${fn.key}`, {
        stats: (period) => outcomes.stats({ statistic: 'Sum', period }),
        bad: outcomes.failed,
        total: outcomes.total,
      }),
    latency: (promised) => {
      const queues = inventory.queues.filter(({ logicalId }) => fn.queues.includes(logicalId));
      if (queues.length === 0) {
        const isDurable = fn.durable !== undefined;
        return [
          late(promised, of, {
            sentence: `Of the ${outcomes.what} of ${fn.key}, ${promised.goal} % are to take ${time(promised.under)} at most`,
            counted: `slow ${outcomes.what}`,
            taken: (statistic, period) =>
              lambda(isDurable ? 'DurableExecutionDuration' : 'Duration', fn, { statistic, period }),
            bound: promised.under,
          }),
        ];
      }
      // Nobody at the other end of a queue feels how long a batch takes, but how long a message waits.
      return queues.map((queue) =>
        late(promised, identityOf('queue', queue), {
          sentence: `In ${promised.goal} % of the minutes, no message of ${queue.key} is to wait longer than ${time(promised.under)}`,
          counted: 'slow minutes',
          taken: (statistic, period) =>
            metric(
              'AWS/SQS',
              'ApproximateAgeOfOldestMessage',
              { QueueName: queue.name },
              { statistic, period },
            ),
          // CloudWatch has this age in seconds.
          bound: promised.under / 1000,
        }),
      );
    },
  };
}

function availability(
  goal: number,
  of: PlannedAlarm['resource'],
  what: string,
  measured: Pick<Objective, 'stats' | 'bad' | 'total'>,
): Objective {
  return {
    name: 'burn',
    promise: 'availability',
    goal,
    of,
    sentence: `Of the ${what}, ${goal} % are to succeed`,
    counted: 'failures',
    label: 'Failures (%)',
    ...measured,
  };
}

/**
 * The share that was too slow, from what CloudWatch counts itself: `PR(:500)` is the percentage of values up to 500 ms. It is as
 * exact as CloudWatch keeps values, and needs no metric of one's own.
 */
function late(
  { goal }: Latency,
  of: PlannedAlarm['resource'],
  measured: Pick<Objective, 'sentence' | 'counted'> & {
    readonly taken: (statistic: string, period: number) => MetricStat;
    /** In the unit of the metric. */
    readonly bound: number;
  },
): Objective {
  const { sentence, counted, taken, bound } = measured;
  return {
    name: 'late',
    promise: 'latency',
    goal,
    of,
    sentence,
    counted,
    label: 'Too slow (%)',
    stats: (period) => ({ requests: taken('SampleCount', period), quick: taken(`PR(:${bound})`, period) }),
    bad: 'FILL(requests, 0) * (100 - FILL(quick, 100)) / 100',
    total: 'FILL(requests, 1)',
  };
}

/** `500 ms`, `1.5 s`, `5 minutes`. */
function time(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const minutes = ms / 60_000;
  if (!Number.isInteger(minutes)) return `${ms / 1000} s`;
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
