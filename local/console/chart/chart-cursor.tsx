import type { MetricChart } from '../../cloudwatch/view.ts';
import { formatMetricValue } from '../format/metric-value.ts';
import { formatRange } from '../format/time.ts';
import type { Moment } from './moments.ts';
import type { Plot } from './plot.ts';
import { seriesClass } from './plot.ts';

/** Pixels between the chosen point and the words about it. */
const GAP = 12;

export interface ChartCursorProps {
  readonly chart: MetricChart;
  readonly plot: Plot;
  readonly moment: Moment;
  /** What opens the period's traces. */
  readonly hint: string;
}

/** The chosen period: a line through its points, and what they are worth. */
export function ChartCursor({ chart, plot, moment, hint }: ChartCursorProps) {
  const x = plot.x(moment.at);
  const leftHalf = x < (plot.left + plot.right) / 2;
  return (
    <>
      <svg class="chart-cursor" width={plot.width} height={plot.height} aria-hidden="true">
        <line x1={x} x2={x} y1={plot.top} y2={plot.bottom} />
        {moment.points.map(
          (point, index) =>
            point !== undefined && (
              <circle key={index} class={seriesClass(index)} cx={x} cy={plot.y(point.value)} r="4.5" />
            ),
        )}
      </svg>
      <div
        class="chart-tooltip"
        style={leftHalf ? { left: `${x + GAP}px` } : { right: `${plot.width - x + GAP}px` }}
        aria-hidden="true"
      >
        <p class="chart-tooltip-time">
          {formatRange({ from: moment.at, to: moment.at + chart.periodMs }, Date.now())}
        </p>
        {moment.points.map(
          (point, index) =>
            point !== undefined && (
              <p key={index} class={`chart-tooltip-value ${seriesClass(index)}`}>
                <span class="chart-swatch" />
                <strong>{formatMetricValue(point.value, chart.unit)}</strong>
                <span>{chart.series[index]?.label}</span>
              </p>
            ),
        )}
        {moment.breaching && <p class="chart-tooltip-breach">◆ Breaching the threshold</p>}
        <p class="hint">{hint}</p>
      </div>
    </>
  );
}
