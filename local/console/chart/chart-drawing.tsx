import type { MetricChart } from '../../cloudwatch/view.ts';
import { formatMetricValue } from '../format/metric-value.ts';
import { drawLine, marksOf } from './line-path.ts';
import type { Plot } from './plot.ts';
import { comparisonSign, seriesClass } from './plot.ts';

/** Pixels between the threshold and what is written about it, and the room that this needs. */
const LABEL_GAP = 5;
const LABEL_HEIGHT = 18;

export interface ChartDrawingProps {
  readonly chart: MetricChart;
  readonly plot: Plot;
}

/** What does not move with the pointer: axes, lines, the threshold, and a mark on every breaching point. */
export function ChartDrawing({ chart, plot }: ChartDrawingProps) {
  const { left, right, top, bottom, width, height } = plot;
  return (
    <svg class="chart-drawing" width={width} height={height} aria-hidden="true">
      {plot.valueTicks.map(({ at, label }) => (
        <g key={at}>
          <line class="chart-grid" x1={left} x2={right} y1={at} y2={at} />
          <text class="chart-label end" x={left - 6} y={at + 4}>
            {label}
          </text>
        </g>
      ))}
      {plot.timeTicks.map(({ at, label }) => (
        <g key={at}>
          <line class="chart-tick" x1={at} x2={at} y1={bottom} y2={bottom + 4} />
          <text class="chart-label middle" x={Math.min(at, right - 14)} y={bottom + 17}>
            {label}
          </text>
        </g>
      ))}
      {chart.series.map(({ points }, index) => {
        const { path, dots } = drawLine(points, chart.periodMs, plot);
        return (
          <g key={index} class={seriesClass(index)}>
            <path class="chart-line" d={path} />
            {dots.map(({ x, y }, order) => (
              <circle key={order} class="chart-dot" cx={x} cy={y} r="2.25" />
            ))}
          </g>
        );
      })}
      {chart.threshold !== undefined && (
        <Threshold
          value={chart.threshold.value}
          label={`${comparisonSign(chart.threshold.comparisonOperator)} ${formatMetricValue(chart.threshold.value, chart.unit)}`}
          plot={plot}
        />
      )}
      {chart.series.flatMap(({ points }) =>
        marksOf(points, plot).map(({ x, y }) => (
          <path key={x} class="chart-breach" d={`M${x},${y - 6}l6,6l-6,6l-6,-6z`} />
        )),
      )}
      <line class="chart-axis" x1={left} x2={right} y1={bottom} y2={bottom} />
      <line class="chart-axis" x1={left} x2={left} y1={top} y2={bottom} />
    </svg>
  );
}

interface ThresholdProps {
  readonly value: number;
  readonly label: string;
  readonly plot: Plot;
}

function Threshold({ value, label, plot }: ThresholdProps) {
  const y = plot.y(value);
  const above = y - LABEL_HEIGHT >= plot.top - LABEL_GAP;
  return (
    <g class="chart-threshold">
      <line x1={plot.left} x2={plot.right} y1={y} y2={y} />
      <text
        class="chart-label start"
        x={plot.left + LABEL_GAP}
        y={above ? y - LABEL_GAP : y + LABEL_HEIGHT - LABEL_GAP}
      >
        {label}
      </text>
    </g>
  );
}
