import type { AlarmPlan } from '../../alarms/alarm-spec.ts';
import type { FunctionResource } from '../../../local/template/index.ts';
import type { Section } from '../lay-out.ts';
import { COLOR, linesOf } from '../lines.ts';
import { logGroupOf, recentErrors } from '../log-queries.ts';
import { logs } from '../panels.ts';
import { limit } from '../thresholds.ts';
import { reportCharts } from './report-charts.ts';
import { sectionHeading } from './section-heading.ts';
import { asyncCharts, provisionedCharts, streamCharts } from './source-charts.ts';
import type { WatchedChart } from './watched-charts.ts';
import { watchedCharts } from './watched-charts.ts';

export function functionSection(
  resource: FunctionResource,
  region: string,
  { alarms, filters }: Pick<AlarmPlan, 'alarms' | 'filters'>,
): Section {
  const { key, timeout, memorySize, runsAtEdge, sharesLogGroup } = resource;
  const heading = sectionHeading({
    kind: 'function',
    resource,
    region,
    title: `Function ${key}`,
    about: runsAtEdge
      ? 'CloudFront runs it, so its metrics and logs are in the region of each request'
      : `timeout ${timeout} s, ${memorySize} MB`,
  });
  if (runsAtEdge) return { panels: [heading] };
  const charts: readonly WatchedChart[] = [
    invocations(resource),
    duration(resource),
    concurrency(resource),
    ...reportCharts(resource, filters),
    ...provisionedCharts(resource),
    ...asyncCharts(resource),
    ...streamCharts(resource),
  ];
  return {
    panels: [
      heading,
      ...watchedCharts(charts, alarms),
      logs({
        title: `${key}: recent errors${sharesLogGroup ? ', with those of functions in the same log group' : ''}`,
        logGroups: [logGroupOf(resource)],
        query: recentErrors(resource),
        width: 12,
      }),
    ],
  };
}

const lambda = (resource: FunctionResource) =>
  linesOf('AWS/Lambda', [{ name: 'FunctionName', value: resource.name }]);

function invocations(resource: FunctionResource): WatchedChart {
  const line = lambda(resource);
  return {
    title: `${resource.key}: invocations and errors`,
    lines: [
      line('Invocations', 'Sum', { id: 'invocations', label: 'invocations', color: COLOR.traffic }),
      line('Errors', 'Sum', { id: 'errors', label: 'errors', color: COLOR.failure }),
    ],
    math: [
      {
        expression: '100 * errors / invocations',
        label: 'error rate',
        color: COLOR.warning,
        yAxis: 'right',
      },
    ],
    leftLabel: 'per {period}',
    rightLabel: 'error rate, %',
  };
}

function duration(resource: FunctionResource): WatchedChart {
  const line = lambda(resource);
  return {
    title: `${resource.key}: duration`,
    lines: [
      line('Duration', 'p50', { label: 'p50', color: COLOR.typical }),
      line('Duration', 'p90', { label: 'p90', color: COLOR.traffic }),
      line('Duration', 'p99', { label: 'p99', color: COLOR.slow }),
    ],
    limits: [limit(resource.timeout * MS_OF_SECOND, `timeout ${resource.timeout} s`)],
    leftLabel: 'ms',
  };
}

const MS_OF_SECOND = 1_000;

function concurrency(resource: FunctionResource): WatchedChart {
  const line = lambda(resource);
  const reserved = resource.reservedConcurrency;
  return {
    title: `${resource.key}: concurrency and throttles`,
    lines: [
      line('ConcurrentExecutions', 'Maximum', { label: 'concurrent executions', color: COLOR.traffic }),
      line('Throttles', 'Sum', { label: 'throttles', color: COLOR.failure, yAxis: 'right' }),
    ],
    ...(reserved !== undefined && { limits: [limit(reserved, `reserved ${reserved}`)] }),
    leftLabel: 'at once',
    rightLabel: 'throttled per {period}',
  };
}
