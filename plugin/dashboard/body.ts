import type { Expression } from 'lambda-lantern-local/template';

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

/** A widget that has its size but no position yet. */
export interface Panel extends Omit<Widget, 'x' | 'y'> {
  /** Metrics it makes CloudWatch read, those of an alarm shown as a chart included. */
  readonly metricCount: number;
}

/** What belongs together, below a line of its own. */
export interface Section {
  readonly panels: readonly Panel[];
}

export const REGION: Expression = { Ref: 'AWS::Region' };

/**
 * What CloudWatch takes in one dashboard.
 *
 * Widgets and grid: "Dashboard Body Structure and Syntax" of the CloudWatch API reference. Metrics: "CloudWatch service
 * quotas" of the user guide; metrics that only feed metric math count as well.
 */
export const DASHBOARD_LIMITS = {
  columns: 24,
  widgets: 500,
  metrics: 2_500,
  alarmsOfWidget: 100,
  nameCharacters: 255,
  /**
   * A choice of ours: PutDashboard documents no largest body, but the body is part of a template, and CloudFormation
   * takes no template above 1 MB.
   */
  bodyCharacters: 400_000,
} as const;

/** How far back a dashboard looks when it opens: long enough to see what changed, short enough to see minutes. */
const START = '-PT3H';

export interface Dashboard {
  readonly body: DashboardBody;
  /** Metrics that CloudWatch reads for it, as its price is counted. */
  readonly metricCount: number;
}

export function dashboardOf(sections: readonly Section[]): Dashboard {
  return {
    body: { start: START, periodOverride: 'inherit', widgets: layOut(sections) },
    metricCount: sections
      .flatMap(({ panels }) => panels)
      .reduce((sum, { metricCount }) => sum + metricCount, 0),
  };
}

/** Puts each section below the one before; within a section from left to right, in rows. */
function layOut(sections: readonly Section[]): readonly Widget[] {
  const widgets: Widget[] = [];
  let top = 0;
  for (const { panels } of sections) {
    let left = 0;
    let rowHeight = 0;
    for (const { type, width, height, properties } of panels) {
      if (left + width > DASHBOARD_LIMITS.columns) {
        top += rowHeight;
        left = 0;
        rowHeight = 0;
      }
      widgets.push({ type, x: left, y: top, width, height, properties });
      left += width;
      rowHeight = Math.max(rowHeight, height);
    }
    top += rowHeight;
  }
  return widgets;
}
