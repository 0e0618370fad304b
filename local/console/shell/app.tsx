import { useEffect, useState } from 'preact/hooks';
import type { ServiceInfo } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { MessagePage } from '../components/message-page.tsx';
import { Notice } from '../components/notice.tsx';
import { TraceListPage } from '../list/trace-list-page.tsx';
import { useTraceList } from '../list/use-trace-list.ts';
import { useRoute } from '../routing/navigation.ts';
import { TracePage } from '../trace/trace-page.tsx';
import { TopBar } from './top-bar.tsx';

export interface AppProps {
  readonly api: ConsoleApi;
}

/** The frame around every page. The list lives here, so that it is up to date when the reader comes back to it. */
export function App({ api }: AppProps) {
  const route = useRoute();
  const list = useTraceList(api);
  const service = useService(api, list.state.connection);
  return (
    <>
      <a class="skip-link" href="#content">
        Skip to content
      </a>
      <TopBar service={service} connection={list.state.connection} />
      <main id="content" tabIndex={-1}>
        {list.state.connection === 'lost' && (
          <Notice tone="warning">
            The connection to Lantern is lost. Trying again; what is shown may be old.
          </Notice>
        )}
        {route.page === 'list' && <TraceListPage api={api} list={list} service={service} />}
        {route.page === 'trace' && <TracePage key={route.traceId} api={api} traceId={route.traceId} />}
        {route.page === 'unknown' && (
          <MessagePage title="Nothing here">
            <p>Lantern has no page at this address.</p>
          </MessagePage>
        )}
      </main>
    </>
  );
}

/** What runs behind the page; asked again after each reconnection, for it may be another service then. */
function useService(api: ConsoleApi, connection: string): ServiceInfo | undefined {
  const [service, setService] = useState<ServiceInfo>();
  useEffect(() => {
    if (connection === 'lost') return;
    // Without an answer the bar stays without a name; that the connection is lost is said elsewhere.
    api.service().then(setService, () => undefined);
  }, [api, connection]);
  return service;
}
