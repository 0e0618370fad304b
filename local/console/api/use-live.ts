import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../format/text.ts';
import type { ConsoleApi, ConsoleEvent } from './console-api.ts';
import { createRefresher } from './refresher.ts';

/** Events come in bursts; what they concern is read again at most this often. */
const REFRESH_GAP_MS = 300;

/** Charts grow with every period: they are read again about twice in one, within these bounds. */
const MIN_REFRESH_MS = 1000;
const MAX_REFRESH_MS = 10_000;

export type Live<T> =
  | { readonly status: 'loading' | 'missing' }
  | { readonly status: 'failed'; readonly message: string }
  | { readonly status: 'loaded'; readonly value: T };

export interface LiveOptions<T> {
  /** Undefined when there is no such thing. Another function means another thing: it is read at once. */
  readonly load: () => Promise<T | undefined>;
  /** Whether an event says that it changed; `known` is what is on the page, if anything is. */
  readonly concerns: (event: ConsoleEvent, known: T | undefined) => boolean;
  /** Whether it still grows. */
  readonly growing: () => boolean;
}

/** Something that changes with time, read again and again while it is on the page. */
export function useLive<T extends { readonly minuteMs: number }>(
  api: ConsoleApi,
  { load, concerns, growing }: LiveOptions<T>,
): Live<T> {
  const [live, setLive] = useState<Live<T>>({ status: 'loading' });
  const latest = useRef({ concerns, growing });
  latest.current = { concerns, growing };

  useEffect(() => {
    let stopped = false;
    let timer: number | undefined;
    let known: T | undefined;
    const refresh = async () => {
      clearTimeout(timer);
      const next = await load().then(
        (value): Live<T> => (value === undefined ? { status: 'missing' } : { status: 'loaded', value }),
        (error: unknown): Live<T> => ({ status: 'failed', message: messageOf(error) }),
      );
      if (stopped) return;
      if (next.status === 'loaded') known = next.value;
      // Once it is on the page, a failed refresh is the connection's matter, and shown as such.
      setLive((before) => (next.status === 'failed' && before.status === 'loaded' ? before : next));
      // What there is not does not come by itself.
      if (next.status === 'missing' || !latest.current.growing()) return;
      const minuteMs = next.status === 'loaded' ? next.value.minuteMs : MAX_REFRESH_MS;
      const afterMs = Math.min(MAX_REFRESH_MS, Math.max(MIN_REFRESH_MS, minuteMs / 2));
      timer = window.setTimeout(refresher.demand, afterMs);
    };
    const refresher = createRefresher(refresh, REFRESH_GAP_MS);
    const unsubscribe = api.subscribe((event) => {
      if (event.type === 'connected' || latest.current.concerns(event, known)) refresher.demand();
    });
    refresher.demand();
    return () => {
      stopped = true;
      clearTimeout(timer);
      refresher.stop();
      unsubscribe();
    };
  }, [api, load]);

  return live;
}
