import type { Losses } from '../../xray/trace.ts';
import { plural } from '../format/text.ts';

/** Undefined when nothing was lost, and nothing will be when Lantern ends. */
export function lossesText({
  droppedDatagrams,
  evictedTraces,
  fileFailure,
  invalid,
  invalidReasons,
  refusedDocuments,
}: Losses): string | undefined {
  const parts = [
    evictedTraces > 0 && `${plural(evictedTraces, 'older trace')} dropped to make room`,
    refusedDocuments > 0 && `${plural(refusedDocuments, 'document')} refused because the trace was full`,
    droppedDatagrams > 0 && `${plural(droppedDatagrams, 'datagram')} lost because too many came at once`,
    invalid > 0 && `${plural(invalid, 'message')} received and not kept (${reasonsText(invalidReasons)})`,
  ].filter((part) => part !== false);
  const texts = [
    parts.length > 0 && `Not everything is shown: ${parts.join('; ')}.`,
    fileFailure !== undefined &&
      `Traces are in memory alone and end with Lantern: their file cannot be written (${fileFailure}).`,
  ].filter((text) => text !== false);
  return texts.length === 0 ? undefined : texts.join(' ');
}

/** The most frequent first: `InvalidTraceId 12, ParseError 1`. */
function reasonsText(reasons: Losses['invalidReasons']): string {
  return Object.entries(reasons)
    .sort(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
}
