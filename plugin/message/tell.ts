/** Publishes a message in all its forms, or, where it could not be composed, what CloudWatch said. */
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { SNSClient } from '@aws-sdk/client-sns';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { AlarmMessage } from 'lambda-lantern-local/template';
import { chatOf, eventOf, mailOf, subjectOf } from 'lambda-lantern-local/template';

/** What a topic is given: a subject, and a text for each protocol that is to get one of its own. */
export interface Publication {
  readonly subject: string;
  /** By protocol of SNS; `default` for all others. */
  readonly forms: Readonly<Record<'default' | 'email' | 'https' | 'sms', string>>;
  /** What a subscription can filter by. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Programs that read a queue get JSON, mailboxes the mail, and the one HTTPS subscriber there is, Amazon Q, a custom notification. */
export function publicationOf(message: AlarmMessage): Publication {
  const { subject, text } = mailOf(message);
  return {
    subject,
    forms: {
      default: JSON.stringify(message),
      email: text,
      https: JSON.stringify(chatOf(message)),
      sms: subject,
    },
    attributes: {
      state: message.state,
      ...(message.urgency !== undefined && { urgency: message.urgency }),
    },
  };
}

/** What came, as it came: mailboxes read CloudWatch's own JSON, and Amazon Q shows it as it shows any alarm. */
export function rawPublicationOf(subject: string | undefined, raw: string, why: string): Publication {
  const line = subjectOf(subject ?? 'ALARM: a message that could not be composed');
  return {
    subject: line,
    forms: {
      default: raw,
      email: `The message could not be composed: ${why}. This is what CloudWatch said:\n\n${raw}`,
      https: raw,
      sms: line,
    },
    attributes: {},
  };
}

export async function publish(
  client: SNSClient,
  topicArn: string,
  { subject, forms, attributes }: Publication,
): Promise<void> {
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subject,
      MessageStructure: 'json',
      Message: JSON.stringify(forms),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }),
  );
}

/** @throws Error also when the bus takes the call and not the event. */
export async function putEvent(
  client: EventBridgeClient,
  bus: string,
  message: AlarmMessage,
  signal: AbortSignal,
): Promise<void> {
  const { Entries: [entry] = [] } = await client.send(
    new PutEventsCommand({ Entries: [{ ...eventOf(message), EventBusName: bus }] }),
    { abortSignal: signal },
  );
  if (entry?.ErrorCode !== undefined)
    throw Object.assign(new Error(entry.ErrorMessage ?? 'no reason given'), { name: entry.ErrorCode });
}
