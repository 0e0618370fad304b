/** A message that was published, and the forms in which endpoints get it. */
import { createHash } from 'node:crypto';
import { AwsApiError } from '../http/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { asText, parseObject } from '../json.ts';

export interface PublishedAttribute {
  /** `String`, `Number`, `Binary`, `String.Array`, or what a sender made of one of them. */
  readonly type: string;
  /** In base64, where it is binary. */
  readonly value: string;
  readonly isBinary: boolean;
}

/** What Publish, or an entry of PublishBatch, says of a message. */
export interface PublishedMessage {
  /** What the entry of a batch is called in the answer; undefined for Publish. */
  readonly entryId: string | undefined;
  /** What an endpoint gets that speaks this protocol. */
  readonly textFor: (protocol: string) => string;
  readonly subject: string | undefined;
  readonly attributes: ReadonlyMap<string, PublishedAttribute>;
  /** Of a FIFO topic. */
  readonly groupId: string | undefined;
  /** Of a FIFO topic; made of the text where none is given. */
  readonly deduplicationId: string;
}

export interface Notification extends PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly publishedAt: Date;
}

/** @throws AwsApiError for `MessageStructure` with a message that is not what it says. */
export function publishedMessages(parameters: URLSearchParams): PublishedMessage[] {
  const entries = [...parameters.keys()].flatMap(
    (name) => /^(PublishBatchRequestEntries\.member\.\d+\.)Id$/.exec(name)?.[1] ?? [],
  );
  return (entries.length > 0 ? entries : ['']).map((prefix) => {
    const value = (name: string): string | undefined => parameters.get(prefix + name) ?? undefined;
    const text = value('Message') ?? '';
    return {
      entryId: value('Id'),
      textFor: value('MessageStructure') === 'json' ? textByProtocol(text) : () => text,
      subject: value('Subject'),
      attributes: attributesIn(parameters, prefix),
      groupId: value('MessageGroupId'),
      deduplicationId: value('MessageDeduplicationId') ?? createHash('sha256').update(text).digest('hex'),
    };
  });
}

/** "Publish" of the SNS API reference: with the structure `json` there is a text for each protocol, and one for the rest. */
function textByProtocol(message: string): PublishedMessage['textFor'] {
  const texts = parseObject(message);
  const fallback = asText(texts?.default);
  if (texts === undefined || fallback === undefined) {
    const expected =
      'with MessageStructure json, Message is expected to be a JSON object with a text "default"';
    throw new AwsApiError(400, 'InvalidParameter', `Invalid parameter: ${expected}, but is ${message}`);
  }
  return (protocol) => (Object.hasOwn(texts, protocol) ? (asText(texts[protocol]) ?? fallback) : fallback);
}

function attributesIn(parameters: URLSearchParams, prefix: string): Map<string, PublishedAttribute> {
  const attributes = new Map<string, PublishedAttribute>();
  for (const [key, name] of parameters) {
    const entry = key.startsWith(prefix) ? key.slice(prefix.length) : '';
    const [, start] = /^(MessageAttributes\.entry\.\d+\.)Name$/.exec(entry) ?? [];
    if (start === undefined) continue;
    const type = parameters.get(`${prefix}${start}Value.DataType`) ?? '';
    const text = parameters.get(`${prefix}${start}Value.StringValue`);
    const binary = parameters.get(`${prefix}${start}Value.BinaryValue`);
    attributes.set(name, { type, value: text ?? binary ?? '', isBinary: text === null && binary !== null });
  }
  return attributes;
}

/** What an endpoint gets without raw delivery ("Parsing message formats" of the SNS guide). Nothing signs it here. */
export function envelopeOf(notification: Notification, protocol: string, subscriptionArn: string) {
  const { messageId, topicArn, subject, attributes, publishedAt } = notification;
  const host = `https://sns.${topicArn.split(':')[3] ?? ''}.amazonaws.com`;
  return {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject !== undefined && { Subject: subject }),
    Message: notification.textFor(protocol),
    Timestamp: publishedAt.toISOString(),
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: `${host}/SimpleNotificationService-0000000000000000000000.pem`,
    UnsubscribeURL: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
    ...(attributes.size > 0 && {
      MessageAttributes: Object.fromEntries(
        [...attributes].map(([name, { type, value }]) => [name, { Type: type, Value: value }]),
      ),
    }),
  };
}

/** The event of "Using Lambda with Amazon SNS". */
export function eventOf(notification: Notification, subscriptionArn: string): JsonObject {
  const { SigningCertURL, UnsubscribeURL, ...envelope } = envelopeOf(notification, 'lambda', subscriptionArn);
  const sns = {
    ...envelope,
    Subject: notification.subject ?? null,
    SigningCertUrl: SigningCertURL,
    UnsubscribeUrl: UnsubscribeURL,
    MessageAttributes: envelope.MessageAttributes ?? {},
  };
  return {
    Records: [
      { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns: sns },
    ],
  };
}

/** `MessageAttributes` of SQS, which raw delivery hands on. */
export function queueAttributesOf({ attributes }: Notification): JsonObject {
  return Object.fromEntries(
    [...attributes].map(([name, { type, value, isBinary }]) => [
      name,
      { DataType: type, ...(isBinary ? { BinaryValue: value } : { StringValue: value }) },
    ]),
  );
}
