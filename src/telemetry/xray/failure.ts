/** How X-Ray tells failures apart: the caller's mistake, too many calls, or the callee's failure. */
export interface FailureFlags {
  readonly error?: true;
  readonly throttle?: true;
  readonly fault?: true;
}

/** The flags of an HTTP status; none below 400. */
export function flagsOfStatus(status: number): FailureFlags {
  if (status === 429) return { error: true, throttle: true };
  if (status >= 500) return { fault: true };
  if (status >= 400) return { error: true };
  return {};
}

/**
 * The flags of something that was thrown. An HTTP error (`statusCode`) or an AWS SDK error (`$metadata`) says by its
 * status whose mistake it was; anything else is a fault.
 */
export function flagsOfError(thrown: unknown): FailureFlags {
  if (typeof thrown !== 'object' || thrown === null) return { fault: true };
  const { statusCode, $metadata } = thrown as {
    statusCode?: unknown;
    $metadata?: { httpStatusCode?: unknown };
  };
  const status = typeof statusCode === 'number' ? statusCode : $metadata?.httpStatusCode;
  return typeof status === 'number' && status >= 400 ? flagsOfStatus(status) : { fault: true };
}
