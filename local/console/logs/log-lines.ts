import type { LogLine, LogListing } from '../../logs/log-line.ts';

/** Lines that the page keeps while more come; what is older is read again when it is asked for. */
export const MAX_LINES = 2000;

export interface LogLinesState {
  readonly loaded: boolean;
  readonly failure: string | undefined;
  /** The newest first. */
  readonly lines: readonly LogLine[];
  /** Where what is older goes on; undefined when there is nothing more. */
  readonly cursor: number | undefined;
  /** Id of the newest line that was heard of, wanted or not. */
  readonly newest: number;
  readonly evicted: number;
  /** Why the lines stand still, if they do: they were paused, or somebody reads in them. */
  readonly held: 'pause' | 'reader' | undefined;
  /** Lines that came since then, and are not shown. */
  readonly waiting: number;
}

export const initialLogLines: LogLinesState = {
  loaded: false,
  failure: undefined,
  lines: [],
  cursor: undefined,
  newest: 0,
  evicted: 0,
  held: undefined,
  waiting: 0,
};

export type LogLinesAction =
  | { readonly type: 'asked' }
  | { readonly type: 'listed'; readonly listing: LogListing }
  /** What came after the newest. */
  | { readonly type: 'arrived'; readonly listing: LogListing }
  /** What is older than the cursor. */
  | { readonly type: 'older'; readonly listing: LogListing }
  /** What came while the reader holds the page. */
  | { readonly type: 'waiting'; readonly listing: LogListing }
  | { readonly type: 'failed'; readonly message: string }
  /** `reading`: from now on somebody reads in them; what was paused stays so. */
  | { readonly type: 'paused' | 'reading' | 'resumed' };

export function logLinesReducer(state: LogLinesState, action: LogLinesAction): LogLinesState {
  switch (action.type) {
    case 'asked':
      return { ...initialLogLines, held: state.held === 'pause' ? 'pause' : undefined };
    case 'listed':
      return {
        ...state,
        ...readFrom(action.listing),
        lines: action.listing.lines,
        cursor: action.listing.cursor,
        waiting: 0,
      };
    case 'arrived': {
      const { listing } = action;
      // More came than one answer holds: what is between would be missing.
      if (listing.cursor !== undefined) {
        return { ...state, ...readFrom(listing), lines: listing.lines, cursor: listing.cursor, waiting: 0 };
      }
      const all = [...withoutKnown(listing.lines, state.lines), ...state.lines];
      const lines = all.slice(0, MAX_LINES);
      return {
        ...state,
        ...readFrom(listing),
        lines,
        cursor: lines.length < all.length ? lines.at(-1)?.id : state.cursor,
        waiting: 0,
      };
    }
    case 'older':
      return {
        ...state,
        failure: undefined,
        evicted: action.listing.evicted,
        lines: [...state.lines, ...withoutKnown(action.listing.lines, state.lines)],
        cursor: action.listing.cursor,
      };
    case 'waiting':
      return { ...state, waiting: action.listing.lines.length };
    case 'failed':
      return { ...state, loaded: true, failure: action.message };
    case 'paused':
      return { ...state, held: 'pause' };
    case 'reading':
      return { ...state, held: state.held ?? 'reader' };
    case 'resumed':
      return { ...state, held: undefined };
  }
}

function readFrom({ newest, evicted }: LogListing): Partial<LogLinesState> {
  return { loaded: true, failure: undefined, newest, evicted };
}

/** Two answers may overlap. */
function withoutKnown(lines: readonly LogLine[], known: readonly LogLine[]): readonly LogLine[] {
  const ids = new Set(known.map(({ id }) => id));
  return lines.filter(({ id }) => !ids.has(id));
}
