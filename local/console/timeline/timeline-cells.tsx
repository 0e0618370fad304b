import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import { Badge } from '../components/badge.tsx';
import { StatusIcon } from '../components/status-icon.tsx';
import { formatDuration } from '../format/duration.ts';
import { barOf, durationOf } from './bar.ts';
import { splitName } from './names.ts';

export interface TimelineCellsProps {
  readonly row: TimelineRow;
  readonly timeline: Timeline;
  readonly collapsed: boolean;
  readonly onToggle: () => void;
}

export function TimelineCells({ row, timeline, collapsed, onToggle }: TimelineCellsProps) {
  const bar = barOf(row, timeline);
  const duration = formatDuration(durationOf(row, timeline.end));
  const [head, tail] = splitName(row.name);
  const inProgress = row.end === undefined;
  return (
    <>
      <div class="cell-name" role="gridcell">
        {row.childCount > 0 ? (
          <span
            class={collapsed ? 'toggle collapsed' : 'toggle'}
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          />
        ) : (
          <span class="toggle none" aria-hidden="true" />
        )}
        <StatusIcon status={row.status} />
        <span class="name" title={row.name}>
          <span class="name-head">{head}</span>
          <span class="name-tail">{tail}</span>
        </span>
        {row.type !== undefined && (
          <span class="type" title={row.type}>
            {shortType(row.type)}
          </span>
        )}
        {row.orphan && (
          <Badge kind="partial" title="Its parent has not arrived">
            Parent missing
          </Badge>
        )}
      </div>
      <div class="cell-duration number" role="gridcell" title={inProgress ? `${duration} so far` : duration}>
        {duration}
      </div>
      <div class="cell-bar" role="gridcell">
        <span
          class={`bar status-${row.status} ${inProgress ? 'in-progress' : ''} ${row.orphan ? 'orphan' : ''}`}
          style={{ '--left': `${bar.left * 100}%`, '--width': `${bar.width * 100}%` }}
        />
      </div>
    </>
  );
}

/** `AWS::` says nothing where everything is AWS, and names need the room. */
function shortType(type: string): string {
  return type.replace(/^AWS::/, '');
}
