import type { ApiEvents } from '../../console-contract.ts';
import type { ConsoleEvent } from './console-api.ts';

const RECONNECT_AFTER_MS = 2000;

type Listener = (event: ConsoleEvent) => void;

/** What the page makes of each event that the server sends. */
const readers: { readonly [Name in keyof ApiEvents]: (data: ApiEvents[Name]) => ConsoleEvent } = {
  summary: (summary) => ({ type: 'summary', summary }),
  losses: (losses) => ({ type: 'losses', losses }),
  logs: () => ({ type: 'logs' }),
  cleared: () => ({ type: 'cleared' }),
  alarm: (alarm) => ({ type: 'alarm', alarm }),
  service: (service) => ({ type: 'service', service }),
};

/**
 * One stream of server-sent events for any number of listeners (a browser allows few connections per host). It is
 * open while somebody listens, and comes back after every interruption.
 */
export function createEventStream(url: string): (listener: Listener) => () => void {
  const listeners = new Set<Listener>();
  let close: (() => void) | undefined;
  return (listener) => {
    listeners.add(listener);
    close ??= openStream(url, (event) => listeners.forEach((each) => each(event)));
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      close?.();
      close = undefined;
    };
  };
}

function openStream(url: string, emit: Listener): () => void {
  let source: EventSource;
  let timer: number | undefined;

  const connect = () => {
    source = new EventSource(url);
    source.addEventListener('open', () => emit({ type: 'connected' }));
    source.addEventListener('error', () => {
      emit({ type: 'lost' });
      // The browser retries a broken connection, but gives up on an answer that is no event stream.
      if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(connect, RECONNECT_AFTER_MS);
    });
    for (const [name, read] of Object.entries<(data: never) => ConsoleEvent>(readers)) {
      source.addEventListener(name, (event: MessageEvent<string>) =>
        emit(read(JSON.parse(event.data) as never)),
      );
    }
  };

  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
