import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import type { TraceSummary } from '../../xray/trace.ts';
import { isInRange } from '../../console-contract.ts';
import { createBatcher } from '../api/batcher.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { messageOf } from '../format/text.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { rangeOf } from '../routing/time-span.ts';
import type { TraceListState } from './trace-list-state.ts';
import { initialTraceList, traceListReducer } from './trace-list-state.ts';

/** Under load many summaries a second arrive; they are drawn together this often. */
const DRAW_EVERY_MS = 100;

export interface TraceList {
  readonly state: TraceListState;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly reload: () => void;
}

/** The list of traces of a time, kept up to date for as long as the page is open. */
export function useTraceList(api: ConsoleApi, span: TimeSpan | undefined): TraceList {
  const [state, dispatch] = useReducer(traceListReducer, initialTraceList);
  const latestRequest = useRef(0);
  const spanNow = useRef(span);
  spanNow.current = span;

  const reload = useCallback(() => {
    const request = ++latestRequest.current;
    const ifLatest = (act: () => void) => {
      if (request === latestRequest.current) act();
    };
    api.traces(rangeOf(spanNow.current, Date.now())).then(
      (listing) => ifLatest(() => dispatch({ type: 'listed', listing })),
      (error: unknown) => ifLatest(() => dispatch({ type: 'failed', message: messageOf(error) })),
    );
  }, [api]);

  useEffect(() => {
    const batcher = createBatcher<TraceSummary>((summaries) => {
      const range = rangeOf(spanNow.current, Date.now());
      const wanted = range === undefined ? summaries : summaries.filter((each) => isInRange(each, range));
      dispatch({ type: 'arrived', summaries: wanted });
    }, DRAW_EVERY_MS);
    const unsubscribe = api.subscribe((event) => {
      switch (event.type) {
        case 'summary':
          batcher.add(event.summary);
          break;
        case 'cleared':
          batcher.drop();
          dispatch(event);
          reload();
          break;
        case 'connected':
          dispatch(event);
          reload();
          break;
        case 'lost':
        case 'losses':
          dispatch(event);
          break;
        case 'alarm':
        case 'logs':
        case 'service':
          break;
      }
    });
    return () => {
      batcher.drop();
      unsubscribe();
    };
  }, [api, reload]);

  const firstSpan = useRef(true);
  useEffect(() => {
    // The first list is read when the connection stands.
    if (!firstSpan.current) {
      dispatch({ type: 'moved' });
      reload();
    }
    firstSpan.current = false;
  }, [span, reload]);

  return {
    state,
    reload,
    pause: useCallback(() => dispatch({ type: 'paused' }), []),
    resume: useCallback(() => dispatch({ type: 'resumed' }), []),
  };
}
