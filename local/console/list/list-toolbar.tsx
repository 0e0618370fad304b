import { plural } from '../format/text.ts';
import { ClearButton } from './clear-button.tsx';

export interface ListToolbarProps {
  readonly paused: boolean;
  /** Traces that are new or changed since the pause. */
  readonly waiting: number;
  readonly empty: boolean;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onClear: () => void;
}

export function ListToolbar({ paused, waiting, empty, onPause, onResume, onClear }: ListToolbarProps) {
  return (
    <div class="toolbar" role="group" aria-label="Traces">
      {paused && (
        <span class="waiting">
          {waiting === 0 ? 'Paused' : `Paused, ${plural(waiting, 'update')} waiting`}
        </span>
      )}
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
