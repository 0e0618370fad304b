import AWSXRay from 'aws-xray-sdk-core';
import type { Segment } from 'aws-xray-sdk-core';

/** What came in with an invocation. */
export interface InvocationHeader {
  readonly traceId: string;
  /** Id of the segment that the Lambda service itself sends. */
  readonly parentId: string;
  /** Fields of the incoming header that are not ours, sent along on every call. */
  readonly restOfHeader: ReadonlyArray<readonly [string, string]>;
}

/**
 * The parent of everything an invocation records: a stand-in for the segment that the Lambda service itself sends.
 *
 * The SDK keeps one such stand-in per process and reads its trace id when a subsegment leaves, so documents of
 * overlapping invocations leave with each other's ids. A root per invocation cannot mix them up. It behaves as the
 * SDK's own does: it counts as closed and is never sent, and, because its counter never reaches zero, each
 * subsegment leaves on its own as it closes.
 */
export function createInvocationRoot({ traceId, parentId, restOfHeader }: InvocationHeader): Segment {
  const root = new AWSXRay.Segment('invocation', traceId);
  root.id = parentId;
  root.in_progress = false;
  root.isClosed = () => true;
  // What the SDK sends along with its own calls, `Lineage` among it.
  const additionalTraceData = Object.fromEntries(restOfHeader);
  return Object.assign(root, { counter: 1, additionalTraceData });
}
