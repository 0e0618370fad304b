import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import type { DocumentSender } from './document-sender.ts';
import { OWN_NAMESPACE, withoutChildren } from './fit-document.ts';
import { INVALID_NAME_CHARACTERS, MAX_NAME_LENGTH } from './limits.ts';

/** Subsegments that were closed with their parent while their own work went on. */
const closedEarly = new WeakSet<Subsegment>();

/** Opens a subsegment that is sent when it closes. X-Ray refuses a document whose name holds other characters. */
export function open(parent: Segment | Subsegment, name: string, sender: DocumentSender): Subsegment {
  // In this order, because a cut may leave half of a character, which is no valid one.
  const validName = name.slice(0, MAX_NAME_LENGTH).replaceAll(INVALID_NAME_CHARACTERS, '_');
  const subsegment = parent.addNewSubsegment(validName === '' ? 'unnamed' : validName);
  subsegment.flush = () => sender.sendDocument(subsegment);
  return subsegment;
}

/** Closes and sends a subsegment; one that was closed early is sent again, now complete. */
export function close(subsegment: Subsegment): void {
  if (closedEarly.delete(subsegment)) {
    const { metadata } = subsegment as { metadata?: Record<string, Record<string, unknown>> };
    delete metadata?.[OWN_NAMESPACE]?.unfinished;
    Object.assign(subsegment, { end_time: Date.now() / 1000 });
    subsegment.flush();
  } else if (!subsegment.isClosed()) subsegment.close();
}

/**
 * Closes everything below that is still open, marked as such. The SDK holds a parent back until its last child has
 * closed: one child that never ends would cost its parent, and with it everything the invocation recorded.
 */
export function closeOpenChildren(subsegment: Subsegment): void {
  for (const child of [...(subsegment.subsegments ?? [])]) {
    closeOpenChildren(child);
    if (child.isClosed()) continue;
    child.addMetadata('unfinished', 'closed together with the invocation', OWN_NAMESPACE);
    child.close();
    closedEarly.add(child);
  }
}

/** Sends a subsegment and everything open below it as in progress. The complete documents replace these. */
export function sendInProgress(subsegment: Subsegment, sender: DocumentSender): void {
  if (!subsegment.isClosed()) sender.sendDocument(withoutChildren(subsegment));
  for (const child of subsegment.subsegments ?? []) sendInProgress(child, sender);
}
