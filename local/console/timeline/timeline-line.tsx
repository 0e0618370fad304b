import type { RefObject } from 'preact';
import type { Stretch } from '../../xray/timeline-analysis.ts';
import type { Timeline } from '../../xray/timeline.ts';
import type { Insights } from './insights.ts';
import { LinkedHeading } from './linked-heading.tsx';
import { TimelineCells } from './timeline-cells.tsx';
import type { GridLine } from './rows.ts';
import { rowLabel } from './rows.ts';

export interface TimelineLineProps {
  readonly elementRef: RefObject<HTMLDivElement | null> | undefined;
  readonly line: GridLine;
  readonly index: number;
  /** Pixels from the top of the grid's body. */
  readonly top: number;
  /** Pixels that its name is set in. */
  readonly indent: number;
  readonly timeline: Timeline;
  readonly insights: Insights;
  readonly shown: Stretch;
  readonly showsCritical: boolean;
  /** Found by the search. */
  readonly matches: boolean;
  readonly pageTraceId: string;
  /** The one line that Tab reaches. */
  readonly active: boolean;
  readonly selected: boolean;
  readonly collapsed: boolean;
  readonly onToggle: (key: string) => void;
  readonly onFocus: (key: string) => void;
  readonly onActivate: (line: GridLine) => void;
}

export function TimelineLine(props: TimelineLineProps) {
  const {
    elementRef,
    line,
    index,
    top,
    indent,
    timeline,
    insights,
    pageTraceId,
    active,
    selected,
    collapsed,
  } = props;
  const { shown, showsCritical, matches } = props;
  const isRow = line.kind === 'row';
  const time = insights.times.get(line.key);
  const standing = insights.standings.get(line.key);
  const classes = [
    'line',
    line.kind,
    isRow ? line.row.kind : '',
    selected ? 'selected' : '',
    matches ? 'match' : '',
    showsCritical && isRow && time?.critical.length === 0 ? 'off-path' : '',
  ];
  const expandable = isRow && line.row.childCount > 0;
  return (
    <div
      {...(elementRef !== undefined && { ref: elementRef })}
      class={classes.filter((each) => each !== '').join(' ')}
      style={{ top: `${top}px`, '--indent': `${indent.toFixed(1)}px` }}
      role="row"
      aria-rowindex={index + 2}
      aria-level={line.depth + 1}
      aria-selected={selected}
      {...(expandable && { 'aria-expanded': !collapsed })}
      {...(isRow && { 'aria-label': rowLabel(line.row, timeline.end, standing) })}
      tabIndex={active ? 0 : -1}
      onFocus={() => props.onFocus(line.key)}
      onClick={() => props.onActivate(line)}
    >
      {isRow ? (
        <TimelineCells
          row={line.row}
          now={timeline.end}
          shown={shown}
          time={time}
          attempt={insights.attempts.get(line.key)}
          phase={insights.phases.get(line.key)}
          standing={standing}
          showsCritical={showsCritical}
          collapsed={collapsed}
          onToggle={() => props.onToggle(line.key)}
        />
      ) : (
        <LinkedHeading row={line.row} rows={timeline.rows} isPageTrace={line.traceId === pageTraceId} />
      )}
    </div>
  );
}
