/** Sends messages to the local SQS and SNS, for what delivers events there: as plain requests of their protocols. */
import { asText, parseObject } from '../json.ts';
import { lastNameIn } from '../template/arns.ts';
import { FAUXQS_ACCOUNT_ID, SNS_CONTENT_TYPE, SQS_CONTENT_TYPE } from './fauxqs-backend.ts';

export interface OutgoingMessage {
  readonly text: string;
  /** `X-Amzn-Trace-Id`, which goes along as it would in AWS. */
  readonly traceHeader?: string | undefined;
  /** SNS only. */
  readonly subject?: string;
  /** Of a FIFO queue or topic. */
  readonly groupId?: string | undefined;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
}

export interface MessageAttribute {
  readonly DataType: 'String' | 'Number';
  readonly StringValue: string;
}

/** @throws Error with the message of SQS when it refuses. */
export async function sendToQueue(
  endpoint: string,
  queueArn: string,
  message: OutgoingMessage,
): Promise<void> {
  const { text, traceHeader, groupId, attributes } = message;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': SQS_CONTENT_TYPE,
      'X-Amz-Target': 'AmazonSQS.SendMessage',
      ...traceIn(traceHeader),
    },
    body: JSON.stringify({
      QueueUrl: `${endpoint}/${FAUXQS_ACCOUNT_ID}/${lastNameIn(queueArn)}`,
      MessageBody: text,
      ...(attributes !== undefined && { MessageAttributes: attributes }),
      ...(groupId !== undefined && { MessageGroupId: groupId }),
    }),
  });
  const answer = await response.text();
  if (response.ok) return;
  const { message: why, Message = why } = parseObject(answer) ?? {};
  throw new Error(asText(Message) ?? `SQS answered ${response.status}: ${answer}`);
}

/** @throws Error with the message of SNS when it refuses. */
export async function publishToTopic(
  endpoint: string,
  topicArn: string,
  message: OutgoingMessage,
): Promise<void> {
  const { text, traceHeader, subject, groupId, attributes = {} } = message;
  const body = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: topicArn,
    ...(subject !== undefined && { Subject: subject }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    Message: text,
  });
  for (const [index, [name, { DataType, StringValue }]] of Object.entries(attributes).entries()) {
    const entry = `MessageAttributes.entry.${index + 1}`;
    body.set(`${entry}.Name`, name);
    body.set(`${entry}.Value.DataType`, DataType);
    body.set(`${entry}.Value.StringValue`, StringValue);
  }
  const headers = { 'Content-Type': SNS_CONTENT_TYPE, ...traceIn(traceHeader) };
  const response = await fetch(endpoint, { method: 'POST', headers, body: body.toString() });
  const answer = await response.text();
  if (response.ok) return;
  throw new Error(/<Message>([^<]*)</.exec(answer)?.[1] ?? `SNS answered ${response.status}`);
}

function traceIn(traceHeader: string | undefined): Record<string, string> {
  return traceHeader === undefined ? {} : { 'X-Amzn-Trace-Id': traceHeader };
}
