import type { ConsoleApi } from '../api/console-api.ts';
import { conditionsOf, withoutCondition } from './conditions.ts';
import { examplesOf, NOTHING_KNOWN } from './known-values.ts';
import { useKnown } from './use-known.ts';

export interface ConditionsBarProps {
  readonly filter: string;
  readonly onSearch: (filter: string) => void;
}

/** What the filter asks for, each condition to be removed by itself. */
export function ConditionsBar({ filter, onSearch }: ConditionsBarProps) {
  const conditions = conditionsOf(filter);
  if (conditions.length === 0) return null;
  return (
    <ul class="conditions" aria-label="Conditions">
      {conditions.map((condition) => (
        <li key={condition} class="chip">
          <code class="chip-text">{condition}</code>
          <button
            type="button"
            aria-label={`Remove ${condition}`}
            title="Remove this condition"
            onClick={() => onSearch(withoutCondition(filter, condition))}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

export interface ExamplesProps {
  readonly api: ConsoleApi;
  /** Another value looks again which values there are. */
  readonly seen: unknown;
  readonly onSearch: (filter: string) => void;
}

/** Ways to search, for who does not know them. */
export function Examples({ api, seen, onSearch }: ExamplesProps) {
  const known = useKnown(api, '', seen) ?? NOTHING_KNOWN;
  return (
    <ul class="examples" aria-label="Examples">
      {examplesOf(known).map(({ says, filter }) => (
        <li key={filter}>
          <button
            type="button"
            class="example"
            title={`Search for ${filter}`}
            onClick={() => onSearch(filter)}
          >
            {says} <code>{filter}</code>
          </button>
        </li>
      ))}
    </ul>
  );
}
