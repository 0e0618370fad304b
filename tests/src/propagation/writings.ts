import type { Injection } from '../../../src/clients/injections.ts';

const attribute = 'message attribute `x-correlation-id`';
const inContext = '`custom["x-correlation-id"]` of the client context';
function member(of: string): string {
  return `member \`x-correlation-id\` of ${of}, where that is a JSON object`;
}

/** What the commands of our clients write where, for the table in docs/correlation.md: as metadata, and in the payload. */
const METADATA: Readonly<Record<string, string>> = {
  'SQS SendMessage': attribute,
  'SQS SendMessageBatch': `${attribute} of each entry`,
  'SNS Publish': attribute,
  'SNS PublishBatch': `${attribute} of each entry`,
  'Lambda Invoke': `${inContext}, when the caller waits for the answer`,
  'Lambda InvokeWithResponseStream': inContext,
};
const PAYLOAD: Readonly<Record<string, string>> = {
  'Lambda Invoke': `${member('`Payload`')}, for invocations of type \`Event\``,
  'Lambda InvokeAsync': member('`InvokeArgs`'),
  'EventBridge PutEvents': member('`Detail` of each entry'),
  'SFN StartExecution': `${member('`input`')}, for executions without a \`name\``,
  'SFN StartSyncExecution': member('`input`'),
  'Kinesis PutRecord': member('`Data`'),
  'Kinesis PutRecords': member('`Data` of each record'),
  'Firehose PutRecord': member('`Record.Data`'),
  'Firehose PutRecordBatch': member('`Data` of each record'),
  'Scheduler CreateSchedule': member('`Target.Input`'),
  'Scheduler UpdateSchedule': member('`Target.Input`'),
};

/** What one injection writes. Markdown. */
export function written({ client, command, payload }: Injection): string {
  const text = (payload ? PAYLOAD : METADATA)[`${client} ${command}`];
  if (text === undefined) {
    throw new Error(
      `Nothing says what ${client} ${command} carries: describe it in tests/src/propagation/writings.ts`,
    );
  }
  return text;
}
