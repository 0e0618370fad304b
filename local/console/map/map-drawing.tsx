import { useMemo, useRef, useState } from 'preact/hooks';
import { statusLabels } from '../components/status.ts';
import { alarmStateLabels } from '../components/alarm-state-badge.tsx';
import { useMedia } from '../components/use-media.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { plural } from '../format/text.ts';
import type { Direction } from './lay-out-map.ts';
import { hasRoomForNumbers, layOutMap, structureOf } from './lay-out-map.ts';
import { EdgeLine, EdgeNumbers } from './edge-line.tsx';
import { inOrder, keyTarget, placeOf } from './map-keys.ts';
import { NodeCard } from './node-card.tsx';
import type { Numbers } from './numbers.ts';
import { outcomes, rateText, shareText } from './numbers.ts';
import type { MapEdge, MapNode, ServiceMap } from './service-map.ts';
import { alarmStateOf } from './service-map.ts';
import { useViewport } from './use-viewport.ts';

/** Below this width callers stand above what they call. */
const NARROW = '(width < 760px)';

/** What a press of an arrow moves the map by, in pixels, while Shift is held. */
const PAN_PIXELS = 60;

export interface MapDrawingProps {
  readonly map: ServiceMap;
  readonly selected: string | undefined;
  readonly onSelect: (key: string | undefined) => void;
}

/** The map itself: it can be moved and zoomed, and walked along its edges by keyboard. */
export function MapDrawing({ map, selected, onSelect }: MapDrawingProps) {
  const svg = useRef<SVGSVGElement>(null);
  const direction: Direction = useMedia(NARROW) ? 'down' : 'right';
  const structure = structureOf(map);
  // The numbers of the map change all the time; where things stand does not depend on them.
  const layout = useMemo(() => layOutMap(map, direction), [structure, direction]);
  const [focused, setFocused] = useState<string>();
  const control = useViewport(svg, layout, direction, focused ?? selected);
  const items = new Map<string, MapNode | MapEdge>(
    [...map.nodes, ...map.edges].map((item) => [item.key, item]),
  );
  const first = inOrder(layout, map, direction)[0];
  const tabStop = [focused, selected, first].find((key) => key !== undefined && items.has(key));
  const numbersEverywhere = hasRoomForNumbers(map);
  /** While a service is looked at, what leads to it and from it stands out. */
  const lookedAt = [focused, selected].find((key) => key !== undefined && items.has(key));
  const isDimmed = ({ key, from, to }: MapEdge): boolean =>
    lookedAt !== undefined && ![key, from, to].includes(lookedAt);
  const names = new Map(map.nodes.map(({ key, label }) => [key, label]));

  const focus = (key: string) => {
    svg.current
      ?.querySelector<SVGGElement>(`[data-key="${CSS.escape(key)}"]`)
      ?.focus({ preventScroll: true });
  };

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actionOf(event);
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  const actionOf = ({ key, shiftKey }: KeyboardEvent): (() => void) | undefined => {
    const moved = shiftKey ? PANS.get(key) : undefined;
    if (moved !== undefined) return () => control.pan(moved);
    if (key === '+' || key === '=') return control.zoomIn;
    if (key === '-') return control.zoomOut;
    if (key === '0') return control.showAll;
    if (focused === undefined) return undefined;
    if (key === 'Enter' || key === ' ') return () => onSelect(focused);
    const target = keyTarget(map, layout, direction, focused, key);
    return target === undefined ? undefined : () => focus(target);
  };

  const choose = (key: string) => {
    if (control.wasDragged()) return;
    setFocused(key);
    onSelect(key);
  };

  const interaction = (key: string) => ({
    isSelected: key === selected,
    isTabStop: key === tabStop,
    onFocus: () => {
      setFocused(key);
      const place = placeOf(layout, key);
      if (place !== undefined) control.reveal(place);
    },
    onPress: () => choose(key),
  });

  const { x, y, scale } = control.view;
  return (
    <div class="map-window">
      <svg
        ref={svg}
        class="map"
        role="application"
        aria-roledescription="map"
        aria-label={`Service map: ${plural(map.nodes.length, 'service')}, ${plural(map.edges.length, 'connection')}. Arrow keys follow the calls.`}
        onKeyDown={press}
      >
        <defs>
          <MapPatterns />
        </defs>
        <g transform={`translate(${x} ${y}) scale(${scale})`}>
          {map.edges.map((edge) => (
            <EdgeLine
              key={edge.key}
              edge={edge}
              place={layout.edges.get(edge.key)}
              isSelected={edge.key === selected}
              isDimmed={isDimmed(edge)}
              onPress={() => choose(edge.key)}
            />
          ))}
          {map.edges.map((edge) => (
            <EdgeNumbers
              key={edge.key}
              edge={edge}
              place={layout.edges.get(edge.key)}
              description={`${names.get(edge.from) ?? ''} ${edge.isLink ? 'sends messages to' : 'calls'} ${names.get(edge.to) ?? ''}, ${numbersText(edge.numbers, edge.isLink)}`}
              isDimmed={isDimmed(edge)}
              isShown={numbersEverywhere || (lookedAt !== undefined && !isDimmed(edge))}
              {...interaction(edge.key)}
            />
          ))}
          {map.nodes.map((node) => (
            <NodeCard
              key={node.key}
              node={node}
              place={layout.nodes.get(node.key)}
              description={nodeText(node)}
              {...interaction(node.key)}
            />
          ))}
        </g>
      </svg>
      <div class="map-controls" role="group" aria-label="View of the map">
        <button
          type="button"
          class="button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={control.zoomIn}
        >
          +
        </button>
        <button
          type="button"
          class="button"
          aria-label="Zoom out"
          title="Zoom out (−)"
          onClick={control.zoomOut}
        >
          −
        </button>
        <button type="button" class="button" title="Show all of the map (0)" onClick={control.showAll}>
          Fit
        </button>
      </div>
    </div>
  );
}

