import AWSXRay from 'aws-xray-sdk-core';
import type { Segment } from 'aws-xray-sdk-core';
import type { TraceHeader } from '../../propagation/trace-header.ts';

/**
 * The parent of everything an invocation records: a stand-in for the segment that the Lambda service itself sends.
 *
 * The SDK keeps one such stand-in per process and reads its trace id when a subsegment leaves, so documents of
 * overlapping invocations leave with each other's ids. A root per invocation cannot mix them up. It behaves as the
 * SDK's own does: it counts as closed and is never sent, and, because its counter never reaches zero, each
 * subsegment leaves on its own as it closes.
 */
export function createInvocationRoot(header: TraceHeader & { root: string; parent: string }): Segment {
  const root = new AWSXRay.Segment('invocation', header.root);
  root.id = header.parent;
  root.in_progress = false;
  root.isClosed = () => true;
  // What the SDK sends along with its own calls, `Lineage` among it.
  const additionalTraceData = Object.fromEntries(header.rest);
  return Object.assign(root, { counter: 1, additionalTraceData });
}
