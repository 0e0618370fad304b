import type { TimelineRow } from '../../xray/timeline.ts';
import { arrayOf, isRecord } from '../format/value.ts';

/**
 * What carried the request from one trace to another. Lambda links the traces of the messages that SQS delivered,
 * and nothing else; other senders link for reasons of their own.
 */
export function channelOf({ traceId, link }: TimelineRow, rows: readonly TimelineRow[]): string {
  const ends = [traceId, link?.fromTraceId];
  const linking = rows.find(
    (row) => ends.includes(row.traceId) && ends.some((end) => end !== row.traceId && linksTo(row, end)),
  );
  return linking?.type?.startsWith('AWS::Lambda') === true ? 'SQS' : 'a link';
}

/** The link may stand on either side: the page follows links both ways. */
function linksTo({ entity }: TimelineRow, traceId: string | undefined): boolean {
  const links = 'links' in entity ? arrayOf(entity.links) : [];
  return links.some((link) => isRecord(link) && link['trace_id'] === traceId);
}
