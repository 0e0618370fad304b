import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Timeline } from '../../xray/timeline.ts';
import { plural } from '../format/text.ts';
import { navigate } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { commandFor } from './keyboard.ts';
import { useNameShare } from './name-column.ts';
import { indentOf } from './names.ts';
import { renderedRange } from './rendered-range.ts';
import { ticksOf } from './ticks.ts';
import { TimelineHead } from './timeline-head.tsx';
import { TimelineLine } from './timeline-line.tsx';
import { useScrollView } from './use-scroll-view.ts';
import { visibleLines } from './rows.ts';

/** Pixels; `--line-height` in timeline.css is the same. */
const LINE_HEIGHT = 32;

/** Pixels; well within the lines drawn beyond the view. */
const SCROLL_STEP = 20 * LINE_HEIGHT;

/** Room that one label of the axis needs, with the space around it. Pixels. */
const TICK_ROOM = 64;

/** Below this width the page is narrow, as timeline.css has it. Pixels. */
const NARROW = 640;

/** Of the columns in timeline.css: what the duration has, and the names at first. Pixels, and a share of the width. */
const DURATION_WIDTH = { narrow: 66, wide: 96 };
const NAME_SHARE = { narrow: 0.52, wide: 0.42 };

/** More would not help the eye, and their labels could no longer be told apart in three digits. */
const MOST_TICKS = 12;

export interface TimelineGridProps {
  readonly timeline: Timeline;
  /** The trace the page is about; the others on the axis are linked to it. */
  readonly pageTraceId: string;
  readonly collapsed: ReadonlySet<string>;
  readonly selectedKey: string | undefined;
  readonly onCollapse: (collapsed: ReadonlySet<string>) => void;
  readonly onSelect: (key: string) => void;
}

/** The tree of segments and subsegments on one time axis; only the lines near the view are drawn. */
export function TimelineGrid(props: TimelineGridProps) {
  const { timeline, pageTraceId, collapsed, selectedKey, onCollapse, onSelect } = props;
  const { rows } = timeline;
  const scroller = useRef<HTMLDivElement>(null);
  const activeElement = useRef<HTMLDivElement>(null);
  const focusWanted = useRef(false);
  const wasSelected = useRef(false);
  const view = useScrollView(scroller, SCROLL_STEP);

  const lines = useMemo(() => visibleLines(rows, collapsed), [rows, collapsed]);
  const [activeKey, setActiveKey] = useState(selectedKey);
  const active = Math.max(
    0,
    lines.findIndex(({ key }) => key === activeKey),
  );
  const size = view.width < NARROW ? 'narrow' : 'wide';
  const [chosenShare, setNameShare] = useNameShare();
  const nameShare = chosenShare ?? NAME_SHARE[size];
  const nameWidth = view.width * nameShare;
  const axisWidth = view.width - nameWidth - DURATION_WIDTH[size];
  const mostTicks = Math.min(MOST_TICKS, Math.max(2, Math.floor(axisWidth / TICK_ROOM)));
  const duration = timeline.end - timeline.start;
  const ticks = useMemo(() => ticksOf(duration, mostTicks), [duration, mostTicks]);
  const range = renderedRange(view.top, view.height, LINE_HEIGHT, lines.length);
  const tickShare = ticks[1] === undefined ? 100 : (ticks[1].offset / duration) * 100;

  // Before the next key arrives: it goes to the line that has the focus.
  useLayoutEffect(() => {
    if (!focusWanted.current) return;
    focusWanted.current = false;
    activeElement.current?.focus({ preventScroll: true });
    activeElement.current?.scrollIntoView({ block: 'nearest' });
  });

  useEffect(() => {
    if (selectedKey === undefined) {
      // The details were closed from within: the keyboard goes on where they were opened.
      if (wasSelected.current && document.activeElement === document.body) activeElement.current?.focus();
      return;
    }
    wasSelected.current = true;
    setActiveKey(selectedKey);
    activeElement.current?.scrollIntoView({ block: 'nearest' });
  }, [selectedKey]);

  const toggle = (key: string) => {
    const next = new Set(collapsed);
    if (!next.delete(key)) next.add(key);
    onCollapse(next);
  };
  const activate = (index: number) => {
    const line = lines[index];
    if (line === undefined) return;
    setActiveKey(line.key);
    focusWanted.current = true;
    if (selectedKey !== undefined && line.kind === 'row') onSelect(line.key);
  };
  const handleKey = (event: KeyboardEvent) => {
    const ours = event.target === activeElement.current && !(event.ctrlKey || event.metaKey || event.altKey);
    const command = ours ? commandFor(event.key, lines, active, collapsed) : undefined;
    if (command === undefined) return;
    event.preventDefault();
    if (command.type === 'move') activate(command.to);
    else if (command.type === 'open') {
      if (command.line.kind === 'heading') navigate(hrefOf({ page: 'trace', traceId: command.line.traceId }));
      else onSelect(command.line.key);
    } else toggle(command.key);
  };

  const indexes = Array.from({ length: range.to - range.from }, (_, offset) => range.from + offset);
  // The line with the focus stays, however far it is scrolled away: without it the keyboard would be lost.
  if (active < range.from || active >= range.to) indexes.push(active);

  return (
    <section class="timeline" aria-labelledby="timeline-heading">
      <div class="section-header">
        <h2 id="timeline-heading">Timeline</h2>
        <span class="count">{plural(rows.length, 'row')}</span>
        <div class="toolbar" role="group" aria-label="Timeline">
          <button type="button" class="button small" onClick={() => onCollapse(new Set())}>
            Expand all
          </button>
          <button
            type="button"
            class="button small"
            onClick={() =>
              onCollapse(new Set(rows.filter(({ childCount }) => childCount > 0).map(({ key }) => key)))
            }
          >
            Collapse all
          </button>
        </div>
      </div>
      <div
        ref={scroller}
        class="grid"
        role="treegrid"
        aria-labelledby="timeline-heading"
        aria-rowcount={lines.length + 1}
        style={{ '--name-share': `${nameShare * 100}%`, '--duration-width': `${DURATION_WIDTH[size]}px` }}
        onKeyDown={handleKey}
      >
        <TimelineHead ticks={ticks} duration={duration} nameShare={nameShare} onNameShare={setNameShare} />
        <div
          class="grid-body"
          role="rowgroup"
          style={{ height: `${lines.length * LINE_HEIGHT}px`, '--tick-share': `${tickShare}%` }}
        >
          {indexes.map((index) => {
            const line = lines[index];
            return (
              line !== undefined && (
                <TimelineLine
                  key={line.key}
                  elementRef={index === active ? activeElement : undefined}
                  line={line}
                  index={index}
                  top={index * LINE_HEIGHT}
                  indent={indentOf(line.depth, nameWidth)}
                  timeline={timeline}
                  pageTraceId={pageTraceId}
                  active={index === active}
                  selected={line.key === selectedKey}
                  collapsed={collapsed.has(line.key)}
                  onToggle={toggle}
                  onFocus={setActiveKey}
                  onActivate={(opened) => {
                    setActiveKey(opened.key);
                    if (opened.kind === 'row') onSelect(opened.key);
                  }}
                />
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}
