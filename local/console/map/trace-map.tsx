import { useCallback, useMemo, useState } from 'preact/hooks';
import type { ConsoleApi, ConsoleEvent } from '../api/console-api.ts';
import { Notice } from '../components/notice.tsx';
import { useService } from '../shell/use-service.ts';
import { MapView } from './map-view.tsx';
import { serviceMapOf } from './service-map.ts';
import { useGraph } from './use-graph.ts';

export interface TraceMapProps {
  readonly api: ConsoleApi;
  /** Of the traces whose map is drawn, as one: a trace and those it is linked with. */
  readonly traceIds: readonly string[];
}

/** The service map of some traces, below a heading that opens it: nothing is asked for before. */
export function TraceMap({ api, traceIds }: TraceMapProps) {
  const [open, setOpen] = useState(false);
  return (
    <details class="trace-map" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Service map of {traceIds.length === 1 ? 'this trace' : `these ${traceIds.length} traces`}
      </summary>
      {open && <OpenTraceMap api={api} traceIds={traceIds} />}
    </details>
  );
}

function OpenTraceMap({ api, traceIds }: TraceMapProps) {
  const service = useService(api);
  const [selected, select] = useState<string>();
  const [lambdaApart, setLambdaApart] = useState(false);
  const ids = traceIds.join(' ');
  const load = useCallback(() => api.graph({ traceIds: ids.split(' ') }), [api, ids]);
  const concerns = useCallback(
    (event: ConsoleEvent) => event.type === 'summary' && ids.split(' ').includes(event.summary.id),
    [ids],
  );
  const loaded = useGraph(api, { load, concerns, ages: false });
  const map = useMemo(
    () =>
      loaded.status === 'loaded'
        ? serviceMapOf(loaded.graph.services, { functions: service?.functions ?? [], lambdaApart })
        : undefined,
    [loaded, service, lambdaApart],
  );
  if (loaded.status === 'failed')
    return <Notice tone="warning">The map could not be read. {loaded.message}</Notice>;
  return (
    map && (
      <MapView
        map={map}
        selected={selected}
        onSelect={select}
        span={undefined}
        lambdaApart={lambdaApart}
        onLambdaApart={setLambdaApart}
      />
    )
  );
}
