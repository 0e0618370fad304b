import { createHash } from 'node:crypto';
import type { QueueTraffic } from '../cloudwatch/sources/queue-metrics.ts';
import type { BackendResponse, FauxqsBackend } from './fauxqs-backend.ts';
import { FAUXQS_ACCOUNT_ID, SQS_CONTENT_TYPE } from './fauxqs-backend.ts';
import type { JsonObject } from '../json.ts';
import { asObject, isObject, objectsIn, parseObject, stringsIn, without } from '../json.ts';
import type { TraceHeaders } from './trace-headers.ts';

export interface SqsRequest {
  /** `X-Amz-Target`, for example `AmazonSQS.SendMessage`. */
  readonly target: string;
  readonly body: string;
  /** What the body holds. */
  readonly input: JsonObject;
  /** `X-Amzn-Trace-Id` of the request. */
  readonly traceHeader: string | undefined;
  /** Where the caller reached us; queue URLs begin with it. */
  readonly origin: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

type OnMessages = (queueName: string, traffic: QueueTraffic, count: number) => void;

/** A long poll is made of waits this long (seconds), so that one whose caller has left soon ends. */
const MAX_WAIT = 1;

/**
 * SQS as its clients see it: fauxqs, and what fauxqs leaves out. Messages carry their trace header, queue URLs
 * point to us, and message attributes come only when asked for.
 */
export class SqsFront {
  readonly #backend: FauxqsBackend;
  readonly #traceHeaders: TraceHeaders;
  readonly #onMessages: OnMessages;

  constructor(backend: FauxqsBackend, traceHeaders: TraceHeaders, onMessages: OnMessages) {
    this.#onMessages = onMessages;
    this.#backend = backend;
    this.#traceHeaders = traceHeaders;
  }

  async handle(request: SqsRequest): Promise<BackendResponse> {
    const { input } = request;
    switch (request.target.replace('AmazonSQS.', '')) {
      case 'SendMessage':
      case 'SendMessageBatch':
        return this.#traceHeaders.whileAttaching(() => this.#send(request, input));
      case 'ReceiveMessage':
        return this.#receive(request, input);
      case 'DeleteMessage':
        return this.#delete(request, input, [input]);
      case 'DeleteMessageBatch':
        return this.#delete(request, input, objectsIn(input.Entries));
      case 'CreateQueue':
      case 'GetQueueUrl':
      case 'ListQueues':
        return changed(await this.#forward(request), (output) => this.#pointToUs(output, request.origin));
      default:
        return this.#forward(request);
    }
  }

  #forward({ target, body }: SqsRequest): Promise<BackendResponse> {
    return this.#backend.send({ contentType: SQS_CONTENT_TYPE, target, body });
  }

  async #send(request: SqsRequest, input: JsonObject): Promise<BackendResponse> {
    const entries = objectsIn(input.Entries);
    const response = await this.#forward(request);
    return changed(response, (output) => {
      const results = output.Successful === undefined ? [output] : objectsIn(output.Successful);
      this.#count(input, 'NumberOfMessagesSent', results.length);
      if (typeof output.MessageId === 'string') return this.#sent(input, output, request.traceHeader);
      const successful = objectsIn(output.Successful).map((result) => {
        const entry = entries.find(({ Id }) => Id === result.Id) ?? {};
        return this.#sent(entry, result, request.traceHeader);
      });
      return { ...output, Successful: successful };
    });
  }