const PANS: ReadonlyMap<string, { readonly x: number; readonly y: number }> = new Map([
  ['ArrowLeft', { x: PAN_PIXELS, y: 0 }],
  ['ArrowRight', { x: -PAN_PIXELS, y: 0 }],
  ['ArrowUp', { x: 0, y: PAN_PIXELS }],
  ['ArrowDown', { x: 0, y: -PAN_PIXELS }],
]);

/** Patterns over X-Ray's colours, so that colour is never the only sign; and the heads of arrows. */
function MapPatterns() {
  return (
    <>
      <pattern
        id="map-error"
        width="4"
        height="4"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <path d="M0 0v4" class="pattern-line" />
      </pattern>
      <pattern id="map-throttle" width="4" height="4" patternUnits="userSpaceOnUse">
        <circle cx="2" cy="2" r="1" class="pattern-dot" />
      </pattern>
      <pattern
        id="map-fault"
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <path d="M0 0v5M0 0h5" class="pattern-line" />
      </pattern>
      {(['', 'selected'] as const).map((kind) => (
        <marker
          key={kind}
          id={`map-arrow${kind}`}
          class={`map-arrow ${kind}`}
          viewBox="0 0 10 10"
          refX="9"
          refY="5"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 .5 10 5 0 9.5z" />
        </marker>
      ))}
    </>
  );
}

function nodeText(node: MapNode): string {
  const state = alarmStateOf(node);
  return [
    `${node.label}, ${node.kind.label}`,
    ...(node.name === node.label ? [] : [node.name]),
    ...(node.numbers === undefined ? [] : [numbersText(node.numbers, false)]),
    ...(state === undefined ? [] : [`alarms: ${alarmStateLabels[state]}`]),
  ].join(', ');
}

/** The numbers in words, for those who do not see them. */
function numbersText(numbers: Numbers, isLink: boolean): string {
  const { total, perMinute, p50, p95, counts } = numbers;
  return [
    isLink ? plural(total, 'message') : plural(total, 'request'),
    ...(perMinute === undefined ? [] : [rateText(perMinute)]),
    ...(p50 === undefined ? [] : [`${isLink ? 'age' : 'response time'} p50 ${formatDuration(p50)}`]),
    ...(p95 === undefined ? [] : [`p95 ${formatDuration(p95)}`]),
    ...outcomes
      .filter((outcome) => counts[outcome] > 0)
      .map((outcome) => `${statusLabels[outcome]} ${shareText(counts[outcome], total)}`),
  ].join(', ');
}
