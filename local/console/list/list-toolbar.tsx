import type { SortOrder } from '../../console-contract.ts';
import { plural } from '../format/text.ts';
import { ClearButton } from './clear-button.tsx';

export interface ListToolbarProps {
  /** Why the list stands still, if it does. */
  readonly held: 'pause' | 'reader' | undefined;
  /** Traces that are new or changed since then. */
  readonly waiting: number;
  readonly empty: boolean;
  readonly sort: SortOrder;
  readonly onSort: (sort: SortOrder) => void;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onClear: () => void;
}

const ORDERS: Readonly<Record<SortOrder, string>> = {
  start: 'Newest first',
  duration: 'Longest first',
  status: 'Worst first',
  'start-asc': 'Oldest first',
  'duration-asc': 'Shortest first',
  'status-asc': 'Best first',
};

export function ListToolbar({ held, waiting, empty, sort, onSort, ...tell }: ListToolbarProps) {
  const { onPause, onResume, onClear } = tell;
  const paused = held === 'pause';
  return (
    <div class="toolbar" role="group" aria-label="Traces">
      {paused && (
        <span class="waiting">
          {waiting === 0 ? 'Paused' : `Paused, ${plural(waiting, 'update')} waiting`}
        </span>
      )}
      {/* Where the table has no head. */}
      <select
        class="button narrow-only"
        aria-label="Order"
        value={sort}
        onChange={({ currentTarget }) => onSort(currentTarget.value as SortOrder)}
      >
        {(Object.keys(ORDERS) as SortOrder[]).map((order) => (
          <option key={order} value={order}>
            {ORDERS[order]}
          </option>
        ))}
      </select>
      <button
        type="button"
        class={paused ? 'button primary' : 'button'}
        onClick={paused ? onResume : onPause}
      >
        {paused ? 'Resume' : 'Pause'}
      </button>
      <ClearButton disabled={empty && !paused} onClear={onClear} />
    </div>
  );
}
