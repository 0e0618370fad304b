import { StatusBadge } from '../components/status-badge.tsx';
import { outcomes } from './numbers.ts';

/** What the signs of the map mean. */
export function MapLegend() {
  return (
    <ul class="map-legend" aria-label="Legend">
      {outcomes.map((outcome) => (
        <li key={outcome}>
          <StatusBadge status={outcome} />
        </li>
      ))}
      <li>
        <svg class="legend-line" viewBox="0 0 40 8" aria-hidden="true">
          <path d="M1 4h38" />
        </svg>
        call
      </li>
      <li>
        <svg class="legend-line link" viewBox="0 0 40 8" aria-hidden="true">
          <path d="M1 4h38" />
        </svg>
        message
      </li>
      <li class="wide-only">Rate and p50, as its callers see it on a line, as it sees itself on a card</li>
    </ul>
  );
}
