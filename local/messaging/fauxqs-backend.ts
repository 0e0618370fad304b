import { buildApp } from 'fauxqs';
import { RequestError } from '../http/request-error.ts';
import type { JsonObject } from '../json.ts';
import { asRecord, asText, isObject, objectsIn, parseObject } from '../json.ts';

/** The account of every resource in fauxqs; it cannot be set. */
export const FAUXQS_ACCOUNT_ID = '000000000000';

export const SQS_CONTENT_TYPE = 'application/x-amz-json-1.0';
export const SNS_CONTENT_TYPE = 'application/x-www-form-urlencoded';

/** What a clock may differ from the time that has passed before it counts as set, in milliseconds: it is adjusted all the time. */
const CLOCK_TOLERANCE_MS = 500;

/** Of a request that looks through a queue: milliseconds by which its delayed messages become visible sooner. */
const SOONER = 'lantern-sooner';

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
  /** How far the clock was ahead of one that nobody sets when a request came last, milliseconds. */
  #clockOffset = Date.now() - performance.now();
  #clockFollowed: Promise<void> = Promise.resolve();

  constructor(region: string) {
    this.#app = buildApp({ logger: false, defaultRegion: region });
    // Whoever looks through a queue gets its delayed messages themselves, and nothing else leads to them.
    this.#app.addHook('preSerialization', ({ query }, _reply, payload, done) => {
      const sooner = isObject(query) ? Number(query[SOONER] ?? 0) : 0;
      const messages = isObject(payload) && isObject(payload.messages) ? payload.messages : {};
      for (const message of sooner > 0 ? objectsIn(messages.delayed) : [])
        Object.assign(message, { delayUntil: Number(message.delayUntil) - sooner });
      done(null, payload);
    });
  }

  /** @throws RequestError with the flaw `malformed` for a request that fauxqs stumbles over instead of refusing it. */
  async send(request: BackendRequest): Promise<BackendResponse> {
    await this.#followClock();
    return this.#send(request);
  }

  async #send(request: BackendRequest): Promise<BackendResponse> {
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
    const { statusCode, body } = await this.send(sqsRequest(action, input));
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
    await this.#followClock();
    const { ready, delayed, inflight } = asRecord((await this.#look(queueName)).messages) ?? {};
    const stored = (found: readonly unknown[]): StoredMessage[] => found.filter(isStoredMessage);
    return {
      visible: stored(objectsIn(ready)),
      delayed: stored(objectsIn(delayed)),
      notVisible: stored(objectsIn(inflight).map((entry) => entry.message)),
    };
  }

  /** Looks through a queue. @param sooner milliseconds by which its delayed messages become visible sooner */
  async #look(queueName: string, sooner = 0): Promise<JsonObject> {
    const url = `/_fauxqs/queues/${encodeURIComponent(queueName)}`;
    const reply = await this.#app.inject({ url, query: { [SOONER]: String(sooner) } });
    return parseObject(reply.body) ?? {};
  }

  /**
   * fauxqs knows when a message is visible again by the clock on the wall. Where that was set back, what waits would wait for as
   * much longer.
   */
  #followClock(): Promise<void> {
    const offset = Date.now() - performance.now();
    const setBack = this.#clockOffset - offset;
    this.#clockOffset = offset;
    if (setBack > CLOCK_TOLERANCE_MS)
      this.#clockFollowed = this.#clockFollowed.then(() => this.#makeVisibleSooner(setBack));
    return this.#clockFollowed;
  }

  async #makeVisibleSooner(milliseconds: number): Promise<void> {
    const queues: unknown = JSON.parse((await this.#app.inject('/_fauxqs/queues')).body);
    for (const { name, url: QueueUrl } of objectsIn(queues)) {
      const { attributes, messages } = await this.#look(String(name), milliseconds);
      const usual = Number(asRecord(attributes)?.VisibilityTimeout) * 1000;
      for (const { receiptHandle, visibilityDeadline } of objectsIn(asRecord(messages)?.inflight)) {
        const left = Number(visibilityDeadline) - Date.now();
        // It was received when the clock was set already, or waits no longer than any other.
        if (left <= usual) continue;
        const VisibilityTimeout = Math.max(0, Math.ceil((left - milliseconds) / 1000));
        await this.#send(
          sqsRequest('ChangeMessageVisibility', {
            QueueUrl,
            ReceiptHandle: receiptHandle,
            VisibilityTimeout,
          }),
        );
      }
    }
  }

  /** Answers every long poll that still waits, and ends. */
  async close(): Promise<void> {
    // A poll still on its way in would begin to wait after the others were answered. It takes the way of this request,
    // and has arrived when this one is answered.
    await this.sqs('ListQueues', {});
    await this.#app.close();
  }
}

function sqsRequest(action: string, input: JsonObject): BackendRequest {
  return { contentType: SQS_CONTENT_TYPE, target: `AmazonSQS.${action}`, body: JSON.stringify(input) };
}

function isStoredMessage(message: unknown): message is StoredMessage {
  return (
    isObject(message) &&
    typeof message.messageId === 'string' &&
    typeof message.body === 'string' &&
    typeof message.sentTimestamp === 'number'
  );
}
