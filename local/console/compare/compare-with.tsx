import { useEffect, useState } from 'preact/hooks';
import { formatDuration } from '../../xray/format-duration.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { StatusBadge } from '../components/status-badge.tsx';
import { EntryText } from '../entry/entry-text.tsx';
import { entryOf } from '../entry/entry.ts';
import { formatExact } from '../format/time.ts';
import { messageOf } from '../format/text.ts';
import { Link } from '../routing/link.tsx';
import { navigate } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import type { Candidate, Reason } from './candidates.ts';
import { findCandidates } from './candidates.ts';

export interface CompareWithProps {
  readonly api: ConsoleApi;
  readonly traceId: string;
  /** Which of the two sides stays, for the button's name where there are two. */
  readonly side?: string;
}

const REASONS: Readonly<Record<Reason, string>> = {
  before: 'The one before',
  fast: 'The fastest',
  failed: 'A failed one',
};

type Found =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly message: string }
  | { readonly status: 'found'; readonly candidates: readonly Candidate[] };

/** Opens a choice of traces to put beside one; whoever looks for another one gives its id. */
export function CompareWith({ api, traceId, side }: CompareWithProps) {
  const [open, setOpen] = useState(false);
  const [found, setFound] = useState<Found>({ status: 'loading' });

  useEffect(() => {
    if (!open) return;
    let stopped = false;
    findCandidates(api, traceId).then(
      (candidates) => {
        if (!stopped) setFound({ status: 'found', candidates });
      },
      (error: unknown) => {
        if (!stopped) setFound({ status: 'failed', message: messageOf(error) });
      },
    );
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpen(false);
    };
    addEventListener('keydown', close);
    return () => {
      stopped = true;
      removeEventListener('keydown', close);
    };
  }, [api, traceId, open]);

  return (
    <details class="compare-with" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary class="button small">Compare{side !== undefined && ` ${side}`} with …</summary>
      {open && (
        <div class="compare-choice">
          {found.status === 'loading' && <p class="hint">Looking for traces of the same entry point …</p>}
          {found.status === 'failed' && <p class="hint">They could not be read. {found.message}</p>}
          {found.status === 'found' && found.candidates.length === 0 && (
            <p class="hint">No other trace of the same entry point is held.</p>
          )}
          {found.status === 'found' && found.candidates.length > 0 && (
            <ul aria-label="Traces of the same entry point">
              {found.candidates.map(({ trace, reasons }) => (
                <li key={trace.id}>
                  <Link
                    href={hrefOf({ page: 'compare', traceIds: `${traceId}..${trace.id}` })}
                    title={trace.id}
                  >
                    <strong>{reasons.map((reason) => REASONS[reason]).join(', ')}</strong>
                    <span class="entry">
                      <EntryText entry={entryOf(trace)} />
                    </span>
                  </Link>
                  <StatusBadge status={trace.status} />
                  <span class="number">{formatDuration(trace.duration)}</span>
                  <span class="count">{formatExact(trace.startTime)}</span>
                </li>
              ))}
            </ul>
          )}
          <OtherTrace traceId={traceId} />
        </div>
      )}
    </details>
  );
}

function OtherTrace({ traceId }: { readonly traceId: string }) {
  const [other, setOther] = useState('');
  return (
    <form
      class="compare-other"
      onSubmit={(event) => {
        event.preventDefault();
        const id = other.trim();
        if (id !== '') navigate(hrefOf({ page: 'compare', traceIds: `${traceId}..${id}` }));
      }}
    >
      <input
        class="text-filter"
        aria-label="Id of the trace to compare with"
        placeholder="Id of another trace"
        value={other}
        onInput={({ currentTarget }) => setOther(currentTarget.value)}
      />
      <button type="submit" class="button small" disabled={other.trim() === ''}>
        Compare
      </button>
    </form>
  );
}
