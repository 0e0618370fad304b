import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import { OWN_NAMESPACE } from './fit-document.ts';
import { KeptSubsegment } from './kept-subsegment.ts';
import { INVALID_NAME_CHARACTERS, MAX_NAME_LENGTH } from './limits.ts';

/**
 * Opens a subsegment. X-Ray refuses a document whose name holds other characters.
 *
 * It knows the id of its parent, and the parent nothing of it. The SDK's own tree counts along all ancestors, searches
 * among all siblings, writes children into the document of their parent, and holds a parent back until its last
 * descendant has closed.
 */
export function open(root: Segment, parentId: string, name: string): Subsegment {
  // In this order, because a cut may leave half of a character, which is no valid one.
  const validName = name.slice(0, MAX_NAME_LENGTH).replaceAll(INVALID_NAME_CHARACTERS, '_');
  const subsegment = new KeptSubsegment(validName === '' ? 'unnamed' : validName);
  subsegment.segment = root;
  // What `format` makes of the parent and of the root. Another copy of the SDK reads the latter before that.
  return Object.assign(subsegment, {
    parent_id: parentId,
    trace_id: (root as { trace_id?: string }).trace_id,
  });
}

/** Closes a subsegment; one that was closed early is complete now. */
export function close(subsegment: Subsegment): void {
  const { metadata } = subsegment as { metadata?: Record<string, Record<string, unknown>> };
  delete metadata?.[OWN_NAMESPACE]?.unfinished;
  Object.assign(subsegment, { end_time: Date.now() / 1000 });
  delete subsegment.in_progress;
}

/** Closes what is still open when the invocation ends, marked as such. */
export function closeEarly(subsegment: Subsegment): void {
  close(subsegment);
  subsegment.addMetadata('unfinished', 'closed together with the invocation', OWN_NAMESPACE);
}
