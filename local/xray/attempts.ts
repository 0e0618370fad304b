import type { Entity } from './document.ts';
import type { TimelineRow } from './timeline.ts';

/** Which try of the same thing a row is. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/**
 * Rows that are tries of the same call, by their key: under one parent, one after the other, of one name, operation and
 * target, and each but the last one failed.
 */
export function attemptsOf(rows: readonly TimelineRow[]): ReadonlyMap<string, Attempt> {
  const attempts = new Map<string, Attempt>();
  const siblings = Map.groupBy(
    rows.filter(({ parentKey }) => parentKey !== undefined),
    (row) => JSON.stringify([row.parentKey, row.name, row.type, ...callOf(row.entity)]),
  );
  for (const calls of siblings.values()) {
    for (const tries of seriesIn(calls)) {
      if (tries.length < 2) continue;
      for (const [index, { key }] of tries.entries())
        attempts.set(key, { number: index + 1, of: tries.length });
    }
  }
  return attempts;
}

/** How often a client repeated the request of a call by itself, as it says: `aws.retries`. 0 where it says nothing. */
export function retriesOf({ aws }: Entity): number {
  const retries = aws?.['retries'];
  return typeof retries === 'number' && Number.isInteger(retries) && retries > 0 ? retries : 0;
}

function seriesIn(calls: readonly TimelineRow[]): TimelineRow[][] {
  const series: TimelineRow[][] = [];
  for (const call of calls) {
    const current = series.at(-1);
    const before = current?.at(-1);
    const isRepeated = before?.end !== undefined && hasFailed(before) && call.start >= before.end;
    if (isRepeated) current?.push(call);
    else series.push([call]);
  }
  return series;
}

function hasFailed({ status }: TimelineRow): boolean {
  return status === 'fault' || status === 'error' || status === 'throttle';
}

/** What tells calls of one name apart: PutItem and GetItem are no tries of the same. */
function callOf({ aws, http }: Entity): readonly unknown[] {
  const { request } = http ?? {};
  return [
    aws?.['operation'],
    aws?.['table_name'],
    aws?.['function_name'],
    aws?.['queue_url'],
    aws?.['topic_arn'],
    request?.method,
    request?.url,
  ].map((value) => value ?? null);
}
