import type { AlarmSummary } from '../../cloudwatch/view.ts';
import type { Losses, ServiceInfo, TraceSummary } from '../../xray/trace.ts';
import type { ConsoleEvent } from './console-api.ts';

const RECONNECT_AFTER_MS = 2000;

type Listener = (event: ConsoleEvent) => void;

/** What the server sends, by the name of its event. */
const events: Readonly<Record<string, (data: unknown) => ConsoleEvent>> = {
  summary: (data) => ({ type: 'summary', summary: data as TraceSummary }),
  losses: (data) => ({ type: 'losses', losses: data as Losses }),
  cleared: () => ({ type: 'cleared' }),
  alarm: (data) => ({ type: 'alarm', alarm: data as AlarmSummary }),
  service: (data) => ({ type: 'service', service: data as ServiceInfo }),
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
    for (const [name, read] of Object.entries(events)) {
      source.addEventListener(name, (event: MessageEvent<string>) => emit(read(JSON.parse(event.data))));
    }
  };

  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
