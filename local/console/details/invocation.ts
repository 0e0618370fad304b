import type { TimelineRow } from '../../xray/timeline.ts';
import { isRecord, textOf } from '../format/value.ts';

/** The invocation of a function that a row is part of. */
export interface Invocation {
  readonly requestId: string;
  /** Epoch milliseconds, to be asked for log lines with. */
  readonly from: number;
  readonly to: number;
}

/** Lambda writes END and REPORT once the invocation has ended; its next try with the same request id comes later. */
const AFTER_END_MS = 100;

/** The longest that an invocation may take (Lambda, "Quotas"): one in progress has not ended after it. */
const LONGEST_MS = 15 * 60_000;

/**
 * The row itself or the nearest one above it that is an invocation: only segments of Lambda name one, the request ids of other
 * services are theirs. Undefined for what is not part of any.
 */
export function invocationOf(row: TimelineRow, rows: readonly TimelineRow[]): Invocation | undefined {
  const byKey = new Map(rows.map((each) => [each.key, each]));
  const seen = new Set<string>();
  let at: TimelineRow | undefined = row;
  while (at !== undefined && !seen.has(at.key)) {
    seen.add(at.key);
    const { aws } = at.entity;
    const requestId = isRecord(aws) ? textOf(aws['request_id']) : undefined;
    if (at.type?.startsWith('AWS::Lambda') === true && requestId !== undefined) {
      const from = Math.floor(at.start * 1000);
      const to = at.end === undefined ? from + LONGEST_MS : Math.ceil(at.end * 1000);
      return { requestId, from, to: to + AFTER_END_MS };
    }
    at = at.parentKey === undefined ? undefined : byKey.get(at.parentKey);
  }
  return undefined;
}
