import type { ApiResource, Expression, FunctionResource, RuleResource } from 'lambda-lantern-local/template';
import type { Dimension, MetricMath, MetricStat } from './alarm-plan.ts';
import { joinTexts } from './console-links.ts';
import type { Tuning } from './default-alarm.ts';

/** How a metric is taken. */
type Taken = Pick<Tuning, 'statistic' | 'period'>;

export type Dimensions = Readonly<Record<string, Expression>>;

/** A metric, taken with the statistic and the period of the alarm. */
export function metric(
  namespace: Expression,
  metricName: string,
  dimensions: Dimensions,
  { statistic, period }: Taken,
): MetricStat {
  return { kind: 'stat', namespace, metricName, dimensions: listed(dimensions), statistic, period };
}

/** Dimensions as CloudFormation has them. */
export function listed(dimensions: Dimensions): readonly Dimension[] {
  return Object.entries(dimensions).map(([name, value]) => ({ name, value }));
}

/** A metric of Lambda over everything that has these dimensions, whatever others it has. */
export function matching(metricName: string, dimensions: Dimensions, taken: Taken): MetricStat {
  return { ...metric('AWS/Lambda', metricName, dimensions, taken), matching: true };
}

/** What Metrics Insights calls the statistics that it has; it has no percentiles. */
export const INSIGHTS_FUNCTIONS: Readonly<Record<string, string>> = {
  Average: 'AVG',
  Maximum: 'MAX',
  Minimum: 'MIN',
  SampleCount: 'COUNT',
  Sum: 'SUM',
};

/** The query of Metrics Insights for a metric that is taken over all which match. */
export function insightsQuery({
  namespace,
  metricName,
  dimensions,
  statistic,
}: Pick<MetricStat, 'namespace' | 'metricName' | 'dimensions' | 'statistic'>): Expression {
  const conditions = dimensions.flatMap(({ name, value }, index) => [
    `${index === 0 ? ' WHERE' : ' AND'} ${name} = '`,
    value,
    "'",
  ]);
  return joinTexts(
    `SELECT ${INSIGHTS_FUNCTIONS[statistic] ?? statistic}(${metricName}) FROM "`,
    namespace,
    '"',
    ...conditions,
  );
}

/** A metric of a whole function: of all its versions and aliases together. */
export function lambda(name: string, fn: FunctionResource, taken: Taken): MetricStat {
  return metric('AWS/Lambda', name, { FunctionName: fn.name }, taken);
}

/** What a function was asked to do, and what of it failed: expressions of metric math over metrics by their ids. */
export interface Outcomes {
  /** What is counted, in the plural. */
  readonly what: 'invocations' | 'executions';
  readonly stats: (taken: Taken) => Readonly<Record<string, MetricStat>>;
  /** Has a value in every period. */
  readonly failed: string;
  /** Never 0: a period in which nothing came to its end counts as one success. */
  readonly total: string;
}

/**
 * The work of a durable function is an execution, which goes on over many invocations: each replay is one more of `Invocations`,
 * and each attempt that failed and is made again one more of `Errors` (Lambda, "Monitoring durable functions"). What was stopped on
 * purpose neither failed nor succeeded.
 */
export function outcomesOf(fn: FunctionResource): Outcomes {
  if (fn.durable === undefined) {
    return {
      what: 'invocations',
      stats: (taken) => ({
        failed: lambda('Errors', fn, taken),
        requests: lambda('Invocations', fn, taken),
      }),
      failed: 'FILL(failed, 0)',
      // Failures that came before what they are failures of: Lambda counts both by themselves.
      total: 'FILL(requests, 1)',
    };
  }
  const failed = 'FILL(failed, 0) + FILL(timedOut, 0)';
  return {
    what: 'executions',
    stats: (taken) => ({
      failed: lambda('DurableExecutionFailed', fn, taken),
      timedOut: lambda('DurableExecutionTimedOut', fn, taken),
      succeeded: lambda('DurableExecutionSucceeded', fn, taken),
    }),
    failed: `(${failed})`,
    total: `FILL(succeeded, 1) + ${failed}`,
  };
}

/** API Gateway's names of the same thing, by kind of API; a count is one sample per request. */
export const API_METRICS = {
  REST: { requests: 'Count', clientErrors: '4XXError', serverErrors: '5XXError', latency: 'Latency' },
  HTTP: { requests: 'Count', clientErrors: '4xx', serverErrors: '5xx', latency: 'Latency' },
  WEBSOCKET: {
    requests: 'MessageCount',
    clientErrors: 'ClientError',
    serverErrors: 'ExecutionError',
    latency: 'IntegrationLatency',
  },
} as const satisfies Readonly<Record<ApiResource['kind'], unknown>>;

/** Of a stage of an API: CloudWatch knows a REST API by its name, the others by their id. */
export function apiDimensions({ kind, name, stage }: ApiResource): Dimensions {
  return { [kind === 'REST' ? 'ApiName' : 'ApiId']: name, Stage: stage };
}

/** EventBridge: `RuleName` alone means the default bus; a custom bus has to be named beside it. */
export function ruleDimensions({ name, eventBusName }: RuleResource): Dimensions {
  return { ...(eventBusName !== undefined && { EventBusName: eventBusName }), RuleName: name };
}

/** Metric math over some metrics by id; the expression is what is compared. */
export function math(
  expression: string,
  stats: Readonly<Record<string, MetricStat>>,
  label: string,
): MetricMath {
  return {
    kind: 'math',
    metrics: [
      ...Object.entries(stats).map(([id, stat]) => ({ id, stat })),
      { id: 'value', expression, label },
    ],
    returns: 'value',
    period: Math.max(...Object.values(stats).map((stat) => stat.period)),
  };
}
