/** Where each part of Lantern local listens on 127.0.0.1. */
export interface LocalPorts {
  /** Of each API, by its place in the service. */
  readonly api: (index: number) => number;
  readonly console: number;
  /** The Lambda API, for `aws lambda invoke`. */
  readonly lambda: number;
  /** SNS and SQS. */
  readonly messaging: number;
  /** DynamoDB. */
  readonly tables: number;
  /** EventBridge Scheduler. */
  readonly scheduler: number;
  /** X-Ray's daemon, UDP and TCP. */
  readonly daemon: number;
}
