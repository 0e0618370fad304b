/**
 * The Invoke operation of the Lambda API, as `@aws-sdk/client-lambda`, the AWS CLI and curl call it:
 * `POST /2015-03-31/functions/{name or ARN}/invocations`. Requests need not be signed.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendEmpty } from '../http/answer.ts';
import { AwsApiError } from '../http/aws-error.ts';
import { readBody } from '../http/body.ts';
import { RequestError } from '../http/request-error.ts';
import { targetOf } from '../http/target.ts';
import type { FunctionNotRun } from '../template/service.ts';
import { functionReference, header, invalidParameterValue } from './api-request.ts';
import { AsyncInvocations } from './async-invocations.ts';
import type { AsyncInvocationsOptions } from './async-invocations.ts';
import type { InvokeRequest, InvokeResponse } from './invocation.ts';
import { refuseNotRun } from './invocation.ts';
import { CONFIGURATION_OPERATIONS } from './configuration-api.ts';
import { MAX_ASYNC_PAYLOAD, MAX_REQUEST_PAYLOAD } from './limits.ts';

export interface InvokeApiOptions extends AsyncInvocationsOptions {
  /** The deployed names: an asynchronous call of any other is refused at once. */
  readonly functionNames: readonly string[];
  /** Those that are refused with the reason why they are not run; none where undefined. */
  readonly functionsNotRun?: readonly FunctionNotRun[];
}

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/;

export class InvokeApi {
  readonly #options: InvokeApiOptions;
  readonly #events: AsyncInvocations;
  #functions: Pick<InvokeApiOptions, 'functionNames' | 'functionsNotRun'>;

  constructor(options: InvokeApiOptions) {
    this.#options = options;
    this.#functions = options;
    this.#events = new AsyncInvocations(options);
  }

  /** Takes calls of these functions and no others. */
  update(functions: Pick<InvokeApiOptions, 'functionNames' | 'functionsNotRun'>): void {
    this.#functions = functions;
  }

  /** @throws AwsApiError for a request that is no Invoke, or whose function does not exist. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { functionNames, functionsNotRun } = this.#functions;
    const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
    const functionName = invokedFunction(request);
    refuseNotRun(functionName, functionsNotRun);
    if (!functionNames.includes(functionName)) {
      throw new AwsApiError(404, 'ResourceNotFoundException', `Function not found: ${functionName}`);
    }
    const invokeRequest = { ...(await readRequest(request, functionName, type)), requestId: randomUUID() };
    response.setHeader('x-amzn-RequestId', invokeRequest.requestId);
    switch (type) {
      case 'DryRun':
        sendEmpty(response, 204);
        return;
      case 'Event':
        this.#events.accept(invokeRequest);
        sendEmpty(response, 202);
        return;
      case 'RequestResponse':
        sendResult(
          response,
          await this.#options.invoke(invokeRequest),
          header(request, 'x-amz-log-type') === 'Tail',
        );
        return;
      default: {
        const message = `The invocation type is ${type}: expected RequestResponse, Event or DryRun.`;
        throw invalidParameterValue(message);
      }
    }
  }

  /** Drops waiting retries and waits for asynchronous invocations under way. */
  async stop(): Promise<void> {
    await this.#events.stop();
  }
}

async function readRequest(
  request: IncomingMessage,
  functionName: string,
  type: string,
): Promise<InvokeRequest> {
  const body = await readBody(request, type === 'Event' ? MAX_ASYNC_PAYLOAD : MAX_REQUEST_PAYLOAD);
  // A call without a payload is a call with an empty event.
  const payload = body.length === 0 ? '{}' : body.toString();
  const traceHeader = header(request, 'x-amzn-trace-id');
  const clientContext = header(request, 'x-amz-client-context');
  const tenantId = header(request, 'x-amz-tenant-id');
  checkJson(payload);
  return {
    functionName,
    payload,
    ...(traceHeader !== undefined && { traceHeader }),
    ...(clientContext !== undefined && { clientContext }),
    ...(tenantId !== undefined && { tenantId }),
  };
}

function sendResult(response: ServerResponse, result: InvokeResponse, withLog: boolean): void {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'X-Amz-Executed-Version': '$LATEST',
    'X-Amzn-Trace-Id': `Root=${result.traceId}`,
    ...(result.functionError !== undefined && { 'X-Amz-Function-Error': result.functionError }),
    ...(withLog && { 'X-Amz-Log-Result': Buffer.from(result.logTail ?? '').toString('base64') }),
  });
  response.end(result.payload);
}

/** A version or alias is ignored. */
function invokedFunction(request: IncomingMessage): string {
  const [, encoded] = request.method === 'POST' ? (PATH.exec(targetOf(request).pathname) ?? []) : [];
  if (encoded === undefined) {
    const known = ['Invoke', ...CONFIGURATION_OPERATIONS].join(', ');
    const message = `Lantern's Lambda API has no ${request.method ?? ''} ${request.url ?? ''}: only ${known}.`;
    throw new AwsApiError(404, 'UnknownOperationException', message);
  }
  return functionReference(encoded).name;
}

function checkJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch (cause) {
    throw new RequestError('malformed', `Could not parse request body into json: ${String(cause)}`, {
      cause,
    });
  }
}
