import type { Difference, Differences } from '../../xray/differences.ts';
import { plural } from '../format/text.ts';

export interface DifferencesPanelProps {
  /** Undefined where nothing is asked for. */
  readonly differences: Differences | undefined;
  readonly onCondition: (condition: string) => void;
}

/** What the traces that were asked for have more or less often than the others; each line is a condition. */
export function DifferencesPanel({ differences, onCondition }: DifferencesPanelProps) {
  return (
    <section class="differences" aria-labelledby="differences-heading">
      <header>
        <h2 id="differences-heading">What differs</h2>
        {differences !== undefined && (
          <p class="count">
            <span class="differences-these">{plural(differences.selected, 'trace')} shown</span>
            <span class="differences-others">{plural(differences.rest, 'other')}</span>
          </p>
        )}
      </header>
      <Found differences={differences} onCondition={onCondition} />
    </section>
  );
}

function Found({ differences, onCondition }: DifferencesPanelProps) {
  if (differences === undefined) {
    return (
      <p class="count">
        Drag over the bars, or search: this says what the traces you chose have in common, and the others have
        not.
      </p>
    );
  }
  const { selected, rest } = differences;
  if (selected === 0 || rest === 0) {
    return (
      <p class="count">
        {selected === 0 ? 'No trace to compare.' : 'There are no other traces to compare with.'}
      </p>
    );
  }
  if (differences.differences.length === 0) {
    return <p class="count">Nothing stands out that may not be chance.</p>;
  }
  return (
    <ul>
      {differences.differences.map((difference) => (
        <li key={difference.filter}>
          <button
            type="button"
            class="difference"
            title={`Search for ${difference.filter}`}
            onClick={() => onCondition(difference.filter)}
          >
            <span class="difference-kind">{difference.kind}</span>
            <span class="difference-label">{difference.label}</span>
            <Share of={difference} count="selected" all={selected} />
            <Share of={difference} count="rest" all={rest} />
          </button>
        </li>
      ))}
    </ul>
  );
}

interface ShareProps {
  readonly of: Difference;
  readonly count: 'selected' | 'rest';
  readonly all: number;
}

function Share({ of, count, all }: ShareProps) {
  const percent = Math.round((of[count] / all) * 100);
  return (
    <span class={`share ${count}`}>
      <span class="share-bar" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      <span class="number">
        <span class="visually-hidden">{count === 'selected' ? 'shown: ' : 'others: '}</span>
        {percent} %
      </span>
    </span>
  );
}
