import { shortLine } from '../printable.ts';
import { callName } from './call-name.ts';
import type { Entity, ExceptionData } from './document.ts';
import { correlationIdsOf } from './filter/facts.ts';
import { entitiesOf } from './entities.ts';
import { formatDuration } from './format-duration.ts';
import { selfTimes } from './timeline-analysis.ts';
import type { Timeline, TimelineRow } from './timeline.ts';
import { buildTimeline } from './timeline.ts';
import { summarizeTrace } from './summary.ts';
import type { EntityStatus, Trace } from './trace.ts';

export interface TraceTextOptions {
  /** Epoch seconds: what has not ended lasts until here. */
  readonly now: number;
  /** Rows at most; how many are left out is said. @default all */
  readonly maxRows?: number;
  /** Colours what ended so. @default nothing is coloured */
  readonly paint?: (text: string, status: EntityStatus) => string;
}

/** Deeper rows are not indented further, so that their names can still be read. */
const MAX_INDENTATION = 24;

/** Longer names are cut, and so are longer messages and URLs. */
const MAX_LABEL = 72;
const MAX_DETAIL = 160;

/** Exceptions shown of one entity: the one that was thrown, and what caused it. */
const MAX_EXCEPTIONS = 3;

/** What of a trace's ids fits on a line. */
const MAX_CORRELATION_IDS = 5;

/**
 * A trace, and those that are linked with it, as a short tree for a terminal, a test report or an agent: a line for each
 * entity with its name, when it began after the earliest of all, its duration, self time, status, and what went wrong with it.
 *
 * @param traces the first is the one that was asked for.
 */
export function traceText(
  traces: readonly Trace[],
  { now, maxRows = Infinity, paint = (text) => text }: TraceTextOptions,
): string {
  const timeline = buildTimeline(traces, now);
  const shown = timeline.rows.slice(0, maxRows);
  const labels = new Map(shown.map((row) => [row.key, labelOf(row)]));
  const width = Math.max(0, ...Array.from(labels.values(), ({ length }) => length));
  const selves = selfTimes(timeline);
  const byId = new Map(traces.map((trace) => [trace.id, trace]));
  const lines: string[] = [];
  let current: string | undefined;
  for (const row of shown) {
    const trace = byId.get(row.traceId);
    if (row.traceId !== current && trace !== undefined) {
      if (current !== undefined) lines.push('');
      lines.push(...headOf(trace, row, paint), columns(width, ['at', 'duration', 'self', 'status']));
      current = row.traceId;
    }
    lines.push(lineOf(row, labels.get(row.key) ?? '', width, { timeline, selves, paint }));
    const indentation = ' '.repeat(Math.min(row.depth, MAX_INDENTATION) * 2 + 2);
    for (const failure of failuresIn(row.entity)) lines.push(`${indentation}${paint(failure, row.status)}`);
  }
  const left = timeline.rows.length - shown.length;
  if (left > 0) lines.push(`… and ${left} more ${left === 1 ? 'row' : 'rows'}`);
  return lines.join('\n');
}

function headOf(
  trace: Trace,
  { link }: TimelineRow,
  paint: NonNullable<TraceTextOptions['paint']>,
): string[] {
  const { status, duration, startTime, isPartial } = summarizeTrace(trace, []);
  const ids = correlationIdsOf(entitiesOf(trace));
  const facts = [
    `${link === undefined ? 'Trace' : 'Linked trace'} ${trace.id}`,
    paint(status, status),
    formatDuration(duration),
    `began ${moment(startTime)}`,
    ...(isPartial ? ['partial: not everything has arrived or ended'] : []),
    ...(trace.dropped > 0 ? [`${trace.dropped} documents refused, because it was too large`] : []),
  ];
  if (ids.length === 0) return [facts.join(', ')];
  const more = ids.length > MAX_CORRELATION_IDS ? ` and ${ids.length - MAX_CORRELATION_IDS} more` : '';
  return [
    facts.join(', '),
    `Correlation id ${ids
      .slice(0, MAX_CORRELATION_IDS)
      .map((id) => short(id))
      .join(', ')}${more}`,
  ];
}

/** ISO 8601, or the number where it is no moment that a Date can hold. */
export function moment(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  return Number.isNaN(date.getTime()) ? `${epochSeconds} s` : date.toISOString();
}

function lineOf(
  { key, start, end, status, entity }: TimelineRow,
  label: string,
  width: number,
  {
    timeline,
    selves,
    paint,
  }: { timeline: Timeline; selves: ReadonlyMap<string, number> } & Pick<Required<TraceTextOptions>, 'paint'>,
): string {
  const duration = end === undefined ? 'running' : formatDuration(end - start);
  const cells = [formatDuration(start - timeline.start), duration, formatDuration(selves.get(key) ?? 0)];
  const text = columns(width, [...cells, ''], label);
  const details = detailsOf(entity);
  return `${text}${paint(status, status)}${details === '' ? '' : `  ${details}`}`;
}

function columns(
  width: number,
  [at = '', duration = '', self = '', status = '']: string[],
  label = '',
): string {
  return `${label.padEnd(width)}  ${at.padStart(8)}  ${duration.padStart(8)}  ${self.padStart(8)}  ${status}`;
}

function labelOf({ depth, entity, type, kind, orphan }: TimelineRow): string {
  const call = kind === 'subsegment' ? callName(entity) : undefined;
  const words = [
    entity.name,
    ...(call === undefined
      ? kind === 'segment' && type !== undefined
        ? [`(${type})`]
        : []
      : callWords(call)),
    ...(orphan ? ['(its parent has not arrived)'] : []),
  ];
  const deep = depth > MAX_INDENTATION ? `[${depth}] ` : '';
  return `${'  '.repeat(Math.min(depth, MAX_INDENTATION))}${deep}${short(words.join(' '), MAX_LABEL)}`;
}

function callWords({ operation, resource }: { operation?: string; resource?: string }): string[] {
  return [operation, resource].filter((word) => word !== undefined);
}

function detailsOf({ http }: Entity): string {
  const { method, url } = http?.request ?? {};
  const status = http?.response?.status;
  const words = [method, url, status === undefined ? undefined : `-> ${status}`];
  return short(words.filter((word) => word !== undefined).join(' '));
}

/** `TypeError: …`, a line for each exception that the entity itself has. */
function failuresIn({ cause }: Entity): string[] {
  // A text is the id of an exception that another entity has.
  if (cause === undefined || typeof cause === 'string') return [];
  const exceptions = cause.exceptions ?? [];
  const more = exceptions.length - MAX_EXCEPTIONS;
  return [
    ...exceptions.slice(0, MAX_EXCEPTIONS).map((exception) => `! ${exceptionText(exception)}`),
    ...(more > 0 ? [`! and ${more} more`] : []),
  ];
}

function exceptionText({ type = 'Error', message }: ExceptionData): string {
  return short(message === undefined || message === '' ? type : `${type}: ${message}`);
}

function short(text: string, length: number = MAX_DETAIL): string {
  return shortLine(text, length);
}
