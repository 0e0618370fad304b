import type { FunctionInfo } from '../../console-contract.ts';
import { LOG_LEVELS } from '../../logs/log-line.ts';
import { showParameters } from '../routing/navigation.ts';

export interface LogFiltersProps {
  /** Of the address. */
  readonly parameters: URLSearchParams;
  readonly functions: readonly FunctionInfo[];
}

/** Ids that other pages lead here with. */
const IDS = [
  { name: 'trace', label: 'Trace' },
  { name: 'request', label: 'Invocation' },
] as const;

/** Which lines are shown. All of it lies in the address, so that a link leads to the same. */
export function LogFilters({ parameters, functions }: LogFiltersProps) {
  const level = parameters.get('level')?.toUpperCase() ?? '';
  const chosen = parameters.get('function') ?? '';
  const keys = functions.map(({ key }) => key);
  const groups = [...Map.groupBy(functions, ({ service = '' }) => service)].map(
    ([service, each]) => [service, each.map(({ key }) => key)] as const,
  );
  return (
    <div class="filter-bar log-filters" role="search" aria-label="Filter">
      <label>
        <span>Level</span>
        <select
          value={level}
          onChange={({ currentTarget }) => showParameters({ level: currentTarget.value })}
        >
          <option value="">All</option>
          {LOG_LEVELS.slice(1).map((each) => (
            <option key={each} value={each}>
              {each === 'FATAL' ? each : `${each} and above`}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Function</span>
        <select
          value={chosen}
          onChange={({ currentTarget }) => showParameters({ function: currentTarget.value })}
        >
          <option value="">All</option>
          {groups.map(([service, keysOf]) =>
            groups.length > 1 ? (
              <optgroup key={service} label={service}>
                {keysOf.map(optionOf)}
              </optgroup>
            ) : (
              keysOf.map(optionOf)
            ),
          )}
          {chosen !== '' && !keys.includes(chosen) && optionOf(chosen)}
        </select>
      </label>
      <label class="log-text">
        <span>Text</span>
        <input
          type="search"
          placeholder="Words of a line"
          value={parameters.get('text') ?? ''}
          onInput={({ currentTarget }) => showParameters({ text: currentTarget.value })}
        />
      </label>
      <label class="log-text">
        <span>Correlation id</span>
        <input
          type="search"
          value={parameters.get('correlation') ?? ''}
          onInput={({ currentTarget }) => showParameters({ correlation: currentTarget.value.trim() })}
        />
      </label>
      <label class="log-check">
        <input
          type="checkbox"
          checked={parameters.get('platform') !== 'off'}
          onChange={({ currentTarget }) => showParameters({ platform: currentTarget.checked ? '' : 'off' })}
        />
        <span>START, END, REPORT</span>
      </label>
      {IDS.map(({ name, label }) => {
        const id = parameters.get(name) ?? '';
        return (
          id !== '' && (
            <span key={name} class="chip">
              <span class="chip-text">
                {label} {id}
              </span>
              <button
                type="button"
                aria-label={`Remove the filter ${label} ${id}`}
                onClick={() => showParameters({ [name]: '' })}
              >
                ×
              </button>
            </span>
          )
        );
      })}
    </div>
  );
}

function optionOf(key: string) {
  return (
    <option key={key} value={key}>
      {key}
    </option>
  );
}
