import { createServer } from 'node:http';
import { close, listen } from './http/loopback.ts';
import { XRayDaemon } from './xray/daemon.ts';
import { OTLP_PURPOSE } from './xray/otlp/otlp-server.ts';

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
  /** S3. */
  readonly buckets: number;
  /** EventBridge. */
  readonly events: number;
  /** EventBridge Scheduler. */
  readonly scheduler: number;
  /** X-Ray's daemon, UDP and TCP. */
  readonly daemon: number;
  /** OpenTelemetry over HTTP. Undefined is 4318, if no other program has it. */
  readonly otlp?: number | undefined;
}

/** Where what runs here answers in the place of AWS, by the variables that its clients read. */
export function engineUrls(ports: LocalPorts): Readonly<Record<`AWS_ENDPOINT_URL_${string}`, string>> {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    AWS_ENDPOINT_URL_DYNAMODB: at(ports.tables),
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: at(ports.tables),
    AWS_ENDPOINT_URL_SNS: at(ports.messaging),
    AWS_ENDPOINT_URL_SQS: at(ports.messaging),
    AWS_ENDPOINT_URL_S3: at(ports.buckets),
    AWS_ENDPOINT_URL_LAMBDA: at(ports.lambda),
    AWS_ENDPOINT_URL_EVENTBRIDGE: at(ports.events),
    AWS_ENDPOINT_URL_SCHEDULER: at(ports.scheduler),
    AWS_ENDPOINT_URL_XRAY: at(ports.console),
    AWS_ENDPOINT_URL_CLOUDWATCH: at(ports.console),
  };
}

/** How a port is chosen, for the message that says that one is taken. */
export const PORT_ADVICE = 'the option --port of `serverless local`, from which all others follow';
export const DAEMON_PORT_ADVICE = 'the option --daemon-port of `serverless local`';
export const OTLP_PORT_ADVICE = 'the option --otlp-port of `serverless local`';

/**
 * Finds out whether every port can be had, before anything is built or written. APIs beyond the first are known only
 * when the template has been compiled: of them, starting says it.
 *
 * @throws Error for people that names the first port that is taken.
 */
export async function checkPorts(ports: LocalPorts): Promise<void> {
  const purposes = [
    [ports.console, 'the console', PORT_ADVICE],
    [ports.api(0), 'the first API', PORT_ADVICE],
    [ports.lambda, 'the Lambda API', PORT_ADVICE],
    [ports.messaging, 'SNS and SQS', PORT_ADVICE],
    [ports.tables, 'DynamoDB', PORT_ADVICE],
    [ports.buckets, 'S3', PORT_ADVICE],
    [ports.events, 'EventBridge', PORT_ADVICE],
    [ports.scheduler, 'EventBridge Scheduler', PORT_ADVICE],
    ...(ports.otlp === undefined ? [] : [[ports.otlp, OTLP_PURPOSE, OTLP_PORT_ADVICE] as const]),
  ] as const;
  for (const [port, purpose, howToChoosePort] of purposes) {
    const server = createServer();
    await listen(server, purpose, { port, howToChoosePort });
    await close(server);
  }
  const ignore = (): void => undefined;
  const daemon = new XRayDaemon({
    port: ports.daemon,
    howToChoosePort: DAEMON_PORT_ADVICE,
    onDocument: ignore,
    onInvalid: ignore,
    answer: ignore,
  });
  await daemon.start();
  await daemon.stop();
}
