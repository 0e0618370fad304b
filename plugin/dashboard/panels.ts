import type { Expression, FunctionResource } from 'lambda-lantern-local/template';
import { LOG_GROUP_PREFIX } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from '../alarms/alarm-plan.ts';
import { joinTexts } from '../alarms/console-links.ts';
import type { Panel } from './body.ts';
import { DASHBOARD_LIMITS, REGION } from './body.ts';
import type { Line } from './lines.ts';
import { COLOR, metricsArray } from './lines.ts';

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

/** A horizontal line of a chart, as CloudWatch documents it. */
export interface Threshold {
  readonly value: number;
  readonly label: string;
  readonly color: string;
  readonly fill?: 'above' | 'below';
  readonly yAxis?: 'left' | 'right';
}

/** A fixed bound of a resource, such as the timeout of a function. */
export function limit(value: number, label: string): Threshold {
  return { value, label, color: COLOR.limit };
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
export function alarmChart(alarm: PlannedAlarm, title: string): Panel {
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

/** `alarm duration`: which of the alarms of its resource it is. */
export function alarmTitle({ id }: Pick<PlannedAlarm, 'id'>): string {
  return `alarm ${id.slice(id.indexOf('.') + 1)}`;
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

type NamedAlarm = Pick<PlannedAlarm, 'logicalId' | 'name' | 'condition'>;

/** A template may not ask an alarm for its ARN that it perhaps does not make; there, the ARN is put together. */
function arnOf({ logicalId, name, condition }: NamedAlarm): Expression {
  return condition === undefined
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
}

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
  /** Whose logs are asked. */
  readonly functions: readonly FunctionResource[];
  /** Commands of Logs Insights, without the sources. */
  readonly query: readonly string[];
  readonly view?: 'table' | 'timeSeries';
  readonly width: number;
}

/** The answer to a query of Logs Insights. */
export function logs({ title, functions, query, view = 'table', width }: LogsOptions): Panel {
  const sources = functions
    .map(logGroupOf)
    .flatMap((group, index) => [index > 0 ? " | SOURCE '" : "SOURCE '", group, "'"]);
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

/** Where a function writes: its log group of the template, or the one that Lambda makes for it. */
function logGroupOf({ name, logGroup }: FunctionResource): Expression {
  return logGroup === undefined ? joinTexts(LOG_GROUP_PREFIX, name) : { Ref: logGroup };
}
