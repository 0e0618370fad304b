const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * How large messages may be, in bytes. Some limits can be raised for one queue, topic or stream, and a client does not
 * know where that was done: then the default and the highest value both stand here, and neither may be crossed.
 */
export interface SizeLimits {
  readonly each: readonly number[];
  /** All messages of one request together. */
  readonly together: readonly number[];
}

/** The limits of every service that we add something to, with the AWS documentation page each is from. */
export const SIZE_LIMITS = {
  /** "Amazon SQS message quotas": 1 MiB with attributes; queues made before August 2025 may still say 256 KiB. */
  sqs: { each: [256 * KIB, MIB], together: [256 * KIB, MIB] },
  /** "Publishing large messages with Amazon SNS": 256 KiB with attributes, 1 MiB where the topic allows it. */
  sns: { each: [256 * KIB, MIB], together: [256 * KIB, MIB] },
  /** "PutEvents" of the EventBridge API reference: 1 MB; 256 KB where the higher quota has not arrived. */
  eventBridge: { each: [256 * KIB, 1_000_000, MIB], together: [256 * KIB, 1_000_000, MIB] },
  /** "Handle large records" of Kinesis Data Streams: 1 MiB, raised to at most 10; "PutRecords": 5 or 10 MiB. */
  kinesis: { each: [MIB, 10 * MIB], together: [5 * MIB, 10 * MIB] },
  /** "Amazon Data Firehose quota": 1,000 KiB before base64; 4 MiB for a batch. */
  firehose: { each: [1_000 * KIB], together: [4 * MIB] },
  /** "Step Functions service quotas": 256 KiB of input. */
  stepFunctions: { each: [256 * KIB], together: [] },
  /** "Target" of the EventBridge Scheduler API reference: 256 KB of input. */
  scheduler: { each: [256 * KIB], together: [] },
  /** "Lambda quotas": 1 MB for an asynchronous invocation; 256 KB where the higher quota has not arrived. */
  lambdaAsynchronous: { each: [256 * KIB, 1_000_000, MIB], together: [] },
  /** "Invoke" of the Lambda API reference: 3,583 bytes of base64. */
  lambdaClientContext: { each: [3_583], together: [] },
} as const satisfies Readonly<Record<string, SizeLimits>>;

/** Whether growing from `before` to `after` crosses none of the limits. What is beyond a limit already, stays so. */
export function staysWithin(limits: readonly number[], before: number, after: number): boolean {
  return limits.every((limit) => before > limit || after <= limit);
}

/** The bytes of a text or of binary data; nothing else has a size. */
export function byteLength(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return value instanceof Uint8Array ? value.byteLength : 0;
}
