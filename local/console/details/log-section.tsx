import { useMemo } from 'preact/hooks';
import type { TimelineRow } from '../../xray/timeline.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { formatOffset } from '../format/time.ts';
import { LogRow } from '../logs/log-row.tsx';
import type { LogFilter } from '../logs/use-log-lines.ts';
import { useLogLines } from '../logs/use-log-lines.ts';
import { Link } from '../routing/link.tsx';
import { hrefWith } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import type { Invocation } from './invocation.ts';

export interface LogSectionProps {
  readonly api: ConsoleApi;
  readonly invocation: Invocation;
  /** The row that the panel shows: the invocation, or a part of it. */
  readonly row: TimelineRow;
}

/** The log lines of an invocation, as they were written; those that were written while the row ran are told apart. */
export function LogSection({ api, invocation: { requestId, from, to }, row }: LogSectionProps) {
  const filter = useMemo((): LogFilter => ({ request: requestId }), [requestId]);
  const span = useMemo((): TimeSpan => ({ kind: 'between', from, to }), [from, to]);
  const { state, readOlder } = useLogLines(api, filter, span);
  const { loaded, failure, cursor } = state;
  const lines = state.lines.toReversed();
  const isOfRow = (time: number): boolean =>
    time >= Math.floor(row.start * 1000) && time <= Math.ceil((row.end ?? Infinity) * 1000);
  const isPart = lines.some(({ time }) => !isOfRow(time));
  return (
    <section class="log-section" aria-labelledby="log-heading">
      <div class="heading-line">
        <h3 id="log-heading">Log lines of the invocation</h3>
        <Link class="button small" href={hrefWith({ page: 'logs' }, undefined, { request: requestId })}>
          All in Logs
        </Link>
      </div>
      {failure !== undefined && <p class="hint">They could not be read. {failure}</p>}
      {cursor !== undefined && (
        <button type="button" class="button small" onClick={readOlder}>
          Older lines
        </button>
      )}
      {lines.length > 0 && (
        <ol class="log-lines" aria-label="Log lines of the invocation">
          {lines.map((line) => (
            <LogRow
              key={line.id}
              line={line}
              offset={formatOffset(line.time - from)}
              isApart={isPart && !isOfRow(line.time)}
            />
          ))}
        </ol>
      )}
      {isPart && <p class="hint">Lines in grey were written before or after {row.name} ran.</p>}
      {loaded && failure === undefined && lines.length === 0 && (
        <p class="hint">None are kept. What comes appears here; what is older may have been dropped.</p>
      )}
    </section>
  );
}
