import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import type { TraceSummary } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { messageOf } from '../format/message.ts';
import { initialTraceList, traceListReducer, type TraceListState } from './trace-list-state.ts';

/** Under load many summaries a second arrive; they are drawn together this often. */
const DRAW_EVERY_MS = 100;

export interface TraceList {
  readonly state: TraceListState;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly reload: () => void;
}

/** The list of traces, kept up to date for as long as the page is open. */
export function useTraceList(api: ConsoleApi): TraceList {
  const [state, dispatch] = useReducer(traceListReducer, initialTraceList);
  const latestRequest = useRef(0);

  const reload = useCallback(() => {
    const request = ++latestRequest.current;
    const ifLatest = (act: () => void) => {
      if (request === latestRequest.current) act();
    };
    api.traces().then(
      (listing) => ifLatest(() => dispatch({ type: 'listed', listing })),
      (error: unknown) => ifLatest(() => dispatch({ type: 'failed', message: messageOf(error) })),
    );
  }, [api]);

  useEffect(() => {
    let arrived: TraceSummary[] = [];
    let timer: number | undefined;
    const draw = () => {
      timer = undefined;
      dispatch({ type: 'arrived', summaries: arrived });
      arrived = [];
    };
    const unsubscribe = api.subscribe((event) => {
      if (event.type === 'summary') {
        arrived.push(event.summary);
        timer ??= window.setTimeout(draw, DRAW_EVERY_MS);
        return;
      }
      if (event.type === 'cleared') arrived = [];
      dispatch(event);
      if (event.type === 'connected' || event.type === 'cleared') reload();
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [api, reload]);

  return {
    state,
    reload,
    pause: useCallback(() => dispatch({ type: 'paused' }), []),
    resume: useCallback(() => dispatch({ type: 'resumed' }), []),
  };
}
