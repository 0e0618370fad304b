import { useCallback } from 'preact/hooks';
import { hrefOfTraces, hrefWith } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { MapDrawing } from './map-drawing.tsx';
import { MapLegend } from './map-legend.tsx';
import { MapPanel } from './map-panel.tsx';
import { MapTable } from './map-table.tsx';
import type { MapNode, ServiceMap } from './service-map.ts';

export interface MapViewProps {
  readonly map: ServiceMap;
  /** The key of a node or an edge. */
  readonly selected: string | undefined;
  readonly onSelect: (key: string | undefined) => void;
  /** Of the traces that the map leads to. */
  readonly span: TimeSpan | undefined;
}

/** The drawing, the details of what is chosen in it, and the table that says the same. */
export function MapView({ map, selected, onSelect, span }: MapViewProps) {
  const close = useCallback(() => onSelect(undefined), [onSelect]);
  const node = map.nodes.find(({ key }) => key === selected);
  const edge = map.edges.find(({ key }) => key === selected);
  const labelOf = (key: string): string => map.nodes.find((each) => each.key === key)?.label ?? '';
  const panel = {
    span,
    tracesWith: (filter: string) => hrefOfTraces(filter, span),
    onClose: close,
  };
  return (
    <>
      <div class={node || edge ? 'map-body with-details' : 'map-body'}>
        <MapDrawing map={map} selected={node || edge ? selected : undefined} onSelect={onSelect} />
        {node !== undefined && (
          <MapPanel {...panel} heading={node.label} item={{ node }} logs={logsOf(node, span)} />
        )}
        {edge !== undefined && (
          <MapPanel
            {...panel}
            heading={`${labelOf(edge.from)} → ${labelOf(edge.to)}`}
            item={{ edge }}
            logs={undefined}
          />
        )}
      </div>
      <MapLegend />
      <MapTable map={map} onSelect={onSelect} />
    </>
  );
}

function logsOf({ functionKey }: MapNode, span: TimeSpan | undefined): string | undefined {
  return functionKey && hrefWith({ page: 'logs' }, span, { function: functionKey });
}
