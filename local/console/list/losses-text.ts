import type { Losses } from '../../xray/trace.ts';
import { plural } from '../format/text.ts';

/** Undefined when nothing was lost. */
export function lossesText({
  droppedDatagrams,
  evictedTraces,
  invalid,
  refusedDocuments,
}: Losses): string | undefined {
  const parts = [
    evictedTraces > 0 && `${plural(evictedTraces, 'older trace')} dropped to make room`,
    refusedDocuments > 0 && `${plural(refusedDocuments, 'document')} refused because the trace was full`,
    droppedDatagrams > 0 && `${plural(droppedDatagrams, 'datagram')} lost because too many came at once`,
    invalid > 0 &&
      `${plural(invalid, 'message')} received that ${invalid === 1 ? 'was' : 'were'} not valid X-Ray`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : `Not everything is shown: ${parts.join('; ')}.`;
}
