import { assembleTrace } from '../../../../local/xray/assemble.ts';
import type { SegmentDocument } from '../../../../local/xray/document.ts';
import type { FilterSubject } from '../../../../local/xray/filter/facts.ts';
import { matchesFilter } from '../../../../local/xray/filter/matches-filter.ts';
import { parseFilter } from '../../../../local/xray/filter/parse-filter.ts';
import { summarizeTrace } from '../../../../local/xray/summary.ts';
import { TRACE_ID } from '../fixtures.ts';

/** A trace of these documents, as a filter is asked of it. */
export function subjectOf(
  documents: readonly SegmentDocument[],
  rest: Pick<FilterSubject, 'accountId' | 'groups'> = {},
): FilterSubject {
  const trace = assembleTrace(documents[0]?.trace_id ?? TRACE_ID, documents);
  return { trace, summary: summarizeTrace(trace, []), ...rest };
}

/** Whether the trace is found by the text of a filter expression. */
export function isFound(text: string, subject: FilterSubject): boolean {
  return matchesFilter(parseFilter(text), subject);
}
