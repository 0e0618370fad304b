import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ScheduleEntry } from '../../console-contract.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import type { Refresher } from '../api/refresher.ts';
import { createRefresher } from '../api/refresher.ts';
import { messageOf } from '../format/text.ts';

/** What runs by the clock runs without an event of the page's: its times are read again this often. */
const READ_EVERY_MS = 2000;
const REFRESH_GAP_MS = 200;

export interface Schedules {
  /** Undefined until they were read. */
  readonly entries: readonly ScheduleEntry[] | undefined;
  /** Why they could not be read, or one could not be run. */
  readonly problem: string | undefined;
  /** The id of the one that was run last by hand. */
  readonly started: string | undefined;
  readonly run: (id: string) => void;
}

export function useSchedules(api: ConsoleApi): Schedules {
  const [state, setState] = useState<Omit<Schedules, 'run'>>({
    entries: undefined,
    problem: undefined,
    started: undefined,
  });
  const refresher = useRef<Refresher | undefined>(undefined);

  useEffect(() => {
    let stopped = false;
    const created = createRefresher(async () => {
      const read = await api.schedules().then(
        (entries) => ({ entries, problem: undefined }),
        (error: unknown) => ({ problem: messageOf(error) }),
      );
      if (!stopped) setState((before) => ({ ...before, ...read }));
    }, REFRESH_GAP_MS);
    refresher.current = created;
    const timer = setInterval(created.demand, READ_EVERY_MS);
    const unsubscribe = api.subscribe(({ type }) => {
      if (type === 'connected') created.demand();
    });
    created.demand();
    return () => {
      stopped = true;
      clearInterval(timer);
      unsubscribe();
      created.stop();
    };
  }, [api]);

  const run = useCallback(
    (id: string) => {
      api.runSchedule(id).then(
        () => {
          setState((before) => ({ ...before, problem: undefined, started: id }));
          refresher.current?.demand();
        },
        (error: unknown) => setState((before) => ({ ...before, problem: messageOf(error) })),
      );
    },
    [api],
  );

  return { ...state, run };
}
