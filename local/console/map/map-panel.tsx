import type { ComponentChildren } from 'preact';
import { filterForDuration } from '../../xray/filter/write-filter.ts';
import { AlarmStateBadge } from '../components/alarm-state-badge.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { SidePanel } from '../components/side-panel.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Properties } from '../details/properties.tsx';
import { formatDuration } from '../../xray/format-duration.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import type { Numbers } from './numbers.ts';
import { outcomes, rateText, shareText } from './numbers.ts';
import { ResponseTimes } from './response-times.tsx';
import type { MapEdge, MapNode } from './service-map.ts';

export interface MapPanelProps {
  readonly heading: string;
  readonly item: { readonly node: MapNode } | { readonly edge: MapEdge };
  /** The address of the traces that a filter expression finds, of the time that the map shows. */
  readonly tracesWith: (filter: string) => string;
  readonly span: TimeSpan | undefined;
  /** The address of a function's log lines; undefined for what has none. */
  readonly logs: string | undefined;
  readonly onClose: () => void;
}

/** All numbers of a node or an edge, and the traces behind them. */
export function MapPanel({ heading, item, tracesWith, span, logs, onClose }: MapPanelProps) {
  const { numbers, filter } = 'node' in item ? item.node : item.edge;
  const isLink = 'edge' in item && item.edge.isLink;

  return (
    <SidePanel heading={heading} class="map-panel" onClose={onClose}>
      <section>
        <Properties
          of={[
            ...('node' in item ? nodeFacts(item.node) : edgeFacts(item.edge)),
            ...timesOf(numbers, isLink),
            ...('node' in item ? ownTimesOf(item.node.ownNumbers) : []),
          ]}
        />
      </section>
      {numbers !== undefined && (
        <section>
          <h3>How they ended</h3>
          <Outcomes numbers={numbers} hrefOfOutcome={(outcome) => tracesWith(filter(outcome))} />
        </section>
      )}
      {numbers !== undefined && numbers.histogram.length > 0 && (
        <section>
          <h3>{isLink ? 'Age of messages' : 'Response times'}</h3>
          <ResponseTimes
            histogram={numbers.histogram}
            hrefOfBin={
              // A filter expression asks for the times of requests; there is none for ages.
              isLink ? undefined : (bin) => tracesWith(filter(filterForDuration(bin, 'responsetime')))
            }
          />
        </section>
      )}
      {'node' in item && item.node.alarms.length > 0 && (
        <section>
          <h3>Alarms</h3>
          <ul class="map-alarms">
            {item.node.alarms.map(({ name, state }) => (
              <li key={name}>
                <AlarmStateBadge state={state} />{' '}
                <Link href={hrefOf({ page: 'alarm', name }, span)}>{name}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Traces</h3>
        <p class="map-filter">
          <code>{filter()}</code> <CopyButton text={filter()} what="filter expression" />
        </p>
        <p class="toolbar">
          <Link class="button primary" href={tracesWith(filter())}>
            Show these traces
          </Link>
          {logs !== undefined && (
            <Link class="button" href={logs}>
              Log lines
            </Link>
          )}
        </p>
      </section>
    </SidePanel>
  );
}

interface OutcomesProps {
  readonly numbers: Numbers;
  readonly hrefOfOutcome: (outcome: (typeof outcomes)[number]) => string;
}

function Outcomes({ numbers: { counts, total }, hrefOfOutcome }: OutcomesProps) {
  return (
    <ul class="outcomes">
      {outcomes.map((outcome) => (
        <li key={outcome} class={`status-${outcome}`}>
          <StatusBadge status={outcome} />
          <span class="meter" aria-hidden="true">
            <span style={{ width: `${total === 0 ? 0 : (counts[outcome] / total) * 100}%` }} />
          </span>
          <span class="number">{shareText(counts[outcome], total)}</span>
          {counts[outcome] === 0 ? (
            <span class="number count">0</span>
          ) : (
            <Link class="number" href={hrefOfOutcome(outcome)} title="Show these traces">
              {counts[outcome]}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

type Facts = ReadonlyArray<readonly [name: string, value: ComponentChildren]>;

function nodeFacts({ name, label, kind, type, reports }: MapNode): Facts {
  return [
    ['Name', name === label ? undefined : name],
    ['Type', type === undefined ? kind.label : `${kind.label} (${type})`],
    ['Known from', type === 'client' ? 'what was called' : reports ? 'its own segments' : 'the calls to it'],
  ];
}

function edgeFacts({ isLink }: MapEdge): Facts {
  return [['Numbers', isLink ? 'messages, as they were received' : 'calls, as the caller saw them']];
}

function ownTimesOf(numbers: Numbers | undefined): Facts {
  const { p50, p95 } = numbers ?? {};
  return [
    ['In the function, p50', p50 && formatDuration(p50)],
    ['In the function, p95', p95 && formatDuration(p95)],
  ];
}

function timesOf(numbers: Numbers | undefined, isLink: boolean): Facts {
  if (numbers === undefined) return [];
  const { total, perMinute, average, p50, p95 } = numbers;
  const what = isLink ? 'Age' : 'Response time';
  return [
    [isLink ? 'Messages' : 'Requests', perMinute === undefined ? total : `${total}, ${rateText(perMinute)}`],
    [`${what}, p50`, p50 && formatDuration(p50)],
    [`${what}, p95`, p95 && formatDuration(p95)],
    [isLink ? 'Handling, average' : 'Average', formatDuration(average)],
  ];
}
