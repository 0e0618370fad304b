import { useCallback, useMemo } from 'preact/hooks';
import type { ServiceInfo } from '../../console-contract.ts';
import type { AlarmListState } from '../alarms/alarm-list-state.ts';
import { worstFirst } from '../alarms/alarm-list-state.ts';
import type { ConsoleApi, ConsoleEvent } from '../api/console-api.ts';
import { Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { plural } from '../format/text.ts';
import { EmptyState } from '../list/empty-state.tsx';
import { NoTracesThen } from '../list/no-traces-then.tsx';
import { RangeControl } from '../range/range-control.tsx';
import { Link } from '../routing/link.tsx';
import type { Address } from '../routing/navigation.ts';
import { showParameters } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { rangeOf } from '../routing/time-span.ts';
import { useSelection } from '../trace/use-selection.ts';
import { MapView } from './map-view.tsx';
import { minutesOf, serviceMapOf } from './service-map.ts';
import { useGraph } from './use-graph.ts';

export interface MapPageProps {
  readonly api: ConsoleApi;
  readonly service: ServiceInfo | undefined;
  readonly alarms: AlarmListState['alarms'];
  readonly address: Address;
}

/** The service map of a time, or of the traces that a filter expression finds in it. */
export function MapPage({ api, service, alarms, address }: MapPageProps) {
  const { span, search, parameters } = address;
  const lambdaApart = parameters.get('lambda') === 'apart';
  const [selected, select] = useSelection();
  const { filter } = search;
  const load = useCallback(
    () => api.graph({ filter, range: rangeOf(span, Date.now()) }),
    [api, filter, span],
  );
  const loaded = useGraph(api, { load, concerns: changesGraph, ages: span?.kind === 'last' });
  const services = loaded.status === 'loaded' ? loaded.graph.services : undefined;
  const map = useMemo(() => {
    if (services === undefined) return undefined;
    const range = rangeOf(span, Date.now());
    const minutes = range === undefined ? minutesOf(services) : (range.to - range.from) / 60_000;
    return serviceMapOf(services, {
      alarms: worstFirst([...alarms.values()]),
      functions: service?.functions ?? [],
      minutes,
      lambdaApart,
    });
  }, [services, alarms, service, span, lambdaApart]);

  return (
    <div class="page map-page">
      <header class="page-header">
        <PageTitle documentTitle="Service map – Lambda Lantern">Service map</PageTitle>
        {map !== undefined && map.nodes.length > 0 && (
          <span class="count">
            {plural(map.nodes.length, 'service')}, {plural(map.edges.length, 'connection')}
          </span>
        )}
        <RangeControl span={span} otherwise="All" />
      </header>
      {filter !== '' && (
        <p class="map-filter">
          Only traces with <code>{filter}</code>.{' '}
          <Link href={hrefOf({ page: 'map' }, span)}>Show the map of all traces</Link>
        </p>
      )}
      {loaded.status === 'failed' && (
        <Notice tone="warning">The map could not be read. {loaded.message}</Notice>
      )}
      {loaded.status === 'loaded' && loaded.failure !== undefined && (
        <Notice tone="warning">The map could not be read again and may be old. {loaded.failure}</Notice>
      )}
      {map !== undefined &&
        (map.nodes.length > 0 ? (
          <MapView
            map={map}
            selected={selected}
            onSelect={select}
            span={span}
            lambdaApart={lambdaApart}
            onLambdaApart={(apart) => showParameters({ lambda: apart ? 'apart' : undefined })}
          />
        ) : span === undefined && filter === '' ? (
          <EmptyState service={service} />
        ) : (
          <NoTracesThen span={span} search={search} />
        ))}
    </div>
  );
}

function changesGraph({ type }: ConsoleEvent): boolean {
  return type === 'summary' || type === 'cleared';
}
