import type { CloudWatchView } from '../cloudwatch/view.ts';
import type { TraceStore } from '../xray/trace-store.ts';
import type { EventClients } from './event-clients.ts';

/** Tells the pages of every change of traces and alarms, until the returned function is called. */
export function forwardChanges(
  clients: EventClients,
  store: TraceStore,
  cloudWatch: CloudWatchView,
): () => void {
  const ends = [
    store.subscribe((event) => {
      if (event.type === 'cleared') {
        clients.tell('cleared', {});
        clients.tellSoon('losses', '', () => store.losses());
      } else if (event.type === 'losses') clients.tellSoon('losses', '', () => store.losses());
      // Undefined when it was evicted or cleared meanwhile.
      else clients.tellSoon('summary', event.traceId, () => store.summary(event.traceId));
    }),
    cloudWatch.subscribe(({ alarm }) => clients.tellSoon('alarm', alarm.name, () => alarm)),
  ];
  return () => {
    for (const end of ends) end();
  };
}
