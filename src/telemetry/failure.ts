import { read } from '../redaction/walk/members.ts';

/** How failures are told apart, in X-Ray's words: the caller's mistake, too many calls, or the callee's failure. */
export interface FailureFlags {
  readonly error?: true;
  readonly throttle?: true;
  readonly fault?: true;
}

/** What AWS services call being throttled; many answer it with status 400 (the AWS SDK's own list). */
const THROTTLING_ERRORS: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** The flags of an HTTP status; none below 400. */
export function flagsOfStatus(status: number): FailureFlags {
  if (status === 429) return { error: true, throttle: true };
  if (status >= 500) return { fault: true };
  if (status >= 400) return { error: true };
  return {};
}

/**
 * The flags of something that was thrown. An HTTP error (`statusCode`) or an AWS SDK error (`$metadata`) says by its
 * status whose mistake it was, and an abort is the caller's own wish, unless it was for taking too long; anything else
 * is a fault.
 */
export function flagsOfError(thrown: unknown): FailureFlags {
  if (typeof thrown !== 'object' || thrown === null) return { fault: true };
  const name = read(thrown, 'name');
  if (
    field(read(thrown, '$retryable'), 'throttling') === true ||
    (typeof name === 'string' && THROTTLING_ERRORS.has(name))
  ) {
    return { error: true, throttle: true };
  }
  if (name === 'AbortError' && field(read(thrown, 'cause'), 'name') !== 'TimeoutError')
    return { error: true };
  const statusCode = read(thrown, 'statusCode');
  const status =
    typeof statusCode === 'number' ? statusCode : field(read(thrown, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' && status >= 400 ? flagsOfStatus(status) : { fault: true };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? read(value, name) : undefined;
}
