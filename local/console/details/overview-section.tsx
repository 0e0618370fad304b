import { retriesOf } from '../../xray/attempts.ts';
import type { Phase } from '../../xray/phases.ts';
import type { RowTime } from '../../xray/timeline-analysis.ts';
import { lengthOf } from '../../xray/timeline-analysis.ts';
import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import { statusLabels } from '../components/status.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { formatExact } from '../format/time.ts';
import { arrayOf, entriesOf, inlineText, isRecord, textOf } from '../format/value.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import { durationOf } from '../timeline/bar.ts';
import type { Insights } from '../timeline/insights.ts';
import { standingText } from '../timeline/insights.ts';
import type { Property } from './properties.tsx';
import { Properties } from './properties.tsx';

export interface OverviewSectionProps {
  readonly row: TimelineRow;
  readonly timeline: Timeline;
  readonly insights: Insights;
  readonly onShow: (key: string) => void;
}

export function OverviewSection({ row, timeline, insights, onShow }: OverviewSectionProps) {
  const { entity } = row;
  const parent = timeline.rows.find(({ key }) => key === row.parentKey);
  const duration = formatDuration(durationOf(row, timeline.end));
  const time = insights.times.get(row.key);
  const standing = insights.standings.get(row.key);
  const attempt = insights.attempts.get(row.key);
  const phase = insights.phases.get(row.key);
  const retries = retriesOf(entity);
  const links = 'links' in entity ? linkedTraceIds(entity.links) : [];
  return (
    <section aria-labelledby="overview-heading">
      <h3 id="overview-heading">Overview</h3>
      <Properties
        of={[
          ['Status', statusLabels[row.status]],
          ['Duration', row.end === undefined ? `${duration} so far` : duration],
          ['Among others', standing && standingText(standing)],
          ['Self time', time && row.childCount > 0 ? formatDuration(time.self) : undefined],
          ['Not measured', time && gapsText(time)],
          ['Critical path', time && criticalText(time)],
          ['Phase', phase && PHASES[phase]],
          ['Attempt', attempt && `${attempt.number} of ${attempt.of}`],
          ['Retries', retries > 0 ? `${retries}, made by the client within this call` : undefined],
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

const PHASES: Readonly<Record<Phase, string>> = {
  init: 'Init: the code was loaded, before the first invocation',
  invocation: 'Invocation: the handler ran',
  overhead: 'Overhead: after the answer, until the runtime was ready again',
};

/** Time in which no child was at work, and no recorder saw what was done. */
function gapsText({ gaps }: RowTime): string | undefined {
  const [longest] = gaps.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  if (longest === undefined) return undefined;
  const sum = formatDuration(gaps.reduce((total, gap) => total + lengthOf(gap), 0));
  if (gaps.length === 1) return `${sum}, in one piece`;
  return `${sum} in ${gaps.length} pieces, the longest ${formatDuration(lengthOf(longest))}`;
}

/** How much of the whole it decided. */
function criticalText({ critical }: RowTime): string {
  const seconds = critical.reduce((total, stretch) => total + lengthOf(stretch), 0);
  return seconds > 0 ? formatDuration(seconds) : 'Not on it: to be faster here would change nothing';
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
