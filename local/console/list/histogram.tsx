import { useEffect, useRef, useState } from 'preact/hooks';
import type { DurationBin, Durations } from '../../xray/durations.ts';
import { edgesOf } from '../../xray/durations.ts';
import { WORST_FIRST } from '../../xray/status.ts';
import type { EntityStatus } from '../../xray/trace.ts';
import { StatusIcon } from '../components/status-icon.tsx';
import { statusLabels, statusMeanings } from '../components/status.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { plural } from '../format/text.ts';
import type { DurationBounds } from '../search/conditions.ts';
import type { Scale } from './histogram-scale.ts';
import { boundsOf, chosenBins, countOf, scaleOf, statusCounts } from './histogram-scale.ts';

/** From the top of a bar to its bottom: what hurts stands on the line, where it is seen. */
const STACKED = WORST_FIRST.toReversed();

/** Labels of the scale, about so many. */
const LABELS = 6;

/** Keys move an end step by step: the list follows when they rest. */
const FOLLOW_AFTER_MS = 400;

const PAGE_STEP = 6;

/** So near to an end of what is chosen, in pixels, it is that end which is dragged. */
const GRIP = 7;

export interface HistogramProps {
  readonly durations: Durations;
  /** What the filter asks of the duration. */
  readonly bounds: DurationBounds | undefined;
  /** Undefined: any duration. */
  readonly onBrush: (bounds: DurationBounds | undefined) => void;
  readonly onStatus: (status: EntityStatus) => void;
}

/** How long the traces took, on a logarithmic scale; a part of it is chosen by mouse, touch or keys. */
export function Histogram({ durations: { bins, isComplete }, bounds, onBrush, onStatus }: HistogramProps) {
  const plot = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number }>();
  const [draft, setDraft] = useState<Scale>();
  const scale = scaleOf(bins, bounds);
  const count = scale.last - scale.first + 1;
  const byIndex = new Map(bins.map((bin) => [bin.index, bin]));
  const highest = Math.max(...bins.map(countOf));
  const statuses = statusCounts(bins);
  const total = [...statuses.values()].reduce((sum, each) => sum + each, 0);
  const dragged = drag && { first: Math.min(drag.from, drag.to), last: Math.max(drag.from, drag.to) };
  const chosen = dragged ?? draft ?? (bounds === undefined ? undefined : chosenBins(bounds, scale));
  const indexes = Array.from({ length: count }, (_, place) => scale.first + place);

  useEffect(() => {
    if (draft === undefined) return;
    const timer = setTimeout(() => {
      setDraft(undefined);
      onBrush(boundsOf(draft.first, draft.last));
    }, FOLLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft, onBrush]);

  const binUnder = ({ clientX }: PointerEvent): number => {
    const box = plot.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return scale.first;
    const place = Math.floor(((clientX - box.left) / box.width) * count);
    return scale.first + Math.min(count - 1, Math.max(0, place));
  };
  const isNear = ({ clientX }: PointerEvent, edge: number): boolean => {
    const box = plot.current?.getBoundingClientRect();
    if (box === undefined) return false;
    return Math.abs(clientX - box.left - ((edge - scale.first) / count) * box.width) <= GRIP;
  };
  const begin = (event: PointerEvent) => {
    if (event.button !== 0) return;
    plot.current?.setPointerCapture(event.pointerId);
    const from = binUnder(event);
    // One end of what is chosen moves while the other stays.
    if (chosen !== undefined && isNear(event, chosen.first)) setDrag({ from: chosen.last, to: chosen.first });
    else if (chosen !== undefined && isNear(event, chosen.last + 1)) {
      setDrag({ from: chosen.first, to: chosen.last });
    } else setDrag({ from, to: from });
  };
  const follow = (event: PointerEvent) => {
    if (drag !== undefined) setDrag({ ...drag, to: binUnder(event) });
  };
  const end = () => {
    if (drag === undefined) return;
    setDrag(undefined);
    onBrush(boundsOf(drag.from, drag.to));
  };

  const whole = { first: scale.first, last: scale.last };
  const press = (thumb: 'first' | 'last') => (event: KeyboardEvent) => {
    const current = chosen ?? whole;
    const moved = movedBy(event.key, current[thumb], scale);
    if (event.key === 'Escape' || event.key === 'Delete') {
      setDraft(undefined);
      if (bounds !== undefined) onBrush(undefined);
    } else if (moved === undefined) return;
    else if (thumb === 'first') setDraft({ ...current, first: Math.min(moved, current.last) });
    else setDraft({ ...current, last: Math.max(moved, current.first) });
    event.preventDefault();
  };

  const percent = (edge: number): string => `${((edge - scale.first) / count) * 100}%`;
  const step = Math.ceil(count / LABELS);
  return (
    <figure class="histogram" aria-label={`Durations of ${plural(total, 'trace')}`}>
      <figcaption>
        <h2>Duration</h2>
        <div class="statuses" role="group" aria-label="Statuses">
          {WORST_FIRST.filter((status) => statuses.has(status)).map((status) => (
            <button
              key={status}
              type="button"
              class="condition"
              title={statusMeanings[status]}
              onClick={() => onStatus(status)}
            >
              <span class={`status-badge status-${status}`}>
                <StatusIcon status={status} />
                {statusLabels[status]}
              </span>{' '}
              <span class="number">{statuses.get(status)}</span>
            </button>
          ))}
        </div>
        {bounds !== undefined && (
          <button type="button" class="button small" onClick={() => onBrush(undefined)}>
            Any duration
          </button>
        )}
      </figcaption>
      <div
        ref={plot}
        class="histogram-plot"
        onPointerDown={begin}
        onPointerMove={follow}
        onPointerUp={end}
        onPointerCancel={() => setDrag(undefined)}
      >
        {indexes.map((index, place) => (
          <Bar
            key={index}
            index={index}
            bin={byIndex.get(index)}
            highest={highest}
            chosen={chosen}
            // Where it is drawn, as the rows of the list: bars that make room for others shift nothing.
            style={{ width: `${100 / count}%`, transform: `translateX(${place * 100}%)` }}
          />
        ))}
        {chosen !== undefined && (
          <div
            class="histogram-brush"
            style={{ left: percent(chosen.first), right: `calc(100% - ${percent(chosen.last + 1)})` }}
          />
        )}
        {(['first', 'last'] as const).map((thumb) => {
          const edge = thumb === 'first' ? (chosen ?? whole).first : (chosen ?? whole).last + 1;
          return (
            <div
              key={thumb}
              class={chosen === undefined ? 'histogram-thumb' : 'histogram-thumb chosen'}
              role="slider"
              tabIndex={0}
              aria-label={thumb === 'first' ? 'Shortest duration' : 'Longest duration'}
              aria-valuemin={scale.first}
              aria-valuemax={scale.last + 1}
              aria-valuenow={edge}
              aria-valuetext={thumb === 'first' ? `from ${lowerText(edge)}` : `below ${lowerText(edge)}`}
              style={{ left: percent(edge) }}
              onKeyDown={press(thumb)}
            />
          );
        })}
      </div>
      <div class="histogram-scale" aria-hidden="true">
        {indexes
          .filter((index) => (index - scale.first) % step === 0)
          .map((index) => (
            <span key={index} style={{ '--place': ((index - scale.first) / count) * 100 }}>
              {lowerText(index)}
            </span>
          ))}
      </div>
      {!isComplete && (
        <p class="count">The newest traces are counted: this filter has to look into each of them.</p>
      )}
    </figure>
  );
}

