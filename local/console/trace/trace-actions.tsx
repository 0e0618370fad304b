import { useEffect, useState } from 'preact/hooks';
import type { KeptEvent } from '../../xray/replay.ts';
import type { TraceFile } from '../../xray/trace-file.ts';
import type { TracePage } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { CompareWith } from '../compare/compare-with.tsx';
import { messageOf } from '../format/text.ts';
import { navigate } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { ImportTraces } from './import-traces.tsx';

export interface TraceActionsProps {
  readonly api: ConsoleApi;
  readonly page: TracePage;
}

/** What can be done with a trace: send its event again, put it beside another one, take it along as a file. */
export function TraceActions({ api, page }: TraceActionsProps) {
  const { id, revision } = page.trace;
  const [events, setEvents] = useState<readonly KeptEvent[]>([]);
  const [chosen, setChosen] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);

  useEffect(() => {
    let stopped = false;
    api.events(id).then(
      (found) => {
        if (!stopped) setEvents(found);
      },
      // Without them there is nothing to send again; the connection says so itself.
      () => undefined,
    );
    return () => {
      stopped = true;
    };
  }, [api, id, revision]);

  const event = events.find(({ requestId }) => requestId === chosen) ?? events[0];
  const replay = async () => {
    if (event === undefined) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const replayed = await api.replay(id, event.requestId);
      if (replayed === undefined) setProblem('The event is not kept any more.');
      else navigate(hrefOf({ page: 'compare', traceIds: `${id}..${replayed.traceId}` }));
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class="toolbar trace-actions" role="group" aria-label="This trace">
      {events.length > 1 && (
        <select
          class="button small"
          aria-label="Event to send again"
          value={event?.requestId ?? ''}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        >
          {events.map(({ requestId, functionName }) => (
            <option key={requestId} value={requestId}>
              {functionName}
            </option>
          ))}
        </select>
      )}
      {event !== undefined && (
        <button
          type="button"
          class="button small"
          disabled={busy}
          title={`Sends the same event to ${event.functionName} again, and compares the two traces`}
          onClick={() => void replay()}
        >
          {busy ? 'Replaying …' : 'Replay'}
        </button>
      )}
      <CompareWith api={api} traceId={id} />
      <button type="button" class="button small" onClick={() => exportTraces(page)}>
        Export
      </button>
      <ImportTraces api={api} class="button small" />
      <span role="status">{problem}</span>
    </div>
  );
}

/** A file of the documents of the trace and of those that are linked to it, as they arrived. */
function exportTraces({ trace, linked }: TracePage): void {
  const documents = [trace, ...linked].flatMap((each) => each.documents);
  const url = URL.createObjectURL(
    new Blob([JSON.stringify({ documents } satisfies TraceFile)], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `trace-${trace.id}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
