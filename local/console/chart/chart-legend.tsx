import type { MetricChart } from '../../cloudwatch/view.ts';
import { seriesClass } from './plot.ts';

export interface ChartLegendProps {
  readonly chart: MetricChart;
}

/** Which line is which; a single one is named by the chart. */
export function ChartLegend({ chart }: ChartLegendProps) {
  const { series, threshold } = chart;
  const breaching = series.some(({ points }) => points.some((point) => point.breaching === true));
  if (series.length < 2 && threshold === undefined) return null;
  return (
    <ul class="chart-legend">
      {series.map(({ label }, index) => (
        <li key={index} class={seriesClass(index)}>
          <svg width="22" height="8" aria-hidden="true">
            <path class="chart-line" d="M1,4H21" />
          </svg>
          {label}
        </li>
      ))}
      {threshold !== undefined && (
        <li class="chart-threshold">
          <svg width="22" height="8" aria-hidden="true">
            <line x1="1" x2="21" y1="4" y2="4" />
          </svg>
          Threshold
        </li>
      )}
      {breaching && (
        <li>
          <svg width="14" height="14" aria-hidden="true">
            <path class="chart-breach" d="M7,1l6,6l-6,6l-6,-6z" />
          </svg>
          Breaching
        </li>
      )}
    </ul>
  );
}
