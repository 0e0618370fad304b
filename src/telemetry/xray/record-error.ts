import type { Subsegment } from 'aws-xray-sdk-core';
import type { TextGuard } from '../../redaction/text-guard.ts';
import type { ExceptionDetail } from './exceptions.ts';
import { describeException } from './exceptions.ts';
import type { FailureFlags } from './failure.ts';
import { flagsOfError } from './failure.ts';

/** What {@link recordError} needs to know beside the error. */
export interface ErrorContext {
  /** Id of the exception that describes an error already. */
  readonly describedErrors: Map<unknown, string>;
  readonly detail: ExceptionDetail;
  /** What every text of the error passes. */
  readonly texts: TextGuard;
}

/** Sets the flags that are there; X-Ray wants the others absent. */
export function setFlags(subsegment: Subsegment, flags: FailureFlags): void {
  Object.assign(subsegment, flags);
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
  { describedErrors, detail, texts }: ErrorContext,
  remote = false,
): void {
  setFlags(subsegment, flagsOfError(thrown));
  const known = describedErrors.get(thrown);
  if (known !== undefined) {
    Object.assign(subsegment, { cause: known });
    return;
  }
  const exceptions = describeException(thrown, { remote, detail, texts });
  Object.assign(subsegment, { cause: { working_directory: process.cwd(), exceptions } });
  if (typeof thrown === 'object' && exceptions[0] !== undefined)
    describedErrors.set(thrown, exceptions[0].id);
}
