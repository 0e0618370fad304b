import { useEffect, useState } from 'preact/hooks';
import type { ServiceGraph } from '../../console-contract.ts';
import type { ConsoleApi, ConsoleEvent } from '../api/console-api.ts';
import { createRefresher } from '../api/refresher.ts';
import { messageOf } from '../format/text.ts';

/** Under load traces change all the time; the map is read again this often at most. */
const REFRESH_GAP_MS = 1000;

/** What is no longer of the last minutes leaves the map this late at most. */
const AGE_REFRESH_MS = 15_000;

export type LoadedGraph =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly message: string }
  /** A `failure` is one of a later reading: what is shown may be old. */
  | { readonly status: 'loaded'; readonly graph: ServiceGraph; readonly failure?: string };

export interface GraphOptions {
  /** Another function is another graph: it is read at once. */
  readonly load: () => Promise<ServiceGraph>;
  /** Whether an event says that the graph may have changed. */
  readonly concerns: (event: ConsoleEvent) => boolean;
  /** Whether time alone changes it. */
  readonly ages: boolean;
}

/** A service graph, kept up to date. */
export function useGraph(api: ConsoleApi, { load, concerns, ages }: GraphOptions): LoadedGraph {
  const [loaded, setLoaded] = useState<LoadedGraph>({ status: 'loading' });
  useEffect(() => {
    let stopped = false;
    const refresh = async () => {
      const next = await load().then(
        (graph): LoadedGraph => ({ status: 'loaded', graph }),
        (error: unknown): LoadedGraph => ({ status: 'failed', message: messageOf(error) }),
      );
      if (stopped) return;
      setLoaded((before) =>
        next.status === 'failed' && before.status === 'loaded' ? { ...before, failure: next.message } : next,
      );
    };
    const refresher = createRefresher(refresh, REFRESH_GAP_MS);
    const unsubscribe = api.subscribe((event) => {
      if (event.type === 'connected' || concerns(event)) refresher.demand();
    });
    const timer = ages ? setInterval(refresher.demand, AGE_REFRESH_MS) : undefined;
    refresher.demand();
    return () => {
      stopped = true;
      clearInterval(timer);
      refresher.stop();
      unsubscribe();
    };
  }, [api, load, concerns, ages]);
  return loaded;
}
