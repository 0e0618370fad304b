import { formatDuration } from '../../xray/format-duration.ts';
import { ColumnHandle } from './column-handle.tsx';
import type { Tick } from './ticks.ts';

export interface TimelineHeadProps {
  readonly ticks: readonly Tick[];
  /** Seconds; the axis begins `from` after the start of the trace. */
  readonly duration: number;
  readonly from: number;
  /** What the names have of the width. */
  readonly nameShare: number;
  readonly onNameShare: (share: number | undefined) => void;
}

/** A mark further right than this share of the axis has no room for its label. */
const LAST_LABEL = 0.93;

/** The names of the columns; the third is the axis that all bars share. */
export function TimelineHead({ ticks, duration, from, nameShare, onNameShare }: TimelineHeadProps) {
  return (
    <div class="grid-head" role="rowgroup">
      <div class="line" role="row" aria-rowindex={1}>
        <div class="cell-name" role="columnheader">
          Name
          <ColumnHandle share={nameShare} onShare={onNameShare} />
        </div>
        <div class="cell-duration" role="columnheader">
          Duration
        </div>
        <div class="cell-bar" role="columnheader">
          <span class="visually-hidden">
            Time, {from > 0 ? formatDuration(from) : 0} to {formatDuration(from + duration)}
          </span>
          {ticks.map(({ offset, label }) => (
            <span
              key={offset}
              class="tick"
              style={{ left: `${duration > 0 ? (offset / duration) * 100 : 0}%` }}
              aria-hidden="true"
            >
              {offset <= duration * LAST_LABEL && label}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}
