import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import type { Capture } from '../capture.ts';

/** What a recorded invocation hands from function to function. */
export interface InvocationRecording {
  readonly root: Segment;
  /** What new subsegments hang under. Passed on by value: parallel branches cannot take each other's place. */
  readonly current: Subsegment;
  /** Fields of the incoming header that are not ours, sent along on every call. */
  readonly restOfHeader: ReadonlyArray<readonly [string, string]>;
  /** What annotates which subsegment: X-Ray indexes a limited number of them per trace. */
  readonly annotations: Set<string>;
  /** Id of the exception that describes an error: what rethrows it only refers to it. */
  readonly describedErrors: Map<unknown, string>;
  /** How the pipeline captures, once it has said so: what runs inside the invocation captures the same way. */
  capture?: Capture;
}
