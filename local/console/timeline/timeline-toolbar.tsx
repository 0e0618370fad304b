import type { RefObject } from 'preact';
import { plural } from '../format/text.ts';

export interface TimelineToolbarProps {
  readonly rowCount: number;
  readonly query: string;
  readonly searchElement: RefObject<HTMLInputElement | null>;
  readonly matchCount: number;
  /** From 1; 0 while the selected row is none of them. */
  readonly matchNumber: number;
  readonly failureCount: number;
  readonly showsCritical: boolean;
  readonly isZoomed: boolean;
  readonly onQuery: (query: string) => void;
  readonly onMatch: (direction: 'next' | 'previous') => void;
  readonly onFailure: (direction: 'next' | 'previous') => void;
  readonly onCritical: (shown: boolean) => void;
  readonly onShowAll: () => void;
  readonly onExpand: () => void;
  readonly onCollapse: () => void;
}

/** What can be done with the timeline as a whole; every button has a key, which the help sheet names. */
export function TimelineToolbar(props: TimelineToolbarProps) {
  const { rowCount, query, matchCount, matchNumber, failureCount, showsCritical, isZoomed } = props;
  const isSearching = query.trim() !== '';
  return (
    <div class="section-header timeline-toolbar">
      <h2 id="timeline-heading">Timeline</h2>
      <span class="count">{plural(rowCount, 'row')}</span>
      <div class="toolbar" role="group" aria-label="Timeline">
        <div class="search-in-trace">
          <input
            ref={props.searchElement}
            type="search"
            class="text-filter"
            aria-label="Search in this trace"
            placeholder="Search in this trace"
            value={query}
            onInput={({ currentTarget }) => props.onQuery(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              props.onMatch(event.shiftKey ? 'previous' : 'next');
            }}
          />
          <span class="count match-count" role="status">
            {isSearching &&
              (matchNumber > 0 ? `${matchNumber} of ${matchCount}` : plural(matchCount, 'match', 'matches'))}
          </span>
          <StepButtons what="match" isUsable={matchCount > 0} onStep={props.onMatch} />
        </div>
        {failureCount > 0 && (
          <div class="steps">
            <span class="count">{plural(failureCount, 'failure')}</span>
            <StepButtons what="failure" isUsable onStep={props.onFailure} />
          </div>
        )}
        <button
          type="button"
          class="button small"
          aria-pressed={showsCritical}
          title="What decided how long it all took (c)"
          onClick={() => props.onCritical(!showsCritical)}
        >
          Critical path
        </button>
        <button
          type="button"
          class="button small"
          disabled={!isZoomed}
          title="All of the time (0)"
          onClick={props.onShowAll}
        >
          Reset zoom
        </button>
        <button type="button" class="button small" onClick={props.onExpand}>
          Expand all
        </button>
        <button type="button" class="button small" onClick={props.onCollapse}>
          Collapse all
        </button>
      </div>
    </div>
  );
}

interface StepButtonsProps {
  readonly what: 'match' | 'failure';
  readonly isUsable: boolean;
  readonly onStep: (direction: 'next' | 'previous') => void;
}

const KEYS = {
  match: { previous: 'Shift+Enter', next: 'Enter' },
  failure: { previous: 'Shift+N', next: 'N' },
};

function StepButtons({ what, isUsable, onStep }: StepButtonsProps) {
  return (
    <span class="steps">
      {(['previous', 'next'] as const).map((direction) => {
        const label = `${direction === 'next' ? 'Next' : 'Previous'} ${what}`;
        return (
          <button
            key={direction}
            type="button"
            class="button small"
            aria-label={label}
            title={`${label} (${KEYS[what][direction]})`}
            disabled={!isUsable}
            onClick={() => onStep(direction)}
          >
            <span aria-hidden="true">{direction === 'next' ? '↓' : '↑'}</span>
          </button>
        );
      })}
    </span>
  );
}