interface BarProps {
  readonly index: number;
  readonly bin: DurationBin | undefined;
  readonly highest: number;
  readonly chosen: Scale | undefined;
  readonly style: Readonly<Record<string, string>>;
}

function Bar({ index, bin, highest, chosen, style }: BarProps) {
  const isOut = chosen !== undefined && (index < chosen.first || index > chosen.last);
  if (bin === undefined) return <div class="histogram-bar" style={style} />;
  const count = countOf(bin);
  const parts = STACKED.flatMap((status) => {
    const part = bin.counts[status] ?? 0;
    return part === 0 ? [] : [{ status, part }];
  });
  const says = parts.map(({ status, part }) => `${part} ${statusLabels[status].toLowerCase()}`).join(', ');
  return (
    <div
      class={isOut ? 'histogram-bar out' : 'histogram-bar'}
      title={`${rangeText(index)}: ${says}`}
      style={style}
    >
      <div class="histogram-stack" style={{ height: `${(count / highest) * 100}%` }}>
        {parts.map(({ status, part }) => (
          <span key={status} class={`status-${status}`} style={{ flexGrow: part }} />
        ))}
      </div>
    </div>
  );
}

function movedBy(key: string, place: number, { first, last }: Scale): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -PAGE_STEP,
    PageUp: PAGE_STEP,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[key];
  return step === undefined ? undefined : Math.min(last, Math.max(first, place + step));
}

/** Where a bin begins. */
function lowerText(index: number): string {
  const { least } = edgesOf(index);
  return least === undefined ? '0' : formatDuration(least);
}

function rangeText(index: number): string {
  const { below } = edgesOf(index);
  return below === undefined
    ? `${lowerText(index)} or more`
    : `${lowerText(index)} to ${formatDuration(below)}`;
}
