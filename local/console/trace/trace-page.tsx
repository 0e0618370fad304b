import type { ConsoleApi } from '../api/console-api.ts';
import { Notice } from '../components/notice.tsx';
import { MessagePage } from '../components/message-page.tsx';
import type { TimeSpan } from '../routing/time-span.ts';
import { TraceView } from './trace-view.tsx';
import { useTrace } from './use-trace.ts';

export interface TracePageProps {
  readonly api: ConsoleApi;
  readonly traceId: string;
  /** The time of the list that led here. */
  readonly span: TimeSpan | undefined;
}

export function TracePage({ api, traceId, span }: TracePageProps) {
  const loaded = useTrace(api, traceId);
  switch (loaded.status) {
    case 'loading':
      return null;
    case 'missing':
      return (
        <MessagePage title="No such trace">
          <p>
            Lantern does not hold trace <code>{traceId}</code>. It may have been cleared, dropped to make room
            for newer ones, or not have arrived yet; if it arrives, it appears here.
          </p>
        </MessagePage>
      );
    case 'failed':
      return (
        <MessagePage title="The trace could not be read">
          <p>{loaded.message}</p>
        </MessagePage>
      );
    case 'loaded':
      return (
        <>
          {loaded.gone && (
            <Notice tone="info">This trace was cleared; it stays here until you leave the page.</Notice>
          )}
          <TraceView api={api} page={loaded.page} span={span} />
        </>
      );
  }
}
