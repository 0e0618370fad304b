/**
 * The Lambda Runtime API (version 2018-06-01) of one execution environment: the runtime in the child process asks
 * for the next event and posts what came of it. Each environment has a listener of its own, because
 * `AWS_LAMBDA_RUNTIME_API` names a host and a port and nothing more.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { sendJson } from '../http/answer.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import { close, listen, LOOPBACK } from '../http/loopback.ts';
import { RequestError } from '../http/request-error.ts';
import type { ResponseStreamSink } from './invocation.ts';
import type { Answer } from './runtime-answer.ts';
import { readAnswer } from './runtime-answer.ts';
import { MAX_RESPONSE_PAYLOAD } from './limits.ts';

/** One event for the runtime. */
export interface RuntimeInvocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  /** Epoch milliseconds at which the function is out of time. */
  readonly deadline: number;
  readonly functionArn: string;
  readonly traceHeader: string;
  /** JSON. */
  readonly clientContext?: string;
  /** The caller's identity of Amazon Cognito, JSON: what mobile clients call with. */
  readonly identity?: string;
  /** Of a function that isolates its tenants. */
  readonly tenantId?: string;
  /** Gets a streamed response as it comes. */
  readonly onStream?: ResponseStreamSink;
}

export interface RuntimeApiListener {
  /** The runtime is ready for an event: after init, and after each answer. */
  onNext(): void;
  /** The function's answer to the event that was delivered. */
  onAnswer(answer: Answer): void;
  /** The runtime could not load the function. */
  onInitError(answer: Answer): void;
}

type State = 'starting' | 'waiting' | 'running' | 'answered' | 'failed';

/** What the runtime is told of requests that are refused as they stand. */
const ERROR_TYPES = {
  foreign: 'Forbidden',
  'too-large': 'RequestEntityTooLarge',
  malformed: 'InvalidRequest',
  'cut-off': 'InvalidRequest',
} as const;

const NEXT_PATH = '/2018-06-01/runtime/invocation/next';
const INIT_ERROR_PATH = '/2018-06-01/runtime/init/error';
const ANSWER_PATH = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;

export class RuntimeApi {
  readonly #server: Server;
  readonly #listener: RuntimeApiListener;
  #state: State = 'starting';
  #next: ServerResponse | undefined;
  #invocation: RuntimeInvocation | undefined;
  /** An answer that is being read. */
  #receiving: Promise<unknown> = Promise.resolve();

  constructor(listener: RuntimeApiListener) {
    this.#listener = listener;
    this.#server = createGuardedServer({
      // An idle environment keeps its connection for as long as it lives.
      keepAliveTimeout: 0,
      requestTimeout: 0,
      policy: POLICIES.runtimeApi,
      handle: (request, response) => this.#route(request, response),
      fail: (error, response) => {
        if (error instanceof RequestError)
          refuse(response, error.status, ERROR_TYPES[error.flaw], error.message);
        else refuse(response, 500, 'InternalServerError', String(error));
      },
    });
  }

  /** @returns `host:port`, for `AWS_LAMBDA_RUNTIME_API` */
  async listen(): Promise<string> {
    return `${LOOPBACK}:${await listen(this.#server, 'a Runtime API', { port: 0 })}`;
  }

  /** Answers the runtime's pending request for an event. To be called after `onNext` only, once for each. */
  deliver(invocation: RuntimeInvocation): void {
    const response = this.#next;
    if (this.#state !== 'waiting' || response === undefined) {
      throw new Error(`The runtime is not waiting for an event: it is ${this.#state}.`);
    }
    this.#next = undefined;
    this.#invocation = invocation;
    this.#state = 'running';
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadline),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      'Lambda-Runtime-Trace-Id': invocation.traceHeader,
      ...(invocation.clientContext !== undefined && {
        'Lambda-Runtime-Client-Context': headerBytes(invocation.clientContext),
      }),
      ...(invocation.identity !== undefined && {
        'Lambda-Runtime-Cognito-Identity': headerBytes(invocation.identity),
      }),
      ...(invocation.tenantId !== undefined && { 'Lambda-Runtime-Aws-Tenant-Id': invocation.tenantId }),
    });
    response.end(invocation.payload);
  }

  async close(): Promise<void> {
    await close(this.#server);
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const [, requestId, action] = ANSWER_PATH.exec(path) ?? [];
    if (method === 'GET' && path === NEXT_PATH) {
      // AWS's client for nodejs24.x does not wait until a streamed answer that failed is taken.
      await this.#receiving;
      this.#onNext(response);
    } else if (method === 'POST' && path === INIT_ERROR_PATH) {
      await this.#onInitError(request, response);
    } else if (method === 'POST' && requestId !== undefined) {
      const receiving = this.#onAnswer(request, response, requestId, action === 'error');
      this.#receiving = receiving.catch(() => undefined);
      await receiving;
    } else {
      refuse(response, 404, 'NotFound', `The Runtime API has no ${method} ${path}.`);
    }
  }

  #onNext(response: ServerResponse): void {
    if (this.#state !== 'starting' && this.#state !== 'answered') {
      this.#refuseState(response, 'next');
      return;
    }
    this.#state = 'waiting';
    this.#next = response;
    this.#listener.onNext();
  }

  async #onInitError(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#state !== 'starting') {
      this.#refuseState(response, 'init/error');
      return;
    }
    this.#state = 'failed';
    const { answer, tooLarge } = await readAnswer(request, true);
    acknowledge(response, tooLarge);
    this.#listener.onInitError(answer);
  }

  async #onAnswer(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    isError: boolean,
  ): Promise<void> {
    const refusal = () => this.#refuseAnswer(response, requestId, isError);
    if (refusal()) return;
    const { answer, tooLarge } = await readAnswer(request, isError, this.#invocation?.onStream);
    // An uncaught exception may have been reported while a streamed response was still open.
    if (refusal()) return;
    this.#state = 'answered';
    acknowledge(response, tooLarge);
    this.#listener.onAnswer(answer);
  }

  /** @returns whether the answer was refused */
  #refuseAnswer(response: ServerResponse, requestId: string, isError: boolean): boolean {
    if (this.#invocation?.requestId !== requestId) {
      refuse(response, 400, 'InvalidRequestID', `No event with the request id ${requestId} was delivered.`);
      return true;
    }
    if (this.#state !== 'running') {
      this.#refuseState(response, isError ? 'error' : 'response');
      return true;
    }
    return false;
  }

  #refuseState(response: ServerResponse, action: string): void {
    refuse(
      response,
      403,
      'InvalidStateTransition',
      `${action} is not allowed while the runtime is ${this.#state}.`,
    );
  }
}

function acknowledge(response: ServerResponse, tooLarge: boolean): void {
  const message = `Exceeded maximum allowed payload size (${MAX_RESPONSE_PAYLOAD} bytes).`;
  if (tooLarge) refuse(response, 413, 'RequestEntityTooLarge', message);
  else sendJson(response, 202, { status: 'OK' });
}

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  sendJson(response, status, { errorMessage, errorType });
}

/** JSON may hold any character, a header only bytes: the bytes of its UTF-8 form. */
function headerBytes(json: string): string {
  return Buffer.from(json, 'utf8').toString('latin1');
}
