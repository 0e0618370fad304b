import type { CloudWatchView } from '../cloudwatch/view.ts';
import type { TraceStore } from '../xray/trace-store.ts';
import type { ApiEvents } from '../console-contract.ts';
import type { EventStream } from '../http/event-stream.ts';

/** Tells the pages of every change of traces and alarms, until the returned function is called. */
export function forwardChanges(
  events: EventStream<ApiEvents>,
  store: TraceStore,
  cloudWatch: CloudWatchView,
): () => void {
  const ends = [
    store.subscribe((event) => {
      if (event.type === 'cleared') {
        events.tell('cleared', {});
        events.tellSoon('losses', '', () => store.losses());
      } else if (event.type === 'losses') events.tellSoon('losses', '', () => store.losses());
      // Undefined when it was evicted or cleared meanwhile.
      else events.tellSoon('summary', event.traceId, () => store.summary(event.traceId));
    }),
    cloudWatch.subscribe(({ alarm }) => events.tellSoon('alarm', alarm.name, () => alarm)),
  ];
  return () => {
    for (const end of ends) end();
  };
}
