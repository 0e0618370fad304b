import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import { statusLabels } from '../components/status.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { formatExact } from '../format/time.ts';
import { arrayOf, entriesOf, inlineText, isRecord, textOf } from '../format/value.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import { durationOf } from '../timeline/bar.ts';
import type { Property } from './properties.tsx';
import { Properties } from './properties.tsx';

export interface OverviewSectionProps {
  readonly row: TimelineRow;
  readonly timeline: Timeline;
  readonly onShow: (key: string) => void;
}

export function OverviewSection({ row, timeline, onShow }: OverviewSectionProps) {
  const { entity } = row;
  const parent = timeline.rows.find(({ key }) => key === row.parentKey);
  const duration = formatDuration(durationOf(row, timeline.end));
  const links = 'links' in entity ? linkedTraceIds(entity.links) : [];
  return (
    <section aria-labelledby="overview-heading">
      <h3 id="overview-heading">Overview</h3>
      <Properties
        of={[
          ['Status', statusLabels[row.status]],
          ['Duration', row.end === undefined ? `${duration} so far` : duration],
          ['Starts at', `${formatDuration(row.start - timeline.start)} (${formatExact(row.start)})`],
          ['Kind', row.kind === 'segment' ? 'Segment' : 'Subsegment'],
          ['Type', row.type],
          ['Id', <code>{entity.id}</code>],
          ['Parent', parentOf(row, parent, onShow)],
          ['Trace', <code>{row.traceId}</code>],
          [
            'Linked traces',
            links.length === 0
              ? undefined
              : links.map((id) => (
                  <div key={id}>
                    <Link href={hrefOf({ page: 'trace', traceId: id })}>
                      <code>{id}</code>
                    </Link>
                  </div>
                )),
          ],
        ]}
      />
      <Group heading="HTTP" of={httpProperties(entity.http)} />
      <Group heading="AWS" of={plainProperties(entity.aws)} />
      <Group heading="SQL" of={'sql' in entity ? plainProperties(entity.sql) : []} />
    </section>
  );
}

function Group({ heading, of }: { readonly heading: string; readonly of: readonly Property[] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h4>{heading}</h4>
      <Properties of={of} />
    </>
  );
}

function parentOf(row: TimelineRow, parent: TimelineRow | undefined, onShow: (key: string) => void) {
  if (parent !== undefined) {
    return (
      <button type="button" class="link-button" onClick={() => onShow(parent.key)}>
        {parent.name}
      </button>
    );
  }
  if (!row.orphan) return undefined;
  const id = 'parent_id' in row.entity ? textOf(row.entity.parent_id) : undefined;
  return id === undefined ? 'Has not arrived' : `${id}, which has not arrived`;
}

function httpProperties(http: unknown): readonly Property[] {
  if (!isRecord(http)) return [];
  return [...plainProperties(http['request']), ...plainProperties(http['response'])];
}

function plainProperties(values: unknown): readonly Property[] {
  return entriesOf(values).map(([name, value]) => [name, inlineText(value)]);
}

function linkedTraceIds(links: unknown): readonly string[] {
  const ids = arrayOf(links).map((link) => (isRecord(link) ? textOf(link['trace_id']) : undefined));
  return [...new Set(ids.filter((id) => id !== undefined))];
}
