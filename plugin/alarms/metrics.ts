import type { Expression, FunctionResource } from '../../local/template/index.ts';
import type { Dimension, MetricMath, MetricStat } from './alarm-spec.ts';
import type { Tuning } from './definition.ts';

type Taken = Pick<Tuning, 'statistic' | 'period'>;

/** A metric, taken with the statistic and the period of the alarm. */
export function metric(
  namespace: Expression,
  metricName: string,
  dimensions: Readonly<Record<string, Expression>>,
  { statistic, period }: Taken,
): MetricStat {
  const list: readonly Dimension[] = Object.entries(dimensions).map(([name, value]) => ({ name, value }));
  return { kind: 'stat', namespace, metricName, dimensions: list, statistic, period };
}

/** A metric of a whole function: of all its versions and aliases together. */
export const lambda = (name: string, fn: FunctionResource, taken: Taken): MetricStat =>
  metric('AWS/Lambda', name, { FunctionName: fn.name }, taken);

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

export const sumOver = (period: number): Taken => ({ statistic: 'Sum', period });

/** `80 %` for 0.8. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

/** `a minute`, `5 minutes`, `6 hours`, `4 days`, `90 s`. */
export function duration(seconds: number): string {
  if (seconds === 60) return 'a minute';
  const [size, unit] = UNITS.find(([unitSize]) => seconds >= 2 * unitSize && seconds % unitSize === 0) ?? [
    1,
    's',
  ];
  return `${seconds / size} ${unit}`;
}

const UNITS: ReadonlyArray<readonly [number, string]> = [
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
];
