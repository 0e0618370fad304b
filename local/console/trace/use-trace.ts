import { useEffect, useState } from 'preact/hooks';
import type { TracePage, TraceSummary } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { messageOf } from '../format/text.ts';
import { createRefresher } from '../api/refresher.ts';

/** A growing trace changes with every document; it is read again at most this often. */
const REFRESH_GAP_MS = 300;

export type LoadedTrace =
  | { readonly status: 'loading' }
  | { readonly status: 'missing' }
  | { readonly status: 'failed'; readonly message: string }
  /** `gone`: the server has dropped it; what was read stays on the page. */
  | { readonly status: 'loaded'; readonly page: TracePage; readonly gone: boolean };

/** One trace with its linked ones, read again whenever one of them changes. */
export function useTrace(api: ConsoleApi, traceId: string): LoadedTrace {
  const [loaded, setLoaded] = useState<LoadedTrace>({ status: 'loading' });

  useEffect(() => {
    let page: TracePage | undefined;
    let stopped = false;
    const show = (next: LoadedTrace) => {
      if (!stopped) setLoaded(next);
    };
    const missing = () =>
      show(page === undefined ? { status: 'missing' } : { status: 'loaded', page, gone: true });
    const load = async () => {
      try {
        const found = await api.trace(traceId);
        if (found === undefined) {
          missing();
          return;
        }
        page = found;
        show({ status: 'loaded', page, gone: false });
      } catch (error) {
        // Once it is on the page, a failed refresh is the connection's matter, and shown as such.
        if (page === undefined) show({ status: 'failed', message: messageOf(error) });
      }
    };
    const refresher = createRefresher(load, REFRESH_GAP_MS);
    const unsubscribe = api.subscribe((event) => {
      if (event.type === 'connected') refresher.demand();
      else if (event.type === 'cleared') missing();
      else if (event.type === 'summary' && concerns(event.summary, traceId, page)) refresher.demand();
    });
    refresher.demand();
    return () => {
      stopped = true;
      refresher.stop();
      unsubscribe();
    };
  }, [api, traceId]);

  return loaded;
}

/** Whether a summary says something about the page that the page does not know yet. */
function concerns(summary: TraceSummary, traceId: string, page: TracePage | undefined): boolean {
  const shown = page === undefined ? [] : [page.trace, ...page.linked];
  const known = shown.find(({ id }) => id === summary.id);
  if (known !== undefined) return known.revision !== summary.revision;
  return (
    summary.id === traceId ||
    summary.linkedTraceIds.some((id) => id === traceId || shown.some((trace) => trace.id === id))
  );
}
