import type { AlarmSpec } from '../alarms/alarm-spec.ts';
import { joinTexts } from '../alarms/console-links.ts';
import type { Expression } from '../../local/template/index.ts';
import type { Panel } from './body.ts';
import { REGION } from './body.ts';
import { DASHBOARD_LIMITS } from './limits.ts';
import type { Line } from './lines.ts';
import { metricsArray } from './lines.ts';
import type { Threshold } from './thresholds.ts';

/** Grid units: four charts in a row. */
const CHART = { width: 6, height: 6 } as const;

export interface ChartOptions {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly thresholds?: readonly Threshold[];
  /** What the axis measures; `{period}` becomes the period of the chart. */
  readonly leftLabel: string;
  readonly rightLabel?: string;
  /** @default 6 columns by 6 rows */
  readonly size?: { readonly width: number; readonly height: number };
  /** Seconds. @default 60 */
  readonly period?: number;
  /** @default false */
  readonly stacked?: boolean;
}

export function chart(options: ChartOptions): Panel {
  const { title, lines, thresholds = [], leftLabel, rightLabel, size = CHART } = options;
  const { period = 60, stacked = false } = options;
  const axis = (label: string) => ({
    min: 0,
    label: label.replace('{period}', periodInWords(period)),
    showUnits: false,
  });
  return {
    type: 'metric',
    ...size,
    properties: {
      title,
      region: REGION,
      view: 'timeSeries',
      stacked,
      period,
      metrics: metricsArray(lines),
      yAxis: { left: axis(leftLabel), ...(rightLabel !== undefined && { right: axis(rightLabel) }) },
      ...(thresholds.length > 0 && { annotations: { horizontal: thresholds } }),
    },
    metricCount: lines.filter((line) => 'metric' in line).length,
  };
}

function periodInWords(seconds: number): string {
  if (seconds === 60) return 'minute';
  if (seconds === 3_600) return 'hour';
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} s`;
}

/** CloudWatch draws the metric, or the metric math, of an alarm together with its threshold or band. */
export function alarmChart(alarm: AlarmSpec, title: string): Panel {
  return {
    type: 'metric',
    ...CHART,
    properties: {
      title,
      region: REGION,
      view: 'timeSeries',
      annotations: { alarms: [arnOf(alarm)] },
    },
    metricCount:
      alarm.metric.kind === 'stat' ? 1 : alarm.metric.metrics.filter((part) => 'stat' in part).length,
  };
}

/** As many status widgets as the alarms need, the worst state first in each. */
export function alarmStatus(title: string, alarms: readonly NamedAlarm[]): readonly Panel[] {
  const { alarmsOfWidget, columns } = DASHBOARD_LIMITS;
  const count = Math.ceil(alarms.length / alarmsOfWidget);
  return Array.from({ length: count }, (_, index) => {
    const shown = alarms.slice(index * alarmsOfWidget, (index + 1) * alarmsOfWidget);
    return {
      type: 'alarm',
      width: columns,
      height: 2 + Math.ceil(shown.length / ALARMS_OF_ROW),
      properties: {
        title: count === 1 ? title : `${title} (${index + 1} of ${count})`,
        alarms: shown.map(arnOf),
        sortBy: 'stateUpdatedTimestamp',
      },
      metricCount: 0,
    };
  });
}

/** About as many as the console puts beside each other over the whole width. */
const ALARMS_OF_ROW = 6;

type NamedAlarm = Pick<AlarmSpec, 'logicalId' | 'name' | 'condition'>;

/** A template may not ask an alarm for its ARN that it perhaps does not make; there, the ARN is put together. */
const arnOf = ({ logicalId, name, condition }: NamedAlarm): Expression =>
  condition === undefined
    ? { 'Fn::GetAtt': [logicalId, 'Arn'] }
    : joinTexts(
        'arn:',
        { Ref: 'AWS::Partition' },
        ':cloudwatch:',
        REGION,
        ':',
        { Ref: 'AWS::AccountId' },
        `:alarm:${name}`,
      );

export function text(markdown: Expression, height: number): Panel {
  return {
    type: 'text',
    width: DASHBOARD_LIMITS.columns,
    height,
    properties: { markdown, background: 'transparent' },
    metricCount: 0,
  };
}

export interface LogsOptions {
  readonly title: string;
  readonly logGroups: readonly Expression[];
  /** Commands of Logs Insights, without the sources. */
  readonly query: readonly string[];
  readonly view?: 'table' | 'timeSeries';
  readonly width: number;
}

/** The answer to a query of Logs Insights. */
export function logs({ title, logGroups, query, view = 'table', width }: LogsOptions): Panel {
  const sources = logGroups.flatMap((group, index) => [index > 0 ? " | SOURCE '" : "SOURCE '", group, "'"]);
  return {
    type: 'log',
    width,
    height: 6,
    properties: {
      title,
      region: REGION,
      view,
      query: joinTexts(...sources, ` | ${query.join('\n| ')}`),
    },
    metricCount: 0,
  };
}
