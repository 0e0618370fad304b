import type { Subsegment } from 'aws-xray-sdk-core';
import { describeException } from './exceptions.ts';
import type { FailureFlags } from './failure.ts';
import { flagsOfError } from './failure.ts';

/** Subsegments that were closed with their parent while their own work went on. */
const closedEarly = new WeakSet<Subsegment>();

/** Namespace of the metadata that Lantern writes for itself. */
const OWN_NAMESPACE = 'lantern';

/** Sets the flags that are there; X-Ray wants the others absent. */
export function setFlags(subsegment: Subsegment, flags: FailureFlags): void {
  Object.assign(subsegment, flags);
}

/**
 * Records what was thrown. An error that passes through several subsegments is described once, by the innermost; the
 * others refer to it by id.
 */
export function recordError(
  subsegment: Subsegment,
  thrown: unknown,
  describedErrors: Map<unknown, string>,
  remote = false,
): void {
  setFlags(subsegment, flagsOfError(thrown));
  const known = describedErrors.get(thrown);
  if (known !== undefined) {
    Object.assign(subsegment, { cause: known });
    return;
  }
  const exceptions = describeException(thrown, remote);
  Object.assign(subsegment, { cause: { working_directory: process.cwd(), exceptions } });
  if (typeof thrown === 'object' && exceptions[0] !== undefined)
    describedErrors.set(thrown, exceptions[0].id);
}

/** Closes and sends a subsegment; one that was closed early is sent again, now complete. */
export function close(subsegment: Subsegment): void {
  if (closedEarly.delete(subsegment)) {
    delete (subsegment as { metadata?: Record<string, unknown> }).metadata?.[OWN_NAMESPACE];
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
