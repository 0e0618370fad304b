/**
 * What the page is told of alarms and metrics: plain data, and the interface of who has it.
 *
 * A minute of CloudWatch lasts `minuteMs` real milliseconds: 60,000, or less on a fast clock. Every time below is a real
 * one, in epoch milliseconds, so that it can be held against the times of traces; every period of CloudWatch is seconds.
 */
import type { AlarmState } from './alarm-terms.ts';

export interface CloudWatchView {
  alarms(): AlarmListing;
  /** Undefined when there is no such alarm. */
  alarm(name: string, range?: TimeRange): AlarmPage | undefined;
  metrics(range?: TimeRange): MetricsPage;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: CloudWatchEvent) => void): () => void;
}

/** Epoch milliseconds; `to` is not part of it. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** `changed` whenever an alarm was evaluated with another state or reason. */
export interface CloudWatchEvent {
  readonly type: 'changed';
  readonly alarm: AlarmSummary;
}

export type { AlarmState };

export interface AlarmListing {
  /** ALARM first, then INSUFFICIENT_DATA, then OK; by name within. */
  readonly alarms: readonly AlarmSummary[];
  readonly minuteMs: number;
}

export interface AlarmSummary {
  readonly name: string;
  readonly kind: 'metric' | 'log' | 'composite';
  /** As in the template: what it means, the likely cause, and where to look. May have line breaks. */
  readonly description?: string;
  readonly state: AlarmState;
  /** CloudWatch's `StateReason`. */
  readonly reason: string;
  /** When the state last changed. */
  readonly since: number;
  /** For people, for example `Duration p99 > 4800 for 3 of 3 periods of 60 s`; the rule of a composite alarm. */
  readonly condition: string;
  /** What is watched, where it can be told: for example the key of a function in `serverless.yml`. */
  readonly resource?: { readonly kind: string; readonly name: string };
  readonly actionsEnabled: boolean;
}

export interface AlarmPage {
  readonly alarm: AlarmSummary;
  /** Newest first. */
  readonly history: readonly AlarmTransition[];
  /** Of a metric alarm. */
  readonly chart?: MetricChart;
  /** While it is in ALARM: what its message says, with line breaks. */
  readonly message?: string;
  /** Of a composite alarm: the alarms that its rule names. */
  readonly children: readonly AlarmSummary[];
  /** How it is set, for people: `treats missing data as` → `notBreaching`. */
  readonly settings: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  readonly minuteMs: number;
}

export interface AlarmTransition {
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  /** What was done about it, and what came of it: `published to …`. */
  readonly actions: readonly string[];
}

export interface MetricsPage {
  /** One group for each function, queue, API and so on, in the order of the service. */
  readonly groups: readonly MetricGroup[];
  readonly range: TimeRange;
  readonly minuteMs: number;
  /** What was measured and is not shown, one sentence each. Absent where nothing was lost. */
  readonly losses?: readonly string[];
}

export interface MetricGroup {
  readonly kind: string;
  readonly name: string;
  readonly charts: readonly MetricChart[];
}

export interface MetricChart {
  readonly title: string;
  /** CloudWatch's unit: `Milliseconds`, `Percent`, `Count`, … */
  readonly unit?: string;
  readonly range: TimeRange;
  /** Real milliseconds that one datapoint covers. */
  readonly periodMs: number;
  readonly series: readonly MetricSeries[];
  readonly threshold?: { readonly value: number; readonly comparisonOperator: string };
}

export interface MetricSeries {
  readonly label: string;
  /** Oldest first; only periods that have data. */
  readonly points: readonly MetricPoint[];
}

export interface MetricPoint {
  /** Begin of its period. */
  readonly at: number;
  readonly value: number;
  /** Only of an alarm's chart. */
  readonly breaching?: boolean;
}
