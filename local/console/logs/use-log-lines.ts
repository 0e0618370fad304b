import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import type { ConsoleApi, LogQuestion } from '../api/console-api.ts';
import { createRefresher } from '../api/refresher.ts';
import { messageOf } from '../format/text.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { rangeOf } from '../routing/time-span.ts';
import type { LogLinesState } from './log-lines.ts';
import { initialLogLines, logLinesReducer } from './log-lines.ts';

/** Lines of one answer: as many as usual, and at most (`/api/logs`). */
const USUAL_LIMIT = 200;
const MAX_LIMIT = 1000;

/** New lines are read together, this often at most. */
const REFRESH_GAP_MS = 250;

export interface LogLines {
  readonly state: LogLinesState;
  readonly pause: () => void;
  /** The lines are being read: what is new waits. */
  readonly hold: () => void;
  /** Shows what has waited. */
  readonly resume: () => void;
  readonly readOlder: () => void;
  readonly reload: () => void;
}

/** What is asked without what pages through it, and without the time. */
export type LogFilter = Omit<LogQuestion, 'cursor' | 'after' | 'from' | 'to'>;

/** The log lines that a filter finds, and those that come while the page is open. The same filter has to be the same object. */
export function useLogLines(api: ConsoleApi, filter: LogFilter, span: TimeSpan | undefined): LogLines {
  const [state, dispatch] = useReducer(logLinesReducer, initialLogLines);
  const latest = useRef(state);
  latest.current = state;
  const latestRequest = useRef(0);

  const ask = useCallback(
    (more: LogQuestion) => {
      const range = rangeOf(span, Date.now());
      return api.logs({
        ...filter,
        ...(range && { from: String(Math.floor(range.from)), to: String(Math.floor(range.to)) }),
        ...more,
      });
    },
    [api, filter, span],
  );

  /** Tells what came of a question, unless another filter is asked for by then. */
  const tell = useCallback(
    async (question: LogQuestion, type: 'listed' | 'arrived' | 'older' | 'waiting') => {
      const request = latestRequest.current;
      const action = await ask(question).then(
        (listing) => ({ type, listing }) as const,
        (error: unknown) => ({ type: 'failed', message: messageOf(error) }) as const,
      );
      if (request === latestRequest.current) dispatch(action);
    },
    [ask],
  );

  const reload = useCallback(() => {
    latestRequest.current += 1;
    void tell({}, 'listed');
  }, [tell]);

  const readNew = useCallback(() => {
    const { newest, held, lines } = latest.current;
    const isHeld = held !== undefined;
    // A line may say to which request those before it belong: what was not of it is of it then.
    if (!isHeld && (filter['correlation'] || filter['trace'])) {
      return tell({ limit: String(Math.min(MAX_LIMIT, lines.length + USUAL_LIMIT)) }, 'listed');
    }
    return tell({ after: String(newest), limit: String(MAX_LIMIT) }, isHeld ? 'waiting' : 'arrived');
  }, [tell, filter]);

  useEffect(() => {
    dispatch({ type: 'asked' });
    reload();
    const refresher = createRefresher(readNew, REFRESH_GAP_MS);
    const unsubscribe = api.subscribe((event) => {
      if (event.type === 'connected' || event.type === 'cleared') reload();
      else if (event.type === 'logs' && latest.current.loaded) refresher.demand();
    });
    return () => {
      latestRequest.current += 1;
      refresher.stop();
      unsubscribe();
    };
  }, [api, reload, readNew]);

  return {
    state,
    reload,
    pause: useCallback(() => dispatch({ type: 'paused' }), []),
    hold: useCallback(() => dispatch({ type: 'reading' }), []),
    resume: useCallback(() => {
      dispatch({ type: 'resumed' });
      void tell({ after: String(latest.current.newest), limit: String(MAX_LIMIT) }, 'arrived');
    }, [tell]),
    readOlder: useCallback(() => {
      const { cursor } = latest.current;
      if (cursor !== undefined) void tell({ cursor: String(cursor) }, 'older');
    }, [tell]),
  };
}
