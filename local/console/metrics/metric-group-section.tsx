import { useId } from 'preact/hooks';
import type { MetricGroup, TimeRange } from '../../cloudwatch/view.ts';
import { Chart } from '../chart/chart.tsx';
import { navigate, showSpan } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';

/** Pixels. */
const CHART_HEIGHT = 170;

export interface MetricGroupSectionProps {
  readonly group: MetricGroup;
}

export function MetricGroupSection({ group }: MetricGroupSectionProps) {
  const heading = useId();
  const openTraces = (range: TimeRange) => navigate(hrefOf({ page: 'list' }, { kind: 'between', ...range }));
  return (
    <section class="metric-group" aria-labelledby={heading}>
      <h2 id={heading}>
        <span class="count">{group.kind}</span> {group.name}
      </h2>
      <div class="charts">
        {group.charts.map((chart, index) => (
          <div key={`${chart.title} ${index}`} class="panel chart-panel">
            <Chart
              chart={chart}
              height={CHART_HEIGHT}
              onOpen={openTraces}
              onZoom={(range) => showSpan({ kind: 'between', ...range })}
            />
          </div>
        ))}
      </div>
    </section>
  );
}
