import { useState } from 'preact/hooks';
import type { TimeSpan } from '../routing/time-span.ts';
import { rangeOf } from '../routing/time-span.ts';
import { fromLocalInput, toLocalInput } from './local-input.ts';

/** What the fields begin with where the page shows all there is. */
const DEFAULT_SPAN: TimeSpan = { kind: 'last', ms: 15 * 60_000 };

export interface CustomRangeProps {
  readonly span: TimeSpan | undefined;
  readonly onChoose: (span: TimeSpan) => void;
}

/** Two times to type, for those who do not drag over a chart. */
export function CustomRange({ span, onChoose }: CustomRangeProps) {
  const [initial] = useState(() => rangeOf(span ?? DEFAULT_SPAN, Date.now()));
  const [from, setFrom] = useState(toLocalInput(initial?.from ?? 0));
  const [to, setTo] = useState(toLocalInput(initial?.to ?? 0));
  const [problem, setProblem] = useState<string>();

  const apply = (event: Event) => {
    event.preventDefault();
    const range = { from: fromLocalInput(from), to: fromLocalInput(to) };
    if (range.from < range.to) onChoose({ kind: 'between', ...range });
    else setProblem('“From” must be a time before “To”.');
  };

  return (
    <form class="custom-range" onSubmit={apply} noValidate>
      <label>
        From
        <input
          type="datetime-local"
          step="1"
          value={from}
          onInput={({ currentTarget }) => setFrom(currentTarget.value)}
        />
      </label>
      <label>
        To
        <input
          type="datetime-local"
          step="1"
          value={to}
          onInput={({ currentTarget }) => setTo(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary">
        Show
      </button>
      <p class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
