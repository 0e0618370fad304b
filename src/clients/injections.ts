import { injectPutEvents } from './inject/event-bridge.ts';
import * as firehose from './inject/firehose.ts';
import type { Injector } from './inject/injector.ts';
import * as kinesis from './inject/kinesis.ts';
import * as lambda from './inject/lambda.ts';
import { injectSchedule } from './inject/scheduler.ts';
import * as sns from './inject/sns.ts';
import * as sqs from './inject/sqs.ts';
import * as stepFunctions from './inject/step-functions.ts';

/** Where and how the correlation id is put into one command of one AWS SDK v3 client. */
export interface Injection {
  /** The client without its ending: `SQS` for `SQSClient`. */
  readonly client: string;
  /** The command without its ending: `SendMessage` for `SendMessageCommand`. */
  readonly command: string;
  /** Whether it changes the caller's payload; `payload: false` switches these off. */
  readonly payload: boolean;
  readonly inject: Injector;
}

/** Everything that {@link observeClient} writes for the correlation id. A command may stand here more than once. */
export const injections: readonly Injection[] = [
  metadata('SQS', 'SendMessage', sqs.injectSendMessage),
  metadata('SQS', 'SendMessageBatch', sqs.injectSendMessageBatch),
  metadata('SNS', 'Publish', sns.injectPublish),
  metadata('SNS', 'PublishBatch', sns.injectPublishBatch),
  metadata('Lambda', 'Invoke', lambda.injectSynchronousInvoke),
  metadata('Lambda', 'InvokeWithResponseStream', lambda.injectSynchronousInvoke),
  payload('Lambda', 'Invoke', lambda.injectAsynchronousInvoke),
  payload('Lambda', 'InvokeAsync', lambda.injectInvokeAsync),
  payload('EventBridge', 'PutEvents', injectPutEvents),
  payload('SFN', 'StartExecution', stepFunctions.injectStartExecution),
  payload('SFN', 'StartSyncExecution', stepFunctions.injectStartSyncExecution),
  payload('Kinesis', 'PutRecord', kinesis.injectPutRecord),
  payload('Kinesis', 'PutRecords', kinesis.injectPutRecords),
  payload('Firehose', 'PutRecord', firehose.injectPutRecord),
  payload('Firehose', 'PutRecordBatch', firehose.injectPutRecordBatch),
  payload('Scheduler', 'CreateSchedule', injectSchedule),
  payload('Scheduler', 'UpdateSchedule', injectSchedule),
];

function metadata(client: string, command: string, inject: Injector): Injection {
  return { client, command, payload: false, inject };
}

function payload(client: string, command: string, inject: Injector): Injection {
  return { client, command, payload: true, inject };
}

/** Services whose commands hand messages on, and do not wait until they are handled. */
const BROKERS: ReadonlySet<string> = new Set(['SQS', 'SNS', 'EventBridge', 'Kinesis', 'Firehose']);

/** Whether a call hands a message, or a batch of them, to a broker. */
export function carriesMessage(service: string, operation: string): boolean {
  return (
    BROKERS.has(service) &&
    injections.some(({ client, command }) => client === service && command === operation)
  );
}
