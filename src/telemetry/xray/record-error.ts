import type { TextGuard } from '../../redaction/text-guard.ts';
import type { ExceptionDetail } from '../describe-exception.ts';
import { describeException } from '../describe-exception.ts';
import { flagsOfError } from '../failure.ts';
import type { NewIds } from './new-ids.ts';
import type { Subsegment, XRayException } from './subsegment.ts';

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
  const described = describeException(thrown, { detail, texts });
  const idOf = described.map(() => ids.next());
  const exceptions = described.map(({ cause, ...exception }, at): XRayException => {
    const behind = cause === undefined ? undefined : idOf[cause];
    return {
      id: idOf[at] ?? '',
      ...exception,
      ...(remote && { remote }),
      ...(behind !== undefined && { cause: behind }),
    };
  });
  subsegment.cause = { working_directory: process.cwd(), exceptions };
  if (typeof thrown === 'object' && exceptions[0] !== undefined)
    describedErrors.set(thrown, exceptions[0].id);
}
