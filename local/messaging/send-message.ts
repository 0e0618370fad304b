/** Sends messages to SQS and SNS, for what delivers events there, and makes topics: as plain requests of their protocols. */
import { unsignedFor } from '../aws/unsigned.ts';
import { asText, parseObject } from '../json.ts';
import { lastNameIn } from '../template/arns.ts';
import type { SubscriptionDefinition, TopicDefinition } from '../template/service.ts';
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
      Authorization: unsignedFor(queueArn),
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
  const parameters: Record<string, string> = {
    TopicArn: topicArn,
    ...(subject !== undefined && { Subject: subject }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    Message: text,
  };
  for (const [index, [name, { DataType, StringValue }]] of Object.entries(attributes).entries()) {
    const entry = `MessageAttributes.entry.${index + 1}`;
    parameters[`${entry}.Name`] = name;
    parameters[`${entry}.Value.DataType`] = DataType;
    parameters[`${entry}.Value.StringValue`] = StringValue;
  }
  await askTopics(endpoint, topicArn, 'Publish', parameters, traceHeader);
}

/** Makes a topic, unless there is one. @returns what its ARN is there. @throws Error with the message of SNS when it refuses. */
export async function createTopic(
  endpoint: string,
  { name, arn, attributes }: TopicDefinition,
): Promise<string> {
  const answer = await askTopics(endpoint, arn, 'CreateTopic', { Name: name, ...asParameters(attributes) });
  return /<TopicArn>([^<]*)</.exec(answer)?.[1] ?? arn;
}

/** @throws Error with the message of SNS when it refuses. */
export async function subscribe(
  endpoint: string,
  { topicArn, protocol, endpoint: target, attributes }: SubscriptionDefinition,
): Promise<void> {
  await askTopics(endpoint, topicArn, 'Subscribe', {
    TopicArn: topicArn,
    Protocol: protocol,
    Endpoint: target,
    ...asParameters(attributes),
  });
}

/** SNS's form of a map in the query protocol. */
export function asParameters(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [index, [key, value]] of Object.entries(attributes).entries()) {
    parameters[`Attributes.entry.${index + 1}.key`] = key;
    parameters[`Attributes.entry.${index + 1}.value`] = value;
  }
  return parameters;
}

async function askTopics(
  endpoint: string,
  topicArn: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
  traceHeader?: string,
): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': SNS_CONTENT_TYPE,
      Authorization: unsignedFor(topicArn),
      ...traceIn(traceHeader),
    },
    body: new URLSearchParams({ Action: action, Version: '2010-03-31', ...parameters }).toString(),
  });
  const answer = await response.text();
  if (response.ok) return answer;
  throw new Error(/<Message>([^<]*)</.exec(answer)?.[1] ?? `SNS answered ${response.status}`);
}

function traceIn(traceHeader: string | undefined): Record<string, string> {
  return traceHeader === undefined ? {} : { 'X-Amzn-Trace-Id': traceHeader };
}
