import type { TextGuard } from '../../redaction/text-guard.ts';
import type { ExceptionDetail } from './exceptions.ts';
import { describeException } from './exceptions.ts';
import { flagsOfError } from './failure.ts';
import type { NewIds } from './new-ids.ts';
import type { Subsegment } from './subsegment.ts';

/** What {@link recordError} needs to know beside the error. */
export interface ErrorContext {
  /** Id of the exception that describes an error already. */
  readonly describedErrors: Map<unknown, string>;
  readonly detail: ExceptionDetail;
  /** What every text of the error passes. */
  readonly texts: TextGuard;
  readonly ids: NewIds;
}

/**
 * Records what was thrown. An error that passes through several subsegments is described once, by the innermost; the
 * others refer to it by id.
 *
 * @param remote whether it came from the other end of a call.
 */
export function recordError(
  subsegment: Subsegment,
  thrown: unknown,
  { describedErrors, detail, texts, ids }: ErrorContext,
  remote = false,
): void {
  Object.assign(subsegment, flagsOfError(thrown));
  const known = describedErrors.get(thrown);
  if (known !== undefined) {
    subsegment.cause = known;
    return;
  }
  const exceptions = describeException(thrown, { remote, detail, texts, ids });
  subsegment.cause = { working_directory: process.cwd(), exceptions };
  if (typeof thrown === 'object' && exceptions[0] !== undefined)
    describedErrors.set(thrown, exceptions[0].id);
}
