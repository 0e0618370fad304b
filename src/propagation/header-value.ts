/** No control characters: Node refuses to send them in a header. */
const PRINTABLE = /^[ -~]+$/;

/** X-Ray's own fields take 74 characters and senders add a few of theirs; more than this is noise. */
export const MAX_TRACE_HEADER_LENGTH = 1024;

/** Whether a value from outside may be sent on as it is. */
export function isHeaderValue(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength && PRINTABLE.test(value);
}
