import type { AlarmState } from '../../cloudwatch/view.ts';
import { alarmStateLabels } from '../components/alarm-state-badge.tsx';
import { TextFilter } from '../components/text-filter.tsx';
import type { AlarmFilter, AlarmListState } from './alarm-list-state.ts';
import { alarmStates, countOf } from './alarm-list-state.ts';

export interface AlarmFilterBarProps {
  readonly state: AlarmListState;
  readonly filter: AlarmFilter;
  readonly onFilter: (filter: AlarmFilter) => void;
}

/** Chooses alarms by state and by words. */
export function AlarmFilterBar({ state, filter, onFilter }: AlarmFilterBarProps) {
  const choices: ReadonlyArray<{ readonly state: AlarmState | undefined; readonly label: string }> = [
    { state: undefined, label: `All ${state.alarms.size}` },
    ...alarmStates.map((each) => ({
      state: each,
      label: `${alarmStateLabels[each]} ${countOf(state, each)}`,
    })),
  ];
  return (
    <div class="filter-bar" role="search" aria-label="Filter">
      <div class="segmented" role="group" aria-label="State">
        {choices.map((choice) => (
          <button
            key={choice.state ?? 'all'}
            type="button"
            aria-pressed={filter.state === choice.state}
            onClick={() => onFilter({ ...filter, state: choice.state })}
          >
            {choice.label}
          </button>
        ))}
      </div>
      <TextFilter
        placeholder="Name, resource, reason …"
        value={filter.text}
        onChange={(text) => onFilter({ ...filter, text })}
      />
    </div>
  );
}
