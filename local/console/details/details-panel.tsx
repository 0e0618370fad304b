import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import type { Trace } from '../../xray/trace.ts';
import { StatusBadge } from '../components/status-badge.tsx';
import { entriesOf } from '../format/value.ts';
import { AnnotationsSection } from './annotations-section.tsx';
import { ErrorSection } from './error-section.tsx';
import { failureOf } from './exceptions.ts';
import { MetadataSection } from './metadata-section.tsx';
import { OverviewSection } from './overview-section.tsx';
import { RawSection } from './raw-section.tsx';

export interface DetailsPanelProps {
  readonly row: TimelineRow;
  readonly timeline: Timeline;
  readonly traces: readonly Trace[];
  readonly onShow: (key: string) => void;
  readonly onClose: () => void;
}

/** Everything known about one row. Beside the timeline where there is room, below it elsewhere. */
export function DetailsPanel({ row, timeline, traces, onShow, onClose }: DetailsPanelProps) {
  const { entity } = row;
  const head = useRef<HTMLDivElement>(null);
  const siblings = useMemo(
    () => timeline.rows.filter(({ traceId }) => traceId === row.traceId),
    [timeline, row],
  );
  const failure = useMemo(
    () =>
      failureOf(
        entity,
        siblings.map((sibling) => sibling.entity),
      ),
    [entity, siblings],
  );
  const owner = siblings.find((sibling) => sibling.entity.id === failure?.owner.id);
  const trace = traces.find(({ id }) => id === row.traceId);

  useEffect(() => {
    // On a narrow page the panel opens below the view: its head shows that it is there.
    head.current?.scrollIntoView({ block: 'nearest' });
  }, []);

  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') onClose();
    };
    addEventListener('keydown', closeOnEscape);
    return () => removeEventListener('keydown', closeOnEscape);
  }, [onClose]);

  return (
    <section class="details" aria-label={`Details of ${row.name}`}>
      <div ref={head} class="section-header">
        <h2 class="clipped" title={row.name}>
          {row.name}
        </h2>
        <StatusBadge status={row.status} />
        <button
          type="button"
          class="button small"
          aria-label="Close details"
          title="Close (Esc)"
          onClick={onClose}
        >
          Close
        </button>
      </div>
      <div class="details-body" tabIndex={0} role="group" aria-label="Details">
        {failure !== undefined && (
          <ErrorSection
            failure={failure}
            thrownBy={owner?.key === row.key ? undefined : owner}
            onShow={onShow}
          />
        )}
        <OverviewSection row={row} timeline={timeline} onShow={onShow} />
        {entriesOf(entity.annotations).length > 0 && <AnnotationsSection annotations={entity.annotations} />}
        {entriesOf(entity.metadata).length > 0 && <MetadataSection metadata={entity.metadata} />}
        <RawSection document={trace?.documents.find(({ id }) => id === entity.id) ?? entity} />
      </div>
    </section>
  );
}