  #sent(message: JsonObject, result: JsonObject, requestHeader: string | undefined): JsonObject {
    const attribute = traceHeaderAttribute(message);
    const header = attribute?.value ?? requestHeader;
    if (header !== undefined && typeof result.MessageId === 'string') {
      this.#traceHeaders.attach(result.MessageId, header);
    }
    return attribute === undefined ? result : { ...result, MD5OfMessageSystemAttributes: attribute.md5 };
  }

  async #receive(request: SqsRequest, input: JsonObject): Promise<BackendResponse> {
    const deadline =
      performance.now() + (typeof input.WaitTimeSeconds === 'number' ? input.WaitTimeSeconds : 0) * 1000;
    let response = await this.#receiveOnce(request, input);
    while (
      response.statusCode === 200 &&
      performance.now() < deadline &&
      !request.signal.aborted &&
      isEmpty(response)
    ) {
      response = await this.#receiveOnce(request, input);
    }
    if (request.signal.aborted) await this.#release(input.QueueUrl, response);
    await this.#traceHeaders.attached();

    const asked = [...stringsIn(input.AttributeNames), ...stringsIn(input.MessageSystemAttributeNames)];
    const wantsTraceHeader = asked.includes('All') || asked.includes('AWSTraceHeader');
    const wantsMessageAttributes = stringsIn(input.MessageAttributeNames).length > 0;
    return changed(response, (output) => {
      if (!Array.isArray(output.Messages)) return output;
      this.#count(input, 'NumberOfMessagesReceived', output.Messages.length);
      const messages = objectsIn(output.Messages).map((message) => {
        const header = this.#traceHeaders.received(String(message.MessageId), String(message.ReceiptHandle));
        const received =
          wantsTraceHeader && header !== undefined
            ? { ...message, Attributes: { ...asObject(message.Attributes), AWSTraceHeader: header } }
            : message;
        // fauxqs adds every message attribute when none was asked for; SQS adds none.
        return wantsMessageAttributes
          ? received
          : without(received, 'MessageAttributes', 'MD5OfMessageAttributes');
      });
      return { ...output, Messages: messages };
    });
  }

  #receiveOnce(request: SqsRequest, input: JsonObject): Promise<BackendResponse> {
    if (typeof input.WaitTimeSeconds !== 'number' || input.WaitTimeSeconds <= MAX_WAIT) {
      return this.#forward(request);
    }
    return this.#forward({ ...request, body: JSON.stringify({ ...input, WaitTimeSeconds: MAX_WAIT }) });
  }

  /** Messages for a caller who left would stay invisible until their timeout; the next one may have them now. */
  async #release(queueUrl: unknown, response: BackendResponse): Promise<void> {
    for (const { ReceiptHandle } of objectsIn(parseObject(response.body)?.Messages)) {
      const visibility = { QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 };
      await this.#backend.sqs('ChangeMessageVisibility', visibility);
    }
  }

  async #delete(
    request: SqsRequest,
    input: JsonObject,
    entries: readonly JsonObject[],
  ): Promise<BackendResponse> {
    const response = await this.#forward(request);
    if (response.statusCode !== 200) return response;
    const succeeded = new Set(objectsIn(parseObject(response.body)?.Successful).map(({ Id }) => Id));
    const deleted = entries.filter(({ Id }) => Id === undefined || succeeded.has(Id));
    for (const { ReceiptHandle } of deleted) this.#traceHeaders.deleted(String(ReceiptHandle));
    this.#count(input, 'NumberOfMessagesDeleted', deleted.length);
    return response;
  }

  #count({ QueueUrl }: JsonObject, traffic: QueueTraffic, messages: number): void {
    const queueName = String(QueueUrl).replace(/^.*\//, '');
    if (messages > 0) this.#onMessages(queueName, traffic, messages);
  }

  #pointToUs(output: JsonObject, origin: string): JsonObject {
    const name = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
    const here = (url: string): string => `${origin}/${FAUXQS_ACCOUNT_ID}/${name(url)}`;
    if (typeof output.QueueUrl === 'string') return { ...output, QueueUrl: here(output.QueueUrl) };
    return { ...output, QueueUrls: stringsIn(output.QueueUrls).map(here) };
  }
}

/** The answer with its JSON changed; an error stays as it is. */
function changed(response: BackendResponse, change: (output: JsonObject) => JsonObject): BackendResponse {
  const output = parseObject(response.body);
  if (response.statusCode !== 200 || output === undefined) return response;
  return { ...response, body: JSON.stringify(change(output)) };
}

function isEmpty(response: BackendResponse): boolean {
  return objectsIn(parseObject(response.body)?.Messages).length === 0;
}

/** `AWSTraceHeader` is the only system attribute that SQS lets a sender set. */
function traceHeaderAttribute(message: JsonObject): { value: string; md5: string } | undefined {
  const attribute = asObject(message.MessageSystemAttributes).AWSTraceHeader;
  if (!isObject(attribute) || typeof attribute.StringValue !== 'string') return undefined;
  const value = attribute.StringValue;
  return { value, md5: md5OfStringAttribute('AWSTraceHeader', value) };
}

/** The checksum of "Calculating the MD5 message digest for message attributes" (SQS developer guide). */
function md5OfStringAttribute(name: string, value: string): string {
  const withLength = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const stringValueFollows = Buffer.from([1]);
  return createHash('md5')
    .update(withLength(name))
    .update(withLength('String'))
    .update(stringValueFollows)
    .update(withLength(value))
    .digest('hex');
}
