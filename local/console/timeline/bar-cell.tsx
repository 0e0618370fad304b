import type { Standing } from '../../xray/history.ts';
import type { Phase } from '../../xray/phases.ts';
import type { RowTime, Stretch } from '../../xray/timeline-analysis.ts';
import type { TimelineRow } from '../../xray/timeline.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { barOf, isShown, shareOf } from './bar.ts';
import { standingText } from './insights.ts';

export interface BarCellProps {
  readonly row: TimelineRow;
  /** The part of the time that the axis shows. */
  readonly shown: Stretch;
  readonly time: RowTime | undefined;
  readonly phase: Phase | undefined;
  readonly standing: Standing | undefined;
  readonly showsCritical: boolean;
}

/** A row's bar, with what nobody measured in it, and where it was on the critical path. */
export function BarCell({ row, shown, time, phase, standing, showsCritical }: BarCellProps) {
  const bar = barOf(row, shown);
  const classes = [
    'bar',
    `status-${row.status}`,
    row.end === undefined ? 'in-progress' : '',
    row.orphan ? 'orphan' : '',
    phase === undefined ? '' : `phase-${phase}`,
  ];
  return (
    <div class="cell-bar" role="gridcell">
      {isShown(row, shown) && (
        <span
          class={classes.join(' ')}
          style={{ '--left': `${bar.left * 100}%`, '--width': `${bar.width * 100}%` }}
        />
      )}
      {standing !== undefined && (
        <StretchMark
          class="usual"
          stretch={{ start: row.start + standing.p50, end: row.start + standing.p95 }}
          shown={shown}
          title={standingText(standing)}
        />
      )}
      {time?.gaps.map((gap) => (
        <StretchMark
          key={gap.start}
          class="gap"
          stretch={gap}
          shown={shown}
          title={`Nobody measured these ${formatDuration(gap.end - gap.start)}`}
        />
      ))}
      {showsCritical &&
        time?.critical.map((stretch) => (
          <StretchMark key={stretch.start} class="critical" stretch={stretch} shown={shown} />
        ))}
    </div>
  );
}

interface StretchMarkProps {
  readonly class: string;
  readonly stretch: Stretch;
  readonly shown: Stretch;
  readonly title?: string;
}

function StretchMark({ stretch, shown, ...rest }: StretchMarkProps) {
  if (!isShown(stretch, shown)) return null;
  const [left, right] = [shareOf(stretch.start, shown), shareOf(stretch.end, shown)];
  return <span {...rest} style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }} />;
}
