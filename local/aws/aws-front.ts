/**
 * What stands here where AWS's addresses are: functions that call one are connected to this (runtime/aws-calls.ts). A call
 * goes on to where its service is served, with its own path and body; one of a service that nobody serves is refused at
 * once, in the words of its API, so that no client tries again.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import { close, listen } from '../http/loopback.ts';
import type { AwsHost } from '../lambda/runtime/aws-host.ts';
import { awsHostOf } from '../lambda/runtime/aws-host.ts';
import type { AwsEndpoints } from './aws-endpoints.ts';
import { sendApiError } from './api-error.ts';

export interface AwsFrontOptions {
  readonly endpoints: Pick<AwsEndpoints, 'targetOf'>;
  /** Replaces the AWS addresses of the service's own APIs, which answer here. */
  readonly localUrls?: (text: string) => string;
  /** Told of the first refused call of each service, in a sentence for people. */
  readonly onRefused: (message: string) => void;
}

/** Of a connection, and not of the request that came over it. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
];

export class AwsFront {
  readonly #options: AwsFrontOptions;
  readonly #http: Server;
  readonly #told = new Set<string>();

  constructor(options: AwsFrontOptions) {
    this.#options = options;
    this.#http = createGuardedServer({
      policy: POLICIES.awsFront,
      handle: (request, response) => this.#serve(request, response),
      fail: (error, response, request) =>
        sendApiError(request, response, { code: 'LanternFault', message: messageOf(error) }),
    });
  }

  /** @returns the port. */
  async start(): Promise<number> {
    return listen(this.#http, 'calls to AWS', { port: 0 });
  }

  async stop(): Promise<void> {
    await close(this.#http);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '' } = request.headers;
    const aws = awsHostOf(host.replace(/:\d+$/, ''));
    const asked = `https://${host}${request.url ?? '/'}`;
    const own = this.#options.localUrls?.(asked) ?? asked;
    if (own !== asked) {
      await this.#forward(request, response, new URL(own));
      return;
    }
    const target = aws === undefined ? undefined : this.#options.endpoints.targetOf(aws.service);
    if (aws === undefined || target === undefined) this.#refuse(request, response, host, aws);
    else await this.#forward(request, response, new URL(`${target}${pathOf(request, aws)}`));
  }

  #refuse(request: IncomingMessage, response: ServerResponse, host: string, aws: AwsHost | undefined): void {
    const label = aws?.label ?? host;
    const message =
      `Nothing serves ${label} here, and Lantern local lets no call to AWS (${host}) leave this machine. Set ` +
      `custom.lantern.local.endpoints.${label} to the address of an emulator, or to aws for AWS itself; see "Calls to AWS" in docs/local.md.`;
    if (!this.#told.has(label)) {
      this.#told.add(label);
      this.#options.onRefused(message);
    }
    request.resume();
    sendApiError(request, response, { code: 'LanternNoEndpoint', message, service: aws?.service });
  }

  async #forward(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.includes(name)),
    );
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const forwarded = send(url, { method: request.method ?? 'GET', headers, agent: false });
    forwarded.once('response', resolve).once('error', reject);
    // A caller that goes takes its call with it.
    response.once('close', () => forwarded.destroy());
    pipeline(request, forwarded).catch(reject);
    let answer: IncomingMessage;
    try {
      answer = await answered;
    } catch (error) {
      if (response.destroyed) return;
      sendApiError(request, response, {
        code: 'LanternEndpointFailed',
        message: `${url.origin}, where this call is sent instead of AWS, does not answer: ${messageOf(error)}`,
        service: awsHostOf(request.headers.host ?? '')?.service,
      });
      return;
    }
    const kept = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
    await pipeline(answer, response);
  }
}

/** A bucket in the host's name has no address on this machine: it goes into the path, as S3 takes it, too. */
function pathOf({ url = '/' }: IncomingMessage, { bucket }: AwsHost): string {
  return bucket === undefined ? url : `/${bucket}${url}`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === '' ? String(code) : error.message;
}
