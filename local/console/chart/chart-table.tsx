import type { MetricChart } from '../../cloudwatch/view.ts';
import { formatMetricValue } from '../format/metric-value.ts';
import { formatExact } from '../format/time.ts';
import type { Moment } from './moments.ts';

/** Rows for those who listen to a table; the keyboard reaches every point of the chart itself. */
const MAX_ROWS = 60;

export interface ChartTableProps {
  readonly chart: MetricChart;
  readonly moments: readonly Moment[];
}

/** The data of a chart for screen readers, newest first. */
export function ChartTable({ chart, moments }: ChartTableProps) {
  const newest = moments.slice(-MAX_ROWS).reverse();
  const count =
    newest.length === moments.length
      ? ''
      : `, the newest ${newest.length} of ${moments.length} periods with data`;
  return (
    <div class="visually-hidden">
      <table>
        <caption>
          {chart.title}
          {count}
        </caption>
        <thead>
          <tr>
            <th scope="col">Period begins</th>
            {chart.series.map(({ label }, index) => (
              <th key={index} scope="col">
                {label}
              </th>
            ))}
            {chart.threshold !== undefined && <th scope="col">Threshold</th>}
          </tr>
        </thead>
        <tbody>
          {newest.map(({ at, points, breaching }) => (
            <tr key={at}>
              <th scope="row">{formatExact(at / 1000)}</th>
              {points.map((point, index) => (
                <td key={index}>
                  {point === undefined ? 'no data' : formatMetricValue(point.value, chart.unit)}
                </td>
              ))}
              {chart.threshold !== undefined && <td>{breaching ? 'breaching' : 'not breaching'}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
