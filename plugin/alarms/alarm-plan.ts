import type { ComparisonOperator, Expression, TreatMissingData } from 'lambda-lantern-local/template';
import type { ResourceKind } from './resource-kinds.ts';

/** What `planAlarms` makes of an inventory and the settings. */
export interface AlarmPlan {
  readonly alarms: readonly PlannedAlarm[];
  /** Alarms on the error lines of the functions, where the settings ask for them. */
  readonly logAlarms: readonly PlannedLogAlarm[];
  /** The metrics that the alarms need and that are made of log lines. */
  readonly filters: readonly PlannedFilter[];
  /** The event source mappings whose events Lambda has to count, because an alarm watches what becomes of them. */
  readonly eventSources: readonly CountedEventSource[];
  /**
   * "The service is unhealthy": one, or the root last and its branches before it where one rule would be too long. Then those that
   * speak for resources and error budgets, and what holds them back.
   */
  readonly composites: readonly PlannedComposite[];
  /** What the error budgets promise. */
  readonly objectives: readonly PlannedObjective[];
  /** What cannot be watched, and why; what is switched off is not listed. */
  readonly skipped: readonly SkippedAlarm[];
}

/** An alarm on the lines that a query of Logs Insights finds: `AWS::CloudWatch::LogAlarm`. */
export interface PlannedLogAlarm {
  readonly id: 'service.errorLines';
  readonly logicalId: string;
  readonly name: string;
  /** The condition of the template under which its log groups are deployed. */
  readonly condition?: string;
  /** Logical ids. */
  readonly logGroups: readonly string[];
  /** How many functions write to them. */
  readonly functions: number;
  /** In its message, at most. */
  readonly lines: number;
  /** How often it asks, and of how long a time. */
  readonly everyMinutes: number;
  /** Of lines. */
  readonly threshold: number;
  /** Minutes for which it does nothing after a deployment that made or changed it. */
  readonly warmUp?: number;
  readonly description: string;
  readonly tells?: Told;
}

/** One promise of an error budget, for what shows it: `bad` of `total` broke it. */
export interface PlannedObjective {
  readonly logicalId: string;
  readonly name: string;
  readonly resource: PlannedAlarm['resource'];
  readonly condition?: string;
  readonly promise: 'availability' | 'latency';
  /** Percent that is to keep it. */
  readonly goal: number;
  /** The promise in words, without a full stop. */
  readonly sentence: string;
  /** The metrics by their ids in the expressions, of a minute each. */
  readonly metrics: ReadonlyArray<{ readonly id: string; readonly stat: MetricStat }>;
  /** Metric math. */
  readonly total: string;
  readonly bad: string;
}

export interface SkippedAlarm {
  /** As of an alarm; only the kind of the resource, where none of its alarms would work. */
  readonly id: string;
  readonly resource: {
    /** `other` for what no alarm is ever put on. */
    readonly kind: ResourceKind | 'other';
    readonly logicalId: string;
    readonly key: string;
  };
  readonly why: string;
}

/**
 * Whom an alarm tells, if anybody: like each that speaks for itself, as the one that stands for the service, at once, or in working
 * hours.
 */
export type Told = 'each' | 'service' | 'page' | 'ticket';

export interface PlannedComposite {
  readonly logicalId: string;
  readonly name: string;
  readonly rule: string;
  /** Logical ids of the alarms in the rule. */
  readonly children: readonly string[];
  readonly description: string;
  /** Whether it stands for the service: a branch only stands for a part of it. */
  readonly isRoot: boolean;
  /** The condition of the template under which the alarms of the rule are deployed. */
  readonly condition?: string;
  /** Whose symptoms or budget it is of, where it is of one resource. */
  readonly resource?: PlannedAlarm['resource'];
  readonly tells?: Told;
  /** What stands at the end of the description: what to look at next, and whose it is. */
  readonly next?: Expression;
  /** Who owns the resource and what to do, as far as its tags say so: CloudWatch puts them into its messages. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The alarm that holds its actions back while it is in ALARM. Seconds. */
  readonly suppressor?: {
    readonly name: string;
    readonly logicalId: string;
    readonly wait: number;
    readonly extension: number;
  };
  /** Whether it is there for other alarms alone. */
  readonly isPart?: true;
}

/**
 * One alarm as the plugin plans it, before it is CloudFormation. What plans alarms writes it; the check, the table of
 * `serverless alarms`, the dashboard, the estimate of costs and the template read it.
 */
export interface PlannedAlarm {
  /** Which alarm of the defaults this is: `function.duration`, `queue.age`, … */
  readonly id: string;
  readonly logicalId: string;
  /** `AlarmName`, unique in the account: begins with service and stage. */
  readonly name: string;
  readonly resource: { readonly kind: ResourceKind; readonly logicalId: string; readonly key: string };
  /** The condition of the template under which the resource, and so the alarm, is deployed. */
  readonly condition?: string;
  readonly metric: MetricSource;
  readonly comparisonOperator: ComparisonOperator;
  /** Absent for an anomaly band. */
  readonly threshold?: number;
  /** The id of the band among the metrics of an alarm on an anomaly. */
  readonly thresholdMetricId?: string;
  /** Of the threshold, for people: `ms`, `%`, `messages`. */
  readonly unit: string;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  readonly evaluateLowSampleCountPercentile?: 'evaluate' | 'ignore';
  /** What ALARM means, one sentence. */
  readonly meaning: string;
  /** The likely cause, and what to look at first. */
  readonly cause: string;
  /** Why this threshold: the default's reason with the numbers of this resource in it. */
  readonly reason: string;
  /** Why missing data is treated so. */
  readonly missingReason: string;
  /** Symptoms make the service unhealthy: its users feel them, or work is lost. Warnings say that this may come. */
  readonly severity: 'symptom' | 'warning';
  /** The console page to look at first. */
  readonly link: Expression;
  /** What stands at the end of the description: what to look at next, that page first, and whose it is. */
  readonly next?: Expression;
  /** The names of the settings of this alarm that `serverless.yml` gives. */
  readonly overridden: readonly string[];
  /** Minutes for which it does nothing after a deployment that made or changed it, unless there are data before. */
  readonly warmUp?: number;
  /** Whether it is there for a composite alone. */
  readonly isPart?: true;
  readonly tells?: Told;
}

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
  /**
   * Set where it is taken over all metrics that have these dimensions and others: by a query of Metrics Insights, for what AWS counts
   * by something that nobody knows before the deployment.
   */
  readonly matching?: true;
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

/** An event source mapping with `MetricsConfig: { Metrics: [EventCount] }`. */
export interface CountedEventSource {
  /** Of the mapping. */
  readonly logicalId: string;
  /** How many metrics Lambda then sends, each of which is billed as a custom one. */
  readonly metrics: number;
}

/** A metric that CloudWatch Logs makes of a function's log lines. */
export interface PlannedFilter {
  readonly logicalId: string;
  /** The logical id of the function. */
  readonly functionLogicalId: string;
  readonly condition?: string;
  readonly logGroup: Expression;
  readonly pattern: string;
  /** `LambdaLantern/<deployed name of the function>`: a metric filter has no dimensions that are not in the log line. */
  readonly namespace: Expression;
  readonly metricName: string;
  readonly metricValue: string;
  readonly unit: string;
}
