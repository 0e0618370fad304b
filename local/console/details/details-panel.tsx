import { useMemo, useState } from 'preact/hooks';
import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import type { Trace } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { SidePanel } from '../components/side-panel.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { entriesOf, inlineText } from '../format/value.ts';
import type { Insights } from '../timeline/insights.ts';
import { ErrorSection } from './error-section.tsx';
import { failureOf } from './exceptions.ts';
import { invocationOf } from './invocation.ts';
import { LogSection } from './log-section.tsx';
import { OverviewSection } from './overview-section.tsx';
import { Properties } from './properties.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { JsonTree } from './json-tree.tsx';

export interface DetailsPanelProps {
  readonly api: ConsoleApi;
  readonly row: TimelineRow;
  readonly timeline: Timeline;
  readonly insights: Insights;
  readonly traces: readonly Trace[];
  readonly onShow: (key: string) => void;
  readonly onClose: () => void;
}

/** Everything known about one row. */
export function DetailsPanel({ api, row, timeline, insights, traces, onShow, onClose }: DetailsPanelProps) {
  const { entity } = row;
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
  const invocation = useMemo(() => invocationOf(row, timeline.rows), [row, timeline]);
  const trace = traces.find(({ id }) => id === row.traceId);

  return (
    <SidePanel heading={row.name} badge={<StatusBadge status={row.status} />} onClose={onClose}>
      {failure !== undefined && (
        <ErrorSection
          api={api}
          failure={failure}
          thrownBy={owner?.key === row.key ? undefined : owner}
          onShow={onShow}
        />
      )}
      {invocation !== undefined && <LogSection api={api} invocation={invocation} row={row} />}
      <OverviewSection row={row} timeline={timeline} insights={insights} onShow={onShow} />
      {entriesOf(entity.annotations).length > 0 && <AnnotationsSection annotations={entity.annotations} />}
      {entriesOf(entity.metadata).length > 0 && <MetadataSection metadata={entity.metadata} />}
      <RawSection document={trace?.documents.find(({ id }) => id === entity.id) ?? entity} />
    </SidePanel>
  );
}

interface AnnotationsSectionProps {
  readonly annotations: unknown;
}

function AnnotationsSection({ annotations }: AnnotationsSectionProps) {
  return (
    <section aria-labelledby="annotations-heading">
      <h3 id="annotations-heading">Annotations</h3>
      <Properties of={entriesOf(annotations).map(([key, value]) => [key, inlineText(value)])} />
    </section>
  );
}

interface MetadataSectionProps {
  readonly metadata: unknown;
}

function MetadataSection({ metadata }: MetadataSectionProps) {
  return (
    <section aria-labelledby="metadata-heading">
      <div class="heading-line">
        <h3 id="metadata-heading">Metadata</h3>
        <CopyButton text={JSON.stringify(metadata, null, 2)} what="metadata" />
      </div>
      <JsonTree value={metadata} depth={0} />
    </section>
  );
}

interface RawSectionProps {
  readonly document: unknown;
}

/** The document as it arrived. */
function RawSection({ document }: RawSectionProps) {
  const [open, setOpen] = useState(false);
  const text = useMemo(() => JSON.stringify(document, null, 2), [document]);
  return (
    <section aria-labelledby="raw-heading">
      <div class="heading-line">
        <h3 id="raw-heading">Raw JSON</h3>
        <CopyButton text={text} what="raw JSON" />
      </div>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Show as it arrived</summary>
        {open && (
          <pre class="raw" tabIndex={0} role="group" aria-label="Raw JSON">
            {text}
          </pre>
        )}
      </details>
    </section>
  );
}
