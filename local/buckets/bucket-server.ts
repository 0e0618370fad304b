/** S3 on a port of 127.0.0.1, with the buckets of the service in it. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from '../http/body.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { RequestPolicy } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen } from '../http/loopback.ts';
import { RequestError } from '../http/request-error.ts';
import { messageOf } from '../message-of.ts';
import type { BucketDefinition } from '../template/service.ts';
import { answerS3 } from './answer-s3.ts';
import { corsHeaders, isPreflight, ruleFor } from './bucket-cors.ts';
import type { BucketStoreOptions } from './bucket-store.ts';
import { BucketStore } from './bucket-store.ts';
import { hostIdOf } from './object-event.ts';
import { S3Error } from './s3-error.ts';
import type { S3Answer } from './s3-exchange.ts';
import { newRequestId } from './s3-exchange.ts';
import type { S3Address } from './s3-operation.ts';
import { addressOf, checkExpiry, operationOf } from './s3-operation.ts';

export interface BucketServerOptions extends BucketStoreOptions, PortOptions {
  readonly buckets: readonly BucketDefinition[];
}

/** Bytes of a request. S3 takes 5 GB in one; here all of it is in memory, and larger objects come in parts. */
const MAX_REQUEST_BYTES = 1024 ** 3;

export class BucketServer {
  readonly #options: BucketServerOptions;
  readonly #store: BucketStore;
  readonly #http: Server;

  constructor(options: BucketServerOptions) {
    this.#options = options;
    this.#store = new BucketStore(options);
    this.#http = createGuardedServer({
      policy: (request) => this.#policyFor(request),
      handle: (request, response) => this.#serve(request, response),
      fail: (error, response, request) => sendError(request, response, toS3Error(error)),
    });
  }

  /**
   * Makes the buckets and listens.
   *
   * @throws Error when the port is taken or a bucket's name is refused.
   */
  async start(): Promise<{ url: string }> {
    await this.update(this.#options.buckets);
    const port = await listen(this.#http, 'S3', this.#options);
    return { url: `http://127.0.0.1:${port}` };
  }

  /** Has these buckets: see `BucketStore.define`. */
  async update(buckets: readonly BucketDefinition[]): Promise<void> {
    await this.#store.define(buckets);
  }

  async stop(): Promise<void> {
    await close(this.#http);
    await this.#store.close();
  }

  /**
   * Programs may use everything. A page may do what the bucket's CORS lets it, if its request is signed in any way; a link or a
   * picture needs a presigned address.
   */
  #policyFor(request: IncomingMessage): RequestPolicy {
    const { origin } = request.headers;
    const isLink = origin === undefined && (request.method === 'GET' || request.method === 'HEAD');
    const address = addressIn(request);
    if (isLink && address !== undefined && isPresigned(address)) return POLICIES.bucketPages;
    if (origin === undefined || address === undefined) return POLICIES.awsApi;
    const mayUse = isPreflight(request) || isSigned(request, address);
    return mayUse && this.#ruleFor(request, address) !== undefined ? POLICIES.bucketPages : POLICIES.awsApi;
  }

  #ruleFor(request: IncomingMessage, { bucket }: S3Address): ReturnType<typeof ruleFor> {
    return ruleFor(this.#store.definitionOf(bucket ?? '')?.cors ?? [], request);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const address = addressOf(headers.host ?? '', request.url ?? '/');
    const rule = this.#ruleFor(request, address);
    if (rule !== undefined)
      for (const [name, value] of corsHeaders(rule, request)) response.setHeader(name, value);
    if (isPreflight(request)) {
      request.resume();
      if (rule === undefined)
        throw new S3Error(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
      send(request, response, { status: 200 }, newRequestId());
      return;
    }
    checkExpiry(address.query, Date.now());
    const operation = operationOf(method, address, headers);
    const body = await readBody(request, MAX_REQUEST_BYTES);
    const requestId = newRequestId();
    const { bucket = '', key = '', query } = address;
    const origin = `http://${headers.host ?? ''}`;
    const answer = await answerS3(this.#store, {
      operation,
      bucket,
      key,
      query,
      headers,
      body,
      requestId,
      origin,
    });
    send(request, response, answer, requestId);
  }
}

function addressIn(request: IncomingMessage): S3Address | undefined {
  try {
    return addressOf(request.headers.host ?? '', request.url ?? '/');
  } catch {
    return undefined;
  }
}

function isPresigned({ query }: S3Address): boolean {
  return query.has('X-Amz-Signature') || query.has('Signature');
}

/** A form has its signature in its fields, which are read later. */
function isSigned({ method, headers }: IncomingMessage, address: S3Address): boolean {
  return (
    isPresigned(address) ||
    headers.authorization !== undefined ||
    (method === 'POST' && address.key === undefined)
  );
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body = '' }: S3Answer,
  requestId: string,
): void {
  const ids = { 'x-amz-request-id': requestId, 'x-amz-id-2': hostIdOf(requestId) };
  const length =
    status === 204 || status === 304 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...length, ...headers, ...ids });
  response.end(method === 'HEAD' ? undefined : body);
}

function sendError(request: IncomingMessage, response: ServerResponse, error: S3Error): void {
  request.resume();
  const requestId = newRequestId();
  const hasBody = request.method !== 'HEAD' && error.status !== 304;
  const [resource = '/'] = (request.url ?? '/').split('?');
  send(
    request,
    response,
    {
      status: error.status,
      headers: { ...error.headers, ...(hasBody && { 'content-type': 'application/xml' }) },
      body: hasBody ? error.toXml(resource, requestId) : '',
    },
    requestId,
  );
}

function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof BodyTooLargeError) {
    return new S3Error(
      400,
      'EntityTooLarge',
      `Your proposed upload of ${error.size} bytes exceeds what is taken at once here, ${MAX_REQUEST_BYTES}: send it in parts, by a multipart upload.`,
    );
  }
  if (error instanceof RequestError) {
    const code = error.flaw === 'foreign' ? 'AccessDenied' : 'InvalidRequest';
    const which =
      error.flaw === 'foreign' ? ' The CorsConfiguration of a bucket in the template lets pages in.' : '';
    return new S3Error(error.status, code, `${error.message}${which}`);
  }
  return new S3Error(500, 'InternalError', messageOf(error));
}
