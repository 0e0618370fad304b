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
  /** Whether the Lambda service and a function's own code are two cards, as X-Ray has them. */
  readonly lambdaApart: boolean;
  readonly onLambdaApart: (apart: boolean) => void;
}

/** The drawing, the details of what is chosen in it, and the table that says the same. */
export function MapView({ map, selected, onSelect, span, lambdaApart, onLambdaApart }: MapViewProps) {
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
      <div class="map-foot">
        <MapLegend />
        {map.nodes.some(({ type }) => type?.startsWith('AWS::Lambda')) && (
          <label class="check">
            <input
              type="checkbox"
              checked={lambdaApart}
              onChange={({ currentTarget }) => onLambdaApart(currentTarget.checked)}
            />{' '}
            Lambda service and function code apart
          </label>
        )}
      </div>
      <MapTable map={map} onSelect={onSelect} />
    </>
  );
}

function logsOf({ functionKey }: MapNode, span: TimeSpan | undefined): string | undefined {
  return functionKey && hrefWith({ page: 'logs' }, span, { function: functionKey });
}
