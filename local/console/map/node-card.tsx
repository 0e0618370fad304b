import { useLayoutEffect, useRef } from 'preact/hooks';
import { alarmStateLabels } from '../components/alarm-state-badge.tsx';
import { StatusIcon } from '../components/status-icon.tsx';
import { statusLabels } from '../components/status.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import type { Point } from './lay-out-map.ts';
import { CARD } from './lay-out-map.ts';
import { nameLines } from './name-lines.ts';
import { rateText, shareText, worstOf } from './numbers.ts';
import { OutcomeRing } from './outcome-ring.tsx';
import { ServiceSign } from './service-sign.tsx';
import type { MapNode } from './service-map.ts';
import { alarmStateOf } from './service-map.ts';

/** Of something on the map that can be focused and chosen. */
export interface MapItemProps {
  /** What a screen reader says of it, and the mouse shows. */
  readonly description: string;
  readonly isSelected: boolean;
  /** Whether Tab leads to it. */
  readonly isTabStop: boolean;
  readonly onFocus: () => void;
  readonly onPress: () => void;
}

export interface NodeCardProps extends MapItemProps {
  readonly node: MapNode;
  /** Of its middle. */
  readonly place: Point | undefined;
}

/** Where the texts of a card begin, and how wide they may be. */
const TEXT_X = 68;
const TEXT_WIDTH = CARD.width - TEXT_X - 8;

/** A service: how its requests ended, what it is, how many there were and how long they took. */
export function NodeCard({
  node,
  place,
  description,
  isSelected,
  isTabStop,
  onFocus,
  onPress,
}: NodeCardProps) {
  const { numbers, kind } = node;
  const lines = nameLines(node.label);
  const worst = numbers && worstOf(numbers);
  const alarm = alarmStateOf(node) === 'ALARM';
  const top = lines.length > 1 ? 20 : 27;
  const classes = ['map-node', !node.reports && 'inferred', isSelected && 'selected', alarm && 'alarming'];
  return (
    <g
      class={classes.filter(Boolean).join(' ')}
      style={{
        transform: `translate(${(place?.x ?? 0) - CARD.width / 2}px, ${(place?.y ?? 0) - CARD.height / 2}px)`,
      }}
      role="button"
      aria-pressed={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      data-key={node.key}
      onFocus={onFocus}
      onClick={onPress}
    >
      <title>{description}</title>
      <rect class="card" width={CARD.width} height={CARD.height} rx="10" />
      <g transform={`translate(36 ${CARD.height / 2})`}>
        <OutcomeRing numbers={numbers} radius={22} />
        <g transform="translate(-10 -10)">
          <ServiceSign sign={kind.sign} />
        </g>
      </g>
      {lines.map((text, index) => (
        <NameLine key={index} text={text} y={top + index * 15} />
      ))}
      <text class="map-type" x={TEXT_X} y={top + lines.length * 15}>
        {node.service === undefined ? kind.label : `${kind.label} · ${node.service}`}
      </text>
      <text class="map-numbers" x={TEXT_X} y={top + lines.length * 15 + 16}>
        {numbers === undefined
          ? ''
          : [
              numbers.perMinute === undefined ? `${numbers.total} ×` : rateText(numbers.perMinute),
              ...(numbers.p50 === undefined ? [] : [formatDuration(numbers.p50)]),
            ].join(' · ')}
      </text>
      {worst !== undefined && numbers !== undefined && (
        <Mark
          right={CARD.width - 8}
          y={-4}
          status={worst.outcome}
          text={`${shareText(worst.count, numbers.total)} ${statusLabels[worst.outcome].toLowerCase()}`}
        />
      )}
      {alarm && (
        <Mark
          right={CARD.width - 8}
          y={CARD.height + 3}
          status="fault"
          text={alarmStateLabels.ALARM}
          isFilled
        />
      )}
    </g>
  );
}

/** A line of a name, drawn together where the reader's font is wider than most. */
function NameLine({ text, y }: { readonly text: string; readonly y: number }) {
  const line = useRef<SVGTextElement>(null);
  useLayoutEffect(() => {
    const { current: element } = line;
    if (element === null) return;
    element.removeAttribute('textLength');
    if (element.getComputedTextLength() > TEXT_WIDTH) element.setAttribute('textLength', String(TEXT_WIDTH));
  }, [text]);
  return (
    <text ref={line} class="map-name" x={TEXT_X} y={y} lengthAdjust="spacingAndGlyphs">
      {text}
    </text>
  );
}

interface MarkProps {
  /** Where it ends. */
  readonly right: number;
  /** Of its middle. */
  readonly y: number;
  readonly status: 'ok' | 'error' | 'throttle' | 'fault';
  readonly text: string;
  readonly isFilled?: boolean;
}

/** A word on the edge of a card, with the sign of its status. */
function Mark({ right, y, status, text, isFilled = false }: MarkProps) {
  const width = text.length * 6.2 + 28;
  return (
    <g
      class={`map-mark status-${status}${isFilled ? ' filled' : ''}`}
      transform={`translate(${right - width} ${y - 10})`}
    >
      <rect width={width} height="20" rx="10" />
      {!isFilled && (
        <svg x="5" y="3" width="14" height="14">
          <StatusIcon status={status} />
        </svg>
      )}
      {isFilled && (
        <path d="M12 4.5a3.6 3.6 0 0 1 3.6 3.6c0 3 1.2 4 1.2 4H7.2s1.2-1 1.2-4A3.6 3.6 0 0 1 12 4.5zM10.8 14.2a1.3 1.3 0 0 0 2.4 0" />
      )}
      <text x={isFilled ? 21 : 22} y="14">
        {text}
      </text>
    </g>
  );
}
