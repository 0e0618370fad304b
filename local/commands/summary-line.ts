import { shortLine } from '../printable.ts';
import { formatDuration } from '../xray/format-duration.ts';
import { moment } from '../xray/trace-text.ts';
import type { EntityStatus, TraceSummary } from '../xray/trace.ts';

/** Services named on one line; more are counted. */
const MAX_SERVICES = 6;

/** Of a name or a URL. */
const MAX_CELL = 160;

/** The longest status: `in_progress`. */
const STATUS_WIDTH = 11;

/**
 * A trace on one line: its id, when it began, how long it took, how it ended, what it was, and who took part.
 *
 * @param paint colours what ended so.
 */
export function summaryLine(
  { id, name, startTime, duration, status, http, isPartial, coldStart, services }: TraceSummary,
  paint: (text: string, status: EntityStatus) => string = (text) => text,
): string {
  const request = [http?.method, http?.url, http?.status === undefined ? undefined : `-> ${http.status}`];
  const others = services.filter((service) => service !== name);
  const more = others.length > MAX_SERVICES ? ` and ${others.length - MAX_SERVICES} more` : '';
  const cells = [
    id,
    moment(startTime),
    formatDuration(duration).padStart(8),
    paint(status.padEnd(STATUS_WIDTH), status),
    name,
    ...(request.some((word) => word !== undefined)
      ? [request.filter((word) => word !== undefined).join(' ')]
      : []),
    ...(others.length > 0 ? [`[${others.slice(0, MAX_SERVICES).join(', ')}${more}]`] : []),
    ...(coldStart ? ['cold start'] : []),
    ...(isPartial ? ['partial'] : []),
  ];
  // Painted by us alone; what the trace says is made harmless piece by piece.
  return cells.map((cell, index) => (index === 3 ? cell : shortLine(cell, MAX_CELL))).join('  ');
}
