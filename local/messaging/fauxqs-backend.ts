import { buildApp } from 'fauxqs';
import { RequestError } from '../http/request-error.ts';
import type { JsonObject } from '../json.ts';
import { asText, isObject, objectsIn, parseObject } from '../json.ts';

/** The account of every resource in fauxqs; it cannot be set. */
export const FAUXQS_ACCOUNT_ID = '000000000000';

export const SQS_CONTENT_TYPE = 'application/x-amz-json-1.0';
export const SNS_CONTENT_TYPE = 'application/x-www-form-urlencoded';

export interface BackendRequest {
  readonly contentType: string;
  /** `X-Amz-Target`: the action of an SQS request. */
  readonly target?: string;
  readonly body: string;
}

export interface BackendResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A message in a queue, as far as anything here looks at it. */
export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly sentTimestamp: number;
}

/** What a queue holds at one moment. */
export interface QueueContents {
  readonly visible: readonly StoredMessage[];
  /** Received and not yet deleted. */
  readonly notVisible: readonly StoredMessage[];
  readonly delayed: readonly StoredMessage[];
}

/**
 * SNS and SQS of one region, in memory and listening nowhere: requests go in by function call. The caller's
 * `Authorization` never does, for fauxqs would take its region and look for resources that are not there.
 */
export class FauxqsBackend {
  readonly #app: ReturnType<typeof buildApp>;

  constructor(region: string) {
    this.#app = buildApp({ logger: false, defaultRegion: region });
  }

  /** @throws RequestError with the flaw `malformed` for a request that fauxqs stumbles over instead of refusing it. */
  async send(request: BackendRequest): Promise<BackendResponse> {
    const reply = await this.#app.inject({
      method: 'POST',
      url: '/',
      headers: {
        'content-type': request.contentType,
        ...(request.target === undefined ? {} : { 'x-amz-target': request.target }),
      },
      payload: request.body,
    });
    if (reply.statusCode >= 500) {
      const reason = asText(parseObject(reply.body)?.message) ?? reply.body;
      throw new RequestError('malformed', `The request cannot be read: ${reason}`);
    }
    const headers: Record<string, string> = {};
    for (const name of ['content-type', 'x-amzn-query-error']) {
      const value = reply.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    return { statusCode: reply.statusCode, headers, body: reply.body };
  }

  /** @throws Error with the answer of SQS when it refuses. */
  async sqs(action: string, input: JsonObject): Promise<JsonObject> {
    const { statusCode, body } = await this.send({
      contentType: SQS_CONTENT_TYPE,
      target: `AmazonSQS.${action}`,
      body: JSON.stringify(input),
    });
    if (statusCode !== 200) throw new Error(`SQS refused ${action}: ${body}`);
    return parseObject(body) ?? {};
  }

  /** @throws Error with the answer of SNS, XML like every answer of it, when it refuses. */
  async sns(action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const { statusCode, body } = await this.send({
      contentType: SNS_CONTENT_TYPE,
      body: new URLSearchParams({ Action: action, ...parameters }).toString(),
    });
    if (statusCode !== 200) throw new Error(`SNS refused ${action}: ${body}`);
    return body;
  }

  /** The messages of a queue, as SQS counts them, without receiving any. */
  async contentsOf(queueName: string): Promise<QueueContents> {
    const reply = await this.#app.inject(`/_fauxqs/queues/${encodeURIComponent(queueName)}`);
    const messages = parseObject(reply.body)?.messages;
    const { ready, delayed, inflight } = isObject(messages) ? messages : {};
    const stored = (found: readonly unknown[]): StoredMessage[] => found.filter(isStoredMessage);
    return {
      visible: stored(objectsIn(ready)),
      delayed: stored(objectsIn(delayed)),
      notVisible: stored(objectsIn(inflight).map((entry) => entry.message)),
    };
  }

  /** Answers every long poll that still waits, and ends. */
  async close(): Promise<void> {
    // A poll still on its way in would begin to wait after the others were answered. It takes the way of this request,
    // and has arrived when this one is answered.
    await this.sqs('ListQueues', {});
    await this.#app.close();
  }
}

function isStoredMessage(message: unknown): message is StoredMessage {
  return (
    isObject(message) &&
    typeof message.messageId === 'string' &&
    typeof message.body === 'string' &&
    typeof message.sentTimestamp === 'number'
  );
}
