import { useCallback, useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import type { TraceSummary } from '../../xray/trace.ts';
import { isInRange } from '../../console-contract.ts';
import { createBatcher } from '../api/batcher.ts';
import type { ConsoleApi, TraceQuestion } from '../api/console-api.ts';
import { createRefresher } from '../api/refresher.ts';
import { messageOf } from '../format/text.ts';
import type { Address } from '../routing/navigation.ts';
import { rangeOf } from '../routing/time-span.ts';
import { filterProblem } from '../search/conditions.ts';
import type { TraceListState } from './trace-list-state.ts';
import { initialTraceList, traceListReducer } from './trace-list-state.ts';

/** Under load many summaries a second arrive; they are drawn together this often. */
const DRAW_EVERY_MS = 100;

/** Whether traces match a filter is the server's to say; of those that changed it is asked this often, and of so many at once. */
const ASK_EVERY_MS = 300;
const MAX_ASKED = 100;

export interface TraceList {
  readonly state: TraceListState;
  readonly pause: () => void;
  /** The list is being read: what is new waits. */
  readonly hold: () => void;
  /** Shows what has waited. */
  readonly resume: () => void;
  readonly reload: () => void;
  /** Reads what follows, if more follows. */
  readonly readOn: () => void;
}

/**
 * The list of traces that the address asks for, kept up to date for as long as the page is open. A filter that cannot be
 * read lists nothing, and is nobody's to answer.
 */
export function useTraceList(api: ConsoleApi, { span, search: { filter, sort } }: Address): TraceList {
  const [state, dispatch] = useReducer(traceListReducer, { ...initialTraceList, sort });
  const latestRequest = useRef(0);
  const isReadingOn = useRef(false);
  const isReadable = useMemo(() => filterProblem(filter) === undefined, [filter]);
  const asked = useRef({ span, filter, sort, isReadable });
  asked.current = { span, filter, sort, isReadable };
  /** What the list answers, with the times that were meant then: what follows is asked for in the same words. */
  const listedFor = useRef<TraceQuestion | undefined>(undefined);
  const stateNow = useRef(state);
  stateNow.current = state;

  const question = useCallback((): TraceQuestion => {
    const { span: time, filter: text, sort: order } = asked.current;
    return { filter: text, sort: order, range: rangeOf(time, Date.now()) };
  }, []);

  const reload = useCallback(() => {
    const request = ++latestRequest.current;
    isReadingOn.current = false;
    if (!asked.current.isReadable) return;
    const ifLatest = (act: () => void) => {
      if (request === latestRequest.current) act();
    };
    dispatch({ type: 'asked' });
    listedFor.current = question();
    api.traces(listedFor.current).then(
      (listing) => ifLatest(() => dispatch({ type: 'listed', listing })),
      (error: unknown) => ifLatest(() => dispatch({ type: 'failed', message: messageOf(error) })),
    );
  }, [api, question]);

  const readOn = useCallback(() => {
    const { more } = stateNow.current;
    if (more === undefined || listedFor.current === undefined || isReadingOn.current) return;
    isReadingOn.current = true;
    const request = latestRequest.current;
    const ifLatest = (act: () => void) => {
      if (request !== latestRequest.current) return;
      isReadingOn.current = false;
      act();
    };
    api.traces({ ...listedFor.current, cursor: more.cursor }).then(
      (listing) => ifLatest(() => dispatch({ type: 'continued', listing })),
      (error: unknown) => ifLatest(() => dispatch({ type: 'failed', message: messageOf(error) })),
    );
  }, [api]);

  useEffect(() => {
    const changed = new Map<string, TraceSummary>();
    const ask = async () => {
      const ids = [...changed.keys()].slice(0, MAX_ASKED);
      for (const id of ids) changed.delete(id);
      const request = latestRequest.current;
      const answer = await api.traces({ ...question(), ids }).catch(() => undefined);
      if (changed.size > 0) asking.demand();
      // A failure is the connection's, and then the whole list is read again.
      if (answer === undefined || request !== latestRequest.current) return;
      const matching = new Set(answer.traces.map(({ id }) => id));
      const gone = ids.filter((id) => !matching.has(id));
      dispatch({ type: 'arrived', summaries: answer.traces, gone });
    };
    const asking = createRefresher(ask, ASK_EVERY_MS);
    const batcher = createBatcher<TraceSummary>((summaries) => {
      const { filter: text, isReadable } = asked.current;
      if (!isReadable) return;
      const { range } = question();
      const wanted = range === undefined ? summaries : summaries.filter((each) => isInRange(each, range));
      if (text === '') dispatch({ type: 'arrived', summaries: wanted });
      else if (wanted.length > 0) {
        for (const summary of wanted) changed.set(summary.id, summary);
        asking.demand();
      }
    }, DRAW_EVERY_MS);
    const unsubscribe = api.subscribe((event) => {
      switch (event.type) {
        case 'summary':
          batcher.add(event.summary);
          break;
        case 'cleared':
          batcher.drop();
          changed.clear();
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
      asking.stop();
      unsubscribe();
    };
  }, [api, reload, question]);

  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    const before = shown.current;
    shown.current = JSON.stringify([span, filter]);
    // The first list is read when the connection stands.
    if (before === undefined) return;
    dispatch({ type: before === shown.current ? 'sorted' : 'moved', sort });
    reload();
  }, [span, filter, sort, reload]);

  // More arrived than was kept: the list knows better, unless it stands still.
  const isBehind = state.missed > 0 && state.held === undefined;
  useEffect(() => {
    if (isBehind) reload();
  }, [isBehind, reload]);

  return {
    state,
    reload,
    readOn,
    pause: useCallback(() => dispatch({ type: 'paused' }), []),
    hold: useCallback(() => dispatch({ type: 'reading' }), []),
    resume: useCallback(() => dispatch({ type: 'resumed' }), []),
  };
}
