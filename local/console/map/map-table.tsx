import { AlarmStateBadge } from '../components/alarm-state-badge.tsx';
import { formatDuration } from '../../xray/format-duration.ts';
import type { Numbers } from './numbers.ts';
import { outcomes, rateText, shareText } from './numbers.ts';
import { statusLabels } from '../components/status.ts';
import type { ServiceMap } from './service-map.ts';
import { alarmStateOf } from './service-map.ts';

export interface MapTableProps {
  readonly map: ServiceMap;
  readonly onSelect: (key: string) => void;
}

const NUMBER_COLUMNS = [
  'Requests',
  'Rate',
  'p50',
  'p95',
  ...outcomes.map((outcome) => statusLabels[outcome]),
];

/** What the map says, in words and numbers. */
export function MapTable({ map, onSelect }: MapTableProps) {
  const labels = new Map(map.nodes.map(({ key, label, kind }) => [key, `${label} (${kind.label})`]));
  return (
    <details class="map-table">
      <summary>As a table</summary>
      <div class="scrolling" tabIndex={0} role="group" aria-label="The service map as a table">
        <table>
          <caption>Services</caption>
          <Head columns={['Service', 'Type', ...NUMBER_COLUMNS, 'Alarms']} />
          <tbody>
            {map.nodes.map((node) => {
              const alarm = alarmStateOf(node);
              return (
                <tr key={node.key}>
                  <th scope="row">
                    <button type="button" class="link-button" onClick={() => onSelect(node.key)}>
                      {node.label}
                    </button>
                  </th>
                  <td>{node.kind.label}</td>
                  <NumberCells numbers={node.numbers} />
                  <td>{alarm !== undefined && <AlarmStateBadge state={alarm} />}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
        <table>
          <caption>Connections</caption>
          <Head columns={['From', 'To', 'Kind', ...NUMBER_COLUMNS]} />
          <tbody>
            {map.edges.map((edge) => (
              <tr key={edge.key}>
                <th scope="row">
                  <button type="button" class="link-button" onClick={() => onSelect(edge.key)}>
                    {labels.get(edge.from)}
                  </button>
                </th>
                <td>{labels.get(edge.to)}</td>
                <td>{edge.isLink ? 'messages' : 'calls'}</td>
                <NumberCells numbers={edge.numbers} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Head({ columns }: { readonly columns: readonly string[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column} scope="col">
            {column}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function NumberCells({ numbers }: { readonly numbers: Numbers | undefined }) {
  const time = (seconds: number | undefined): string =>
    seconds === undefined ? '–' : formatDuration(seconds);
  const cells =
    numbers === undefined
      ? NUMBER_COLUMNS.map(() => '–')
      : [
          String(numbers.total),
          numbers.perMinute === undefined ? '–' : rateText(numbers.perMinute),
          time(numbers.p50),
          time(numbers.p95),
          ...outcomes.map((outcome) => shareText(numbers.counts[outcome], numbers.total)),
        ];
  return (
    <>
      {cells.map((cell, index) => (
        <td key={index} class="number">
          {cell}
        </td>
      ))}
    </>
  );
}
