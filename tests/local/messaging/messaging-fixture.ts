import { SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '@aws-sdk/client-sqs';
import type { Invoke, InvokeRequest, InvokeResponse } from '../../../local/lambda/invocation.ts';
import { MessagingServer } from '../../../local/messaging/messaging-server.ts';
import type { MessagingServerOptions } from '../../../local/messaging/messaging-server.ts';
import type {
  QueueDefinition,
  SubscriptionDefinition,
  TopicDefinition,
} from '../../../local/template/service.ts';

export const region = 'eu-central-1';
export const accountId = '000000000000';
export function queueArn(name: string): string {
  return `arn:aws:sqs:${region}:${accountId}:${name}`;
}

export function topicArn(name: string): string {
  return `arn:aws:sns:${region}:${accountId}:${name}`;
}

export function queue(name: string, attributes: Record<string, string> = {}): QueueDefinition {
  return { name, arn: queueArn(name), attributes };
}

export function topic(name: string, attributes: Record<string, string> = {}): TopicDefinition {
  return { name, arn: topicArn(name), attributes };
}

export function subscription(
  from: string,
  protocol: string,
  endpoint: string,
  attributes: Record<string, string> = {},
): SubscriptionDefinition {
  return { topicArn: topicArn(from), protocol, endpoint, attributes };
}

export function redrive(deadLetterQueue: string, maxReceiveCount: number): Record<string, string> {
  return {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(deadLetterQueue), maxReceiveCount }),
  };
}

/** A running server with real clients; `traceHeader` is on every request that these clients send. */
export async function startMessaging(options: Partial<MessagingServerOptions> = {}) {
  const errors: string[] = [];
  const server = new MessagingServer({
    queues: [],
    topics: [],
    subscriptions: [],
    region,
    accountId,
    port: 0,
    invoke: () => Promise.reject(new Error('No function is expected here.')),
    onError: (message) => errors.push(message),
    ...options,
  });
  const { url, warnings } = await server.start();
  const clients: { destroy(): void }[] = [];
  const configuration = { endpoint: url, region, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
  return {
    url,
    server,
    warnings,
    errors,
    queueUrl: (name: string) => `${url}/${accountId}/${name}`,
    sqs: (traceHeader?: string) => {
      const client = new SQSClient(configuration);
      sendHeader(client, traceHeader);
      clients.push(client);
      return client;
    },
    sns: (traceHeader?: string) => {
      const client = new SNSClient(configuration);
      sendHeader(client, traceHeader);
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) client.destroy();
      await server.stop();
    },
  };
}

function sendHeader(client: SQSClient | SNSClient, traceHeader: string | undefined): void {
  if (traceHeader === undefined) return;
  const stack = client.middlewareStack as SQSClient['middlewareStack'];
  stack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['X-Amzn-Trace-Id'] = traceHeader;
      return next(args);
    },
    { step: 'build' },
  );
}

/** Everything a queue gives within one long poll, with all attributes. */
export async function receive(sqs: SQSClient, queueUrl: string, seconds = 10): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: seconds,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  return (await sqs.send(command)).Messages ?? [];
}

export function succeeded(payload: unknown = null): InvokeResponse {
  return {
    requestId: 'request-1',
    payload: JSON.stringify(payload),
    traceId: '1-00000000-000000000000000000000001',
  };
}

export function threw(): InvokeResponse {
  return {
    ...succeeded({ errorType: 'Error', errorMessage: 'no' }),
    functionError: 'Unhandled',
    failure: 'error',
  };
}

/** A function that remembers how it was called. */
export function recorder(answer: (request: InvokeRequest) => InvokeResponse | Promise<InvokeResponse>) {
  const requests: InvokeRequest[] = [];
  const invoke: Invoke = async (request) => {
    requests.push(request);
    return answer(request);
  };
  return { requests, invoke };
}
