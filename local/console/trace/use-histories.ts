import { useEffect, useState } from 'preact/hooks';
import type { TraceHistory } from '../../xray/history.ts';
import type { ConsoleApi } from '../api/console-api.ts';

/** Of more traces than these on one page, those that are linked further away have no history. */
const MAX_TRACES = 12;

/** By trace id. */
export type Histories = ReadonlyMap<string, TraceHistory>;

/** How long the same took in other traces; asked for once more when everything on the page has ended. */
export function useHistories(api: ConsoleApi, traceIds: readonly string[], isSettled: boolean): Histories {
  const [histories, setHistories] = useState<Histories>(new Map());
  const asked = traceIds.slice(0, MAX_TRACES).join(' ');
  useEffect(() => {
    let stopped = false;
    const read = async (traceId: string) => {
      // Without a history the page has everything else: a failure is the connection's matter, and shown as such.
      const history = await api.history(traceId).catch(() => undefined);
      if (history === undefined || stopped) return;
      setHistories((before) => new Map(before).set(traceId, history));
    };
    for (const traceId of asked.split(' ')) void read(traceId);
    return () => {
      stopped = true;
    };
  }, [api, asked, isSettled]);
  return histories;
}
