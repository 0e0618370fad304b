import { formatDuration } from '../../xray/format-duration.ts';
import type { MapLayout } from './lay-out-map.ts';
import { curveThrough } from './lay-out-map.ts';
import type { MapItemProps } from './node-card.tsx';
import { rateText, shareText, worstOf } from './numbers.ts';
import type { MapEdge } from './service-map.ts';

type EdgePlace = ReturnType<MapLayout['edges']['get']>;

export interface EdgeLineProps {
  readonly edge: MapEdge;
  readonly place: EdgePlace;
  readonly isSelected: boolean;
  /** Whether the reader looks at something else. */
  readonly isDimmed: boolean;
  readonly onPress: () => void;
}

/** From one service to another; dashed where it carries messages. */
export function EdgeLine({ edge, place, isSelected, isDimmed, onPress }: EdgeLineProps) {
  const path = curveThrough(place?.points ?? []);
  return (
    <g class={classesOf('map-edge', edge, { isSelected, isDimmed })} onClick={onPress}>
      <path class="edge-target" d={path} />
      <path class="edge-line" d={path} marker-end={`url(#map-arrow${isSelected ? 'selected' : ''})`} />
    </g>
  );
}

export interface EdgeNumbersProps extends MapItemProps {
  readonly edge: MapEdge;
  readonly place: EdgePlace;
  readonly isDimmed: boolean;
  /** Without it there is a point that can be focused. */
  readonly isShown: boolean;
}

/** How many requests, and how long they took, as the caller saw them. */
export function EdgeNumbers(props: EdgeNumbersProps) {
  const { edge, place, description, isSelected, isDimmed, isShown, isTabStop, onFocus, onPress } = props;
  const { numbers, isLink } = edge;
  const worst = worstOf(numbers);
  const rate = numbers.perMinute === undefined ? `${numbers.total} ×` : rateText(numbers.perMinute);
  const time = numbers.p50 === undefined ? '' : formatDuration(numbers.p50);
  return (
    <g
      class={classesOf('map-edge', edge, { isSelected, isDimmed })}
      transform={`translate(${place?.label.x ?? 0} ${place?.label.y ?? 0})`}
      role="button"
      aria-pressed={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      data-key={edge.key}
      onFocus={onFocus}
      onClick={onPress}
    >
      <title>{description}</title>
      {isShown ? (
        <>
          <rect class="edge-plate" x="-39" y="-16" width="78" height="32" rx="6" />
          <text class="edge-text" y="-2">
            {worst === undefined ? rate : `${shareText(worst.count, numbers.total)} ${SHORT[worst.outcome]}`}
          </text>
          <text class="edge-text time" y="11">
            {isLink && time !== '' ? `aged ${time}` : time}
          </text>
        </>
      ) : (
        <circle class="edge-plate" r="3" />
      )}
    </g>
  );
}

function classesOf(
  name: string,
  edge: MapEdge,
  { isSelected, isDimmed }: { readonly isSelected: boolean; readonly isDimmed: boolean },
): string {
  const worst = worstOf(edge.numbers);
  const classes = [name, edge.isLink && 'link', isSelected && 'selected', isDimmed && 'dimmed'];
  return [...classes, worst && `status-${worst.outcome}`].filter(Boolean).join(' ');
}

/** What went wrong, in one short word beside the share. */
const SHORT = { ok: 'ok', error: 'errors', throttle: 'throttled', fault: 'faults' } as const;
