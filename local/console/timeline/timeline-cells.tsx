import type { Attempt } from '../../xray/attempts.ts';
import { retriesOf } from '../../xray/attempts.ts';
import type { Standing } from '../../xray/history.ts';
import type { Phase } from '../../xray/phases.ts';
import type { RowTime, Stretch } from '../../xray/timeline-analysis.ts';
import type { TimelineRow } from '../../xray/timeline.ts';
import { Badge } from '../components/badge.tsx';
import { StatusIcon } from '../components/status-icon.tsx';
import { formatDuration } from '../../xray/format-duration.ts';
import { plural } from '../format/text.ts';
import { BarCell } from './bar-cell.tsx';
import { durationOf } from './bar.ts';
import { isUnusual, standingText } from './insights.ts';
import { splitName } from './names.ts';

export interface TimelineCellsProps {
  readonly row: TimelineRow;
  /** Epoch seconds: where what is in progress ends. */
  readonly now: number;
  readonly shown: Stretch;
  readonly time: RowTime | undefined;
  readonly attempt: Attempt | undefined;
  readonly phase: Phase | undefined;
  readonly standing: Standing | undefined;
  readonly showsCritical: boolean;
  readonly collapsed: boolean;
  readonly onToggle: () => void;
}

export function TimelineCells(props: TimelineCellsProps) {
  const { row, now, shown, time, attempt, phase, standing, showsCritical, collapsed, onToggle } = props;
  const duration = formatDuration(durationOf(row, now));
  const unusual = standing !== undefined && isUnusual(standing);
  const retries = retriesOf(row.entity);
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
          <span class="name-head" dir="auto">
            {head}
          </span>
          <span class="name-tail">{tail}</span>
        </span>
        {row.type !== undefined && (
          <span class="type" title={row.type}>
            {shortType(row.type)}
          </span>
        )}
        {attempt !== undefined && (
          <Badge title={`Try ${attempt.number} of ${attempt.of} of the same call`}>
            {attempt.number}/{attempt.of}
          </Badge>
        )}
        {retries > 0 && (
          <Badge title="The client repeated the request within this call">
            {plural(retries, 'retry', 'retries')}
          </Badge>
        )}
        {row.orphan && (
          <Badge kind="partial" title="Its parent has not arrived">
            Parent missing
          </Badge>
        )}
      </div>
      <div
        class={unusual ? 'cell-duration number unusual' : 'cell-duration number'}
        role="gridcell"
        title={[inProgress ? `${duration} so far` : duration, standing && standingText(standing)]
          .filter((text) => text !== undefined)
          .join('. ')}
      >
        {unusual && <span aria-hidden="true">▲ </span>}
        {duration}
      </div>
      <BarCell
        row={row}
        shown={shown}
        time={time}
        phase={phase}
        standing={standing}
        showsCritical={showsCritical}
      />
    </>
  );
}

/** `AWS::` says nothing where everything is AWS, and names need the room. */
function shortType(type: string): string {
  return type.replace(/^AWS::/, '');
}
