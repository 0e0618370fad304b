import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Stretch } from '../../xray/timeline-analysis.ts';
import type { Timeline } from '../../xray/timeline.ts';
import { navigate } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { findRows, nextKey } from './find-rows.ts';
import type { Insights } from './insights.ts';
import { commandFor } from './keyboard.ts';
import { Minimap } from './minimap.tsx';
import { useNameShare } from './name-column.ts';
import { indentOf } from './names.ts';
import { renderedRange } from './rendered-range.ts';
import type { Tick } from './ticks.ts';
import { ticksOf } from './ticks.ts';
import { TimelineHead } from './timeline-head.tsx';
import { TimelineLine } from './timeline-line.tsx';
import { TimelineToolbar } from './timeline-toolbar.tsx';
import { usePageKeys } from './use-page-keys.ts';
import { useScrollView } from './use-scroll-view.ts';
import { visibleLines } from './rows.ts';
import { shownOf, zoomTo } from './zoom.ts';

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
  readonly insights: Insights;
  /** Keys of the rows where something failed, in order. */
  readonly failures: readonly string[];
  /** The trace the page is about; the others on the axis are linked to it. */
  readonly pageTraceId: string;
  readonly collapsed: ReadonlySet<string>;
  readonly selectedKey: string | undefined;
  readonly onCollapse: (collapsed: ReadonlySet<string>) => void;
  readonly onSelect: (key: string) => void;
  /** Selects a row, wherever it is: what is collapsed above it is opened. */
  readonly onShow: (key: string) => void;
}

/** The tree of segments and subsegments on one time axis; only the lines near the view are drawn. */
export function TimelineGrid(props: TimelineGridProps) {
  const { timeline, insights, failures, pageTraceId, collapsed, selectedKey } = props;
  const { onCollapse, onSelect, onShow } = props;
  const { rows } = timeline;
  const scroller = useRef<HTMLDivElement>(null);
  const activeElement = useRef<HTMLDivElement>(null);
  const searchElement = useRef<HTMLInputElement>(null);
  /** What the active line is to be given once it is drawn. */
  const wanted = useRef<'focus' | 'view' | undefined>(undefined);
  const wasSelected = useRef(false);
  const view = useScrollView(scroller, SCROLL_STEP);

  const lines = useMemo(() => visibleLines(rows, collapsed), [rows, collapsed]);
  const [activeKey, setActiveKey] = useState(selectedKey);
  const [query, setQuery] = useState('');
  const matches = useMemo(() => findRows(rows, query), [rows, query]);
  const matching = useMemo(() => new Set(matches), [matches]);
  /** Counts what is to be brought into view, so that it is drawn again where nothing else has changed. */
  const [, setShowing] = useState(0);
  const [showsCritical, setShowsCritical] = useState(false);
  const [zoom, setZoom] = useState<Stretch | undefined>(undefined);
  const shown = useMemo(() => shownOf(zoom, timeline), [zoom, timeline]);
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
  const duration = shown.end - shown.start;
  const from = shown.start - timeline.start;
  const ticks = useMemo(() => ticksOf(duration, mostTicks, from), [duration, mostTicks, from]);
  const range = renderedRange(view.top, view.height, LINE_HEIGHT, lines.length);
  const marks = marksOf(ticks, duration);

  // Before the next key arrives: it goes to the line that has the focus.
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    if (wanted.current === 'focus') activeElement.current?.focus({ preventScroll: true });
    wanted.current = undefined;
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
    setShowing((count) => count + 1);
    wanted.current ??= 'view';
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
    wanted.current = 'focus';
    if (selectedKey !== undefined && line.kind === 'row') onSelect(line.key);
  };
  const step = (keys: readonly string[], direction: 'next' | 'previous') => {
    const key = nextKey(keys, rows, activeKey, direction);
    if (key === undefined) return;
    setActiveKey(key);
    setShowing((count) => count + 1);
    wanted.current = 'view';
    onShow(key);
  };
  const zoomToActive = () => {
    const row = rows.find(({ key }) => key === activeKey);
    if (row === undefined) return;
    const next = zoomTo({ start: row.start, end: row.end ?? timeline.end }, timeline);
    setZoom(next === 'whole' ? undefined : next);
  };
  usePageKeys({
    n: () => step(failures, 'next'),
    N: () => step(failures, 'previous'),
    '/': () => searchElement.current?.focus(),
    c: () => setShowsCritical(!showsCritical),
    z: zoomToActive,
    '0': () => setZoom(undefined),
  });
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
      <TimelineToolbar
        rowCount={rows.length}
        query={query}
        searchElement={searchElement}
        matchCount={matches.length}
        matchNumber={matches.indexOf(selectedKey ?? '') + 1}
        failureCount={failures.length}
        showsCritical={showsCritical}
        isZoomed={zoom !== undefined}
        onQuery={setQuery}
        onMatch={(direction) => step(matches, direction)}
        onFailure={(direction) => step(failures, direction)}
        onCritical={setShowsCritical}
        onShowAll={() => setZoom(undefined)}
        onExpand={() => onCollapse(new Set())}
        onCollapse={() =>
          onCollapse(new Set(rows.filter(({ childCount }) => childCount > 0).map(({ key }) => key)))
        }
      />
      <Minimap timeline={timeline} shown={shown} onZoom={setZoom} />
      <div
        ref={scroller}
        class="grid"
        role="treegrid"
        aria-labelledby="timeline-heading"
        aria-rowcount={lines.length + 1}
        style={{ '--name-share': `${nameShare * 100}%`, '--duration-width': `${DURATION_WIDTH[size]}px` }}
        onKeyDown={handleKey}
      >
        <TimelineHead
          ticks={ticks}
          duration={duration}
          from={from}
          nameShare={nameShare}
          onNameShare={setNameShare}
        />
        <div
          class="grid-body"
          role="rowgroup"
          style={{ height: `${lines.length * LINE_HEIGHT}px`, ...marks }}
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
                  insights={insights}
                  shown={shown}
                  showsCritical={showsCritical}
                  matches={line.kind === 'row' && matching.has(line.key)}
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

/** Where timeline.css draws the marks of the axis behind the bars. */
function marksOf([first, second]: readonly Tick[], duration: number): Readonly<Record<string, string>> {
  if (first === undefined || second === undefined) return { '--tick-share': '100%', '--tick-start': '0%' };
  const share = (second.offset - first.offset) / duration;
  // A percentage of a background's position counts what its pattern leaves of the width.
  const start = share < 1 ? first.offset / duration / (1 - share) : 0;
  return { '--tick-share': `${share * 100}%`, '--tick-start': `${start * 100}%` };
}
