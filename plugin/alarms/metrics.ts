import type { ApiResource, Expression, FunctionResource, RuleResource } from 'lambda-lantern-local/template';
import type { Dimension, MetricMath, MetricStat } from './alarm-plan.ts';
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

/** A metric of a whole function: of all its versions and aliases together. */
export function lambda(name: string, fn: FunctionResource, taken: Taken): MetricStat {
  return metric('AWS/Lambda', name, { FunctionName: fn.name }, taken);
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
