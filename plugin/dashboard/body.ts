import type { Expression } from '../../local/template/index.ts';

/** The body of a dashboard as CloudWatch documents it, with expressions where only the deployment knows the text. */
export interface DashboardBody {
  /** How far back the dashboard looks when it opens, for example `-PT3H`. */
  readonly start: string;
  /** `inherit`: a chart keeps its period whatever the range, so that thresholds stay comparable. */
  readonly periodOverride: 'inherit';
  readonly widgets: readonly Widget[];
}

export interface Widget {
  readonly type: 'metric' | 'text' | 'log' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A widget that has its size but no place yet. */
export interface Panel {
  readonly type: Widget['type'];
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Metrics it makes CloudWatch read, those of an alarm shown as a chart included. */
  readonly metricCount: number;
}

export const REGION: Expression = { Ref: 'AWS::Region' };
