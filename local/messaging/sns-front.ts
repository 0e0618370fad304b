import { AwsApiError } from '../http/aws-error.ts';
import type { BackendResponse, FauxqsBackend, StoredMessage } from './fauxqs-backend.ts';
import { SNS_CONTENT_TYPE } from './fauxqs-backend.ts';
import { lastNameIn } from '../template/arns.ts';
import { parseObject } from '../json.ts';
import type { TraceHeaders } from './trace-headers.ts';

export interface SnsRequest {
  /** Form-encoded, the query protocol. */
  readonly body: string;
  /** `X-Amzn-Trace-Id` of the request. */
  readonly traceHeader: string | undefined;
}

/**
 * SNS as its clients see it: fauxqs, with the trace header of a publisher attached to every message that the
 * topic puts into a queue. fauxqs does not tell which messages those are, so they are found right after
 * publishing, among what the subscribed queues hold.
 */
export class SnsFront {
  readonly #backend: FauxqsBackend;
  readonly #traceHeaders: TraceHeaders;
  readonly #isHidden: (queueName: string) => boolean;
  readonly #onPublished: (topicName: string, count: number) => void;
  #lastPublish: Promise<unknown> = Promise.resolve();

  /** `isHidden` tells the queues whose subscriptions are not listed. */
  constructor(
    backend: FauxqsBackend,
    traceHeaders: TraceHeaders,
    isHidden: (queueName: string) => boolean,
    onPublished: (topicName: string, count: number) => void,
  ) {
    this.#onPublished = onPublished;
    this.#backend = backend;
    this.#traceHeaders = traceHeaders;
    this.#isHidden = isHidden;
  }

  async handle(request: SnsRequest): Promise<BackendResponse> {
    const parameters = new URLSearchParams(request.body);
    switch (parameters.get('Action') ?? '') {
      case 'Publish':
      case 'PublishBatch':
        return this.#traceHeaders.whileAttaching(() =>
          this.#oneAtATime(() => this.#publish(request, parameters)),
        );
      case 'ListSubscriptions':
      case 'ListSubscriptionsByTopic':
        return this.#withoutHidden(await this.#forward(request));
      default:
        return this.#forward(request);
    }
  }

  #forward({ body }: SnsRequest): Promise<BackendResponse> {
    return this.#backend.send({ contentType: SNS_CONTENT_TYPE, body });
  }

  /** Two publishers at once could take each other's messages for their own where the text is the same. */
  #oneAtATime<Result>(publish: () => Promise<Result>): Promise<Result> {
    const published = this.#lastPublish.then(publish);
    this.#lastPublish = published.catch(() => undefined);
    return published;
  }

  async #publish(request: SnsRequest, parameters: URLSearchParams): Promise<BackendResponse> {
    refuseProto(parameters);
    const hasForms = chooseForms(parameters);
    const startedAt = Date.now();
    const response = await this.#forward(hasForms ? { ...request, body: parameters.toString() } : request);
    if (response.statusCode !== 200) return response;
    const ids = elements(response.body, 'MessageId');
    const topicArn = parameters.get('TopicArn') ?? '';
    if (ids.length > 0) this.#onPublished(lastNameIn(topicArn), ids.length);
    if (request.traceHeader === undefined) return response;

    const texts = messageTexts(parameters);
    const isOurs = ({ messageId, body, sentTimestamp }: StoredMessage): boolean =>
      sentTimestamp >= startedAt &&
      !this.#traceHeaders.has(messageId) &&
      (texts.has(body) || ids.some((id) => body.includes(`"MessageId":"${id}"`)));

    for (const queueName of await this.#subscribedQueues(topicArn)) {
      for (const message of await this.#backend.messagesIn(queueName)) {
        if (isOurs(message)) this.#traceHeaders.attach(message.messageId, request.traceHeader);
      }
    }
    return response;
  }

  async #subscribedQueues(topicArn: string): Promise<Set<string>> {
    const listing = await this.#backend.sns('ListSubscriptionsByTopic', { TopicArn: topicArn });
    const endpoints = elements(listing, 'Endpoint').filter((endpoint) => endpoint.startsWith('arn:aws:sqs:'));
    return new Set(endpoints.map(lastNameIn));
  }

  #withoutHidden(response: BackendResponse): BackendResponse {
    const body = response.body.replaceAll(/<member>.*?<\/member>/gs, (member) =>
      elements(member, 'Endpoint').some((endpoint) => this.#isHidden(lastNameIn(endpoint))) ? '' : member,
    );
    return { ...response, body };
  }
}

/** @throws AwsApiError for a message attribute that fauxqs would lose without a word. */
function refuseProto(parameters: URLSearchParams): void {
  const lost = [...parameters].some(
    ([name, value]) => value === '__proto__' && /MessageAttributes\.entry\.\d+\.Name$/.test(name),
  );
  if (!lost) return;
  const message = "Lantern's SNS takes no message attribute with the name __proto__, which SNS itself would.";
  throw new AwsApiError(400, 'InvalidParameterValue', message);
}

/**
 * Puts the text for queues in the place of a message that has one for each protocol (`MessageStructure`), as fauxqs does not. Functions
 * get the same, since their subscriptions are queues here.
 *
 * @returns whether there was such a message.
 * @throws AwsApiError for forms without `default`, and for what is no JSON.
 */
function chooseForms(parameters: URLSearchParams): boolean {
  const structures = [...parameters].filter(
    ([name, value]) => /MessageStructure$/.test(name) && value === 'json',
  );
  for (const [name] of structures) {
    const messageName = name.replace(/Structure$/, '');
    const forms = parseObject(parameters.get(messageName) ?? '');
    const text = forms?.sqs ?? forms?.default;
    if (typeof forms?.default !== 'string' || typeof text !== 'string') {
      const why =
        forms === undefined ? 'JSON message body failed to parse' : 'No default entry in JSON message body';
      throw new AwsApiError(400, 'InvalidParameter', `Invalid parameter: Message Structure - ${why}`);
    }
    parameters.delete(name);
    parameters.set(messageName, text);
  }
  return structures.length > 0;
}

/** What was published, as raw delivery puts it into a queue: of one Publish, or of each entry of a batch. */
function messageTexts(parameters: URLSearchParams): Set<string> {
  const texts = [...parameters].filter(([name]) =>
    /^(PublishBatchRequestEntries\.member\.\d+\.)?Message$/.test(name),
  );
  return new Set(texts.map(([, text]) => text));
}

/** The texts of every `<name>` in an answer of SNS. What is read here, ids and ARNs, needs no unescaping. */
function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text ?? '');
}
