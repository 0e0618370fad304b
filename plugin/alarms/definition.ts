import type {
  ApiResource,
  FunctionResource,
  Inventory,
  QueueResource,
  RuleResource,
  ScheduleResource,
  StateMachineResource,
  TableResource,
  TopicResource,
} from '../../local/template/index.ts';
import type { AlarmSpec, ComparisonOperator, MetricFilterSpec, MetricSource } from './alarm-spec.ts';

/** What alarms are put on, by the name that settings use. */
export interface Resources {
  readonly function: FunctionResource;
  readonly queue: QueueResource;
  readonly topic: TopicResource;
  readonly table: TableResource;
  readonly api: ApiResource;
  readonly rule: RuleResource;
  readonly schedule: ScheduleResource;
  readonly stateMachine: StateMachineResource;
  /** The account, of which an alarm is put on once. */
  readonly account: Inventory;
}

/** The numbers of an alarm: each can be set in `custom.lantern.alarms`. */
export interface Tuning {
  /** What the value is compared with, in the unit of the alarm. */
  readonly threshold?: number;
  /** The threshold as a part (0 to 1) of a limit of the resource, where `threshold` is not set. */
  readonly share?: number;
  /** With fewer requests or invocations in a period, the period says nothing. */
  readonly minimum?: number;
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: AlarmSpec['treatMissingData'];
  /** The width of an anomaly band in standard deviations, in place of the threshold. */
  readonly anomaly?: number;
}

/** One alarm of the defaults: its numbers, why they are what they are, and how it is put on a resource. */
export interface AlarmDefinition<Kind extends keyof Resources = keyof Resources> {
  /** What settings call it, within its kind. */
  readonly name: string;
  /** Whether it is on where nothing is set. */
  readonly on: boolean;
  readonly tuning: Tuning;
  /** What `share` is a part of, where there is one. */
  readonly shareOf?: string;
  readonly comparisonOperator: ComparisonOperator;
  readonly unit: string;
  readonly severity: AlarmSpec['severity'];
  /** Where each number comes from: the page of AWS, or that it is our judgement and what it rests on. */
  readonly numbers: string;
  /** Why missing data is treated as it is. */
  readonly missing: string;
  readonly meaning: string;
  readonly cause: string;
  /** What is watched on this resource: nothing, where it does not apply. */
  readonly plan: (resource: Resources[Kind], tuning: Tuning) => readonly (Watched | Unwatched)[];
}

export interface Watched {
  readonly metric: MetricSource;
  readonly threshold: number;
  /** Where the threshold comes from, with the numbers of this resource. */
  readonly reason: string;
  /** Tells alarms apart where a resource has several of the kind: the name of an index, of an alias. */
  readonly part?: string;
  readonly filters?: readonly MetricFilterSpec[];
}

export interface Unwatched {
  readonly skipped: string;
}
