import type { Expression } from '../inventory/inventory.ts';

/**
 * One alarm as the plugin plans it, before it is CloudFormation. What plans alarms writes it; the check, the table of
 * `serverless alarms`, the dashboard, the estimate of costs and the template read it.
 */
export interface AlarmSpec {
  /** Which alarm of the defaults this is: `function.duration`, `queue.age`, … */
  readonly id: string;
  readonly logicalId: string;
  /** `AlarmName`, unique in the account: begins with service and stage. */
  readonly name: string;
  readonly resource: { readonly kind: ResourceKind; readonly logicalId: string; readonly key: string };
  readonly metric: MetricSource;
  readonly comparisonOperator: ComparisonOperator;
  /** Absent for an anomaly band. */
  readonly threshold?: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
  readonly evaluateLowSampleCountPercentile?: 'evaluate' | 'ignore';
  /** What ALARM means, one sentence. */
  readonly meaning: string;
  /** The likely cause, and what to look at first. */
  readonly cause: string;
  /** Why this threshold: the default's reason with the numbers of this resource in it. */
  readonly reason: string;
}

export type ResourceKind =
  'function' | 'queue' | 'topic' | 'table' | 'api' | 'rule' | 'schedule' | 'stateMachine' | 'account';

export type ComparisonOperator =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold'
  | 'GreaterThanUpperThreshold'
  | 'LessThanLowerThreshold'
  | 'LessThanLowerOrGreaterThanUpperThreshold';

export type MetricSource = MetricStat | MetricMath;

export interface MetricStat {
  readonly kind: 'stat';
  readonly namespace: Expression;
  readonly metricName: string;
  readonly dimensions: readonly Dimension[];
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p99`. */
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
  readonly unit?: string;
}

/** Metric math: the expression of `returns` is what is compared. */
export interface MetricMath {
  readonly kind: 'math';
  readonly metrics: ReadonlyArray<
    | { readonly id: string; readonly stat: MetricStat; readonly label?: string }
    | { readonly id: string; readonly expression: string; readonly label?: string }
  >;
  readonly returns: string;
  /** Seconds. */
  readonly period: number;
}

export interface Dimension {
  readonly name: string;
  readonly value: Expression;
}

/** A metric that CloudWatch Logs makes of a function's log lines. */
export interface MetricFilterSpec {
  readonly logicalId: string;
  /** The logical id of the function. */
  readonly functionLogicalId: string;
  readonly logGroup: Expression;
  readonly pattern: string;
  /** `LambdaLantern/<deployed name of the function>`: a metric filter has no dimensions that are not in the log line. */
  readonly namespace: Expression;
  readonly metricName: string;
  readonly metricValue: string;
  readonly unit: string;
}
