import { CORRELATION_ID_KEY } from '../propagation/correlation-id.ts';
import { injectPutEvents } from './inject/event-bridge.ts';
import * as firehose from './inject/firehose.ts';
import type { Injector } from './inject/injector.ts';
import * as kinesis from './inject/kinesis.ts';
import * as lambda from './inject/lambda.ts';
import { injectSchedule } from './inject/scheduler.ts';
import * as sns from './inject/sns.ts';
import * as sqs from './inject/sqs.ts';
import * as stepFunctions from './inject/step-functions.ts';

/** What carries the correlation id on one command of one AWS SDK v3 client. */
export interface Carrier {
  /** The client without its ending: `SQS` for `SQSClient`. */
  readonly client: string;
  /** The command without its ending: `SendMessage` for `SendMessageCommand`. */
  readonly command: string;
  /** What is written where, for people. */
  readonly writes: string;
  /** Whether it changes the caller's payload; `payload: false` switches these off. */
  readonly payload: boolean;
  readonly inject: Injector;
}

const attribute = `message attribute \`${CORRELATION_ID_KEY}\``;
const member = (place: string): string =>
  `member \`${CORRELATION_ID_KEY}\` of ${place}, where that is a JSON object`;

/** Everything that {@link observeClient} writes for the correlation id. A command may stand here more than once. */
export const carriers: readonly Carrier[] = [
  metadata('SQS', 'SendMessage', attribute, sqs.injectSendMessage),
  metadata('SQS', 'SendMessageBatch', `${attribute} of each entry`, sqs.injectSendMessageBatch),
  metadata('SNS', 'Publish', attribute, sns.injectPublish),
  metadata('SNS', 'PublishBatch', `${attribute} of each entry`, sns.injectPublishBatch),
  metadata(
    'Lambda',
    'Invoke',
    `\`custom["${CORRELATION_ID_KEY}"]\` of the client context, when the caller waits for the answer`,
    lambda.injectSynchronousInvoke,
  ),
  metadata(
    'Lambda',
    'InvokeWithResponseStream',
    `\`custom["${CORRELATION_ID_KEY}"]\` of the client context`,
    lambda.injectSynchronousInvoke,
  ),
  payload(
    'Lambda',
    'Invoke',
    `${member('`Payload`')}, for invocations of type \`Event\``,
    lambda.injectAsynchronousInvoke,
  ),
  payload('Lambda', 'InvokeAsync', member('`InvokeArgs`'), lambda.injectInvokeAsync),
  payload('EventBridge', 'PutEvents', member('`Detail` of each entry'), injectPutEvents),
  payload(
    'SFN',
    'StartExecution',
    `${member('`input`')}, for executions without a \`name\``,
    stepFunctions.injectStartExecution,
  ),
  payload('SFN', 'StartSyncExecution', member('`input`'), stepFunctions.injectStartSyncExecution),
  payload('Kinesis', 'PutRecord', member('`Data`'), kinesis.injectPutRecord),
  payload('Kinesis', 'PutRecords', member('`Data` of each record'), kinesis.injectPutRecords),
  payload('Firehose', 'PutRecord', member('`Record.Data`'), firehose.injectPutRecord),
  payload('Firehose', 'PutRecordBatch', member('`Data` of each record'), firehose.injectPutRecordBatch),
  payload('Scheduler', 'CreateSchedule', member('`Target.Input`'), injectSchedule),
  payload('Scheduler', 'UpdateSchedule', member('`Target.Input`'), injectSchedule),
];

/** Services whose commands hand messages on, and do not wait until they are handled. */
const BROKERS: ReadonlySet<string> = new Set(['SQS', 'SNS', 'EventBridge', 'Kinesis', 'Firehose']);

/** Whether a call hands a message, or a batch of them, to a broker. */
export function carriesMessage(service: string, operation: string): boolean {
  return (
    BROKERS.has(service) &&
    carriers.some(({ client, command }) => client === service && command === operation)
  );
}

function metadata(client: string, command: string, writes: string, inject: Injector): Carrier {
  return { client, command, writes, payload: false, inject };
}

function payload(client: string, command: string, writes: string, inject: Injector): Carrier {
  return { client, command, writes, payload: true, inject };
}
