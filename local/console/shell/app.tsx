import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { AlarmPage } from '../alarm/alarm-page.tsx';
import { countOf } from '../alarms/alarm-list-state.ts';
import { AlarmsPage } from '../alarms/alarms-page.tsx';
import { useAlarmList } from '../alarms/use-alarm-list.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { ComparePage } from '../compare/compare-page.tsx';
import { MessagePage } from '../components/message-page.tsx';
import { Notice } from '../components/notice.tsx';
import { TraceListPage } from '../list/trace-list-page.tsx';
import { useTraceList } from '../list/use-trace-list.ts';
import { LogsPage } from '../logs/logs-page.tsx';
import { RequestPage } from '../logs/request-page.tsx';
import { MapPage } from '../map/map-page.tsx';
import { MetricsPage } from '../metrics/metrics-page.tsx';
import type { Address } from '../routing/navigation.ts';
import { useAddress } from '../routing/navigation.ts';
import { SchedulesPage } from '../schedules/schedules-page.tsx';
import { TracePage } from '../trace/trace-page.tsx';
import { TopBar } from './top-bar.tsx';
import { useService } from './use-service.ts';

export interface AppProps {
  readonly api: ConsoleApi;
}

/** What the list shows; while the reader is on a page that says nothing of it, what it showed last. */
function useListed(address: Address): Address {
  const listed = useRef(address);
  if (address.route.page === 'list' || address.route.page === 'trace') listed.current = address;
  return listed.current;
}

/** The frame around every page. The lists live here, so that they are up to date when the reader comes back to them. */
export function App({ api }: AppProps) {
  const address = useAddress();
  const { route, span } = address;
  const list = useTraceList(api, useListed(address));
  const alarms = useAlarmList(api);
  const service = useService(api);
  const { connection } = list.state;
  const page = (): VNode => {
    switch (route.page) {
      case 'list':
        return <TraceListPage api={api} list={list} service={service} address={address} />;
      case 'trace':
        return <TracePage key={route.traceId} api={api} traceId={route.traceId} span={span} />;
      case 'map':
        return <MapPage api={api} service={service} alarms={alarms.state.alarms} address={address} />;
      case 'logs':
        return <LogsPage api={api} service={service} address={address} />;
      case 'request':
        return <RequestPage key={route.correlationId} api={api} correlationId={route.correlationId} />;
      case 'compare':
        return <ComparePage key={route.traceIds} api={api} traceIds={comparedIds(route.traceIds)} />;
      case 'alarms':
        return <AlarmsPage list={alarms} span={span} />;
      case 'alarm':
        return <AlarmPage key={route.name} api={api} name={route.name} span={span} />;
      case 'metrics':
        return <MetricsPage api={api} span={span} />;
      case 'schedules':
        return <SchedulesPage api={api} />;
      case 'unknown':
        return (
          <MessagePage title="Nothing here">
            <p>Lantern has no page at this address.</p>
          </MessagePage>
        );
    }
  };
  return (
    <>
      <a class="skip-link" href="#content">
        Skip to content
      </a>
      <TopBar
        service={service}
        connection={connection}
        address={address}
        alarming={countOf(alarms.state, 'ALARM')}
      />
      <main id="content" tabIndex={-1}>
        {connection === 'lost' && (
          <Notice tone="warning">
            The connection to Lantern is lost. Trying again; what is shown may be old.
          </Notice>
        )}
        {address.unreadableSpan && (
          <Notice tone="warning">
            The time in the address cannot be read, so everything is shown. Expected is <code>?last=15m</code>
            , or <code>?from=</code> and <code>&amp;to=</code> in milliseconds since 1970.
          </Notice>
        )}
        {page()}
      </main>
    </>
  );
}

function comparedIds(pair: string): readonly [before: string, after: string] {
  const [before = '', after = ''] = pair.split('..');
  return [before, after];
}
