import { useMemo, useRef, useState } from 'preact/hooks';
import type { MetricChart, TimeRange } from '../../cloudwatch/view.ts';
import { formatMetricValue } from '../format/metric-value.ts';
import { ChartCursor } from './chart-cursor.tsx';
import { ChartDrawing } from './chart-drawing.tsx';
import { ChartLegend } from './chart-legend.tsx';
import { ChartTable } from './chart-table.tsx';
import { chartCommand } from './cursor-keys.ts';
import { momentsOf, latestText, momentText } from './moments.ts';
import { plotOf } from './plot.ts';
import { useChartPointer } from './use-chart-pointer.ts';
import { useWidth, useInView } from './use-element.ts';

const HINT = 'Click or Enter: traces of this time';

export interface ChartProps {
  readonly chart: MetricChart;
  /** Pixels. */
  readonly height: number;
  /** A point was opened: its period. */
  readonly onOpen: (range: TimeRange) => void;
  /** A time was chosen by dragging. */
  readonly onZoom: (range: TimeRange) => void;
}

/**
 * A metric over time. For the keyboard it is a slider over the periods that have data: arrows move, Enter opens. A
 * screen reader hears each one, and finds all data in a table.
 */
export function Chart({ chart, height, onOpen, onZoom }: ChartProps) {
  const area = useRef<HTMLDivElement>(null);
  const width = useWidth(area);
  // A page of hundreds of charts draws those that are seen.
  const inView = useInView(area);
  const moments = useMemo(() => momentsOf(chart), [chart]);
  const plot = useMemo(
    () => (inView && width > 0 ? plotOf(chart, { width, height }) : undefined),
    [chart, inView, width, height],
  );
  // The same elements again are not compared again: pointing moves the cursor only.
  const drawing = useMemo(
    () =>
      // Axes of nothing would say what nobody measured.
      plot !== undefined &&
      (moments.length > 0 || chart.threshold !== undefined) && <ChartDrawing chart={chart} plot={plot} />,
    [chart, moments, plot],
  );
  const table = useMemo(
    () => inView && moments.length > 0 && <ChartTable chart={chart} moments={moments} />,
    [chart, inView, moments],
  );
  // By its time, because points come and go while the chart is looked at.
  const [chosenAt, choose] = useState<number>();
  const found = chosenAt === undefined ? -1 : moments.findIndex(({ at }) => at === chosenAt);
  const cursor = found === -1 ? undefined : found;
  const moment = moments[found];

  const move = (index: number | undefined) => choose(index === undefined ? undefined : moments[index]?.at);
  const open = (index: number | undefined) => {
    const at = index === undefined ? undefined : moments[index]?.at;
    if (at !== undefined) onOpen({ from: at, to: at + chart.periodMs });
  };
  const { dragged, handlers } = useChartPointer({
    ...{ plot, moments, cursor },
    periodMs: chart.periodMs,
    onMove: move,
    onOpen: open,
    onDrag: (from, to) => onZoom({ from, to }),
  });
  const handleKey = (event: KeyboardEvent) => {
    const ours = !(event.ctrlKey || event.metaKey || event.altKey);
    const command = ours ? chartCommand(event.key, cursor, moments.length) : undefined;
    if (command === undefined) return;
    event.preventDefault();
    if (command.type === 'move') move(command.index);
    else if (command.type === 'open') open(cursor);
    else choose(undefined);
  };

  const isEmpty = moments.length === 0;
  const slider = {
    role: 'slider',
    tabIndex: 0,
    'aria-label': chart.title,
    'aria-description': `Arrow keys choose a period. ${HINT}.`,
    'aria-valuemin': 1,
    'aria-valuemax': moments.length,
    'aria-valuenow': (cursor ?? moments.length - 1) + 1,
    'aria-valuetext': moment === undefined ? latestText(chart, moments) : momentText(chart, moment),
    onKeyDown: handleKey,
    onBlur: () => choose(undefined),
    ...handlers,
  } as const;

  return (
    <figure class="chart">
      <figcaption>
        <h3>{chart.title}</h3>
        <Latest chart={chart} value={moments.at(-1)?.points.find((point) => point !== undefined)?.value} />
      </figcaption>
      <div
        ref={area}
        class={isEmpty ? 'chart-area empty' : 'chart-area'}
        style={{ height: `${height}px` }}
        {...(!isEmpty && slider)}
      >
        {isEmpty && <p class="chart-empty">No data in this time</p>}
        {drawing}
        {plot !== undefined && moment !== undefined && dragged === undefined && (
          <ChartCursor chart={chart} plot={plot} moment={moment} hint={HINT} />
        )}
        {plot !== undefined && dragged !== undefined && (
          <svg class="chart-selection" width={plot.width} height={plot.height} aria-hidden="true">
            <rect
              x={Math.min(dragged.from, dragged.to)}
              y={plot.top}
              width={Math.abs(dragged.to - dragged.from)}
              height={plot.bottom - plot.top}
            />
          </svg>
        )}
      </div>
      <ChartLegend chart={chart} />
      {table}
    </figure>
  );
}

function Latest({ chart, value }: { readonly chart: MetricChart; readonly value: number | undefined }) {
  if (chart.series.length !== 1 || value === undefined) return null;
  return (
    <span class="chart-latest" title="The newest datapoint">
      {formatMetricValue(value, chart.unit)}
    </span>
  );
}
