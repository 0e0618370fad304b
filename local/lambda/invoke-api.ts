/**
 * The Invoke operation of the Lambda API, as `@aws-sdk/client-lambda`, the AWS CLI and curl call it:
 * `POST /2015-03-31/functions/{name or ARN}/invocations`. Requests need not be signed.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatTraceHeader, newTraceId, parseTraceHeader } from '../xray/trace-header.ts';
import { checkSender, functionReference, header, sendError } from './api-request.ts';
import { AsyncInvocations, type AsyncInvocationsOptions } from './async-invocations.ts';
import type { Invoke, InvokeRequest, InvokeResponse } from './invocation.ts';
import { CONFIGURATION_OPERATIONS } from './configuration-api.ts';
import { LambdaApiError } from './lambda-api-error.ts';
import { MAX_ASYNC_PAYLOAD, MAX_REQUEST_PAYLOAD } from './limits.ts';
import { readBody } from './runtime-answer.ts';

export interface InvokeApiOptions extends AsyncInvocationsOptions {
  readonly invoke: Invoke;
  /** The deployed names: an asynchronous call of any other is refused at once. */
  readonly functionNames: readonly string[];
}

export interface InvokeApi {
  /**
   * Answers a request, whatever it is: what is not an Invoke gets Lambda's error for an unknown operation.
   * Never rejects.
   */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Drops waiting retries and waits for asynchronous invocations under way. */
  readonly stop: () => Promise<void>;
}

const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations\/?(?:\?.*)?$/;

export function createInvokeApi(options: InvokeApiOptions): InvokeApi {
  const events = new AsyncInvocations(options);
  return {
    handle: async (request, response) => {
      try {
        await answer(options, events, request, response);
      } catch (error) {
        sendError(response, error);
      }
    },
    stop: () => events.stop(),
  };
}

async function answer(
  { invoke, functionNames }: InvokeApiOptions,
  events: AsyncInvocations,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  const functionName = functionNameOf(request);
  if (!functionNames.includes(functionName)) {
    throw new LambdaApiError(404, 'ResourceNotFoundException', `Function not found: ${functionName}`);
  }
  const invokeRequest = { ...(await readRequest(request, functionName, type)), requestId: randomUUID() };
  response.setHeader('x-amzn-RequestId', invokeRequest.requestId);
  switch (type) {
    case 'DryRun':
      response.writeHead(204).end();
      return;
    case 'Event':
      // Tries of one event belong to one trace.
      events.accept({ ...invokeRequest, traceHeader: rooted(invokeRequest.traceHeader) });
      response.writeHead(202).end();
      return;
    case 'RequestResponse':
      sendResult(response, await invoke(invokeRequest), header(request, 'x-amz-log-type') === 'Tail');
      return;
    default: {
      const message = `The invocation type is ${type}: expected RequestResponse, Event or DryRun.`;
      throw new LambdaApiError(400, 'InvalidParameterValueException', message);
    }
  }
}

async function readRequest(
  request: IncomingMessage,
  functionName: string,
  type: string,
): Promise<InvokeRequest> {
  const limit = type === 'Event' ? MAX_ASYNC_PAYLOAD : MAX_REQUEST_PAYLOAD;
  const body = await readBody(request, limit);
  if (body.size > limit) {
    const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation.`;
    throw new LambdaApiError(413, 'RequestTooLargeException', message);
  }
  // A call without a payload is a call with an empty event.
  const payload = body.size === 0 ? '{}' : body.bytes.toString();
  const traceHeader = header(request, 'x-amzn-trace-id');
  const clientContext = header(request, 'x-amz-client-context');
  checkJson(payload);
  return {
    functionName,
    payload,
    ...(traceHeader !== undefined && { traceHeader }),
    ...(clientContext !== undefined && { clientContext }),
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
function functionNameOf(request: IncomingMessage): string {
  checkSender(request);
  const [, encoded] = request.method === 'POST' ? (PATH.exec(request.url ?? '') ?? []) : [];
  if (encoded === undefined) {
    const known = ['Invoke', ...CONFIGURATION_OPERATIONS].join(', ');
    const message = `Lantern's Lambda API has no ${request.method ?? ''} ${request.url ?? ''}: only ${known}.`;
    throw new LambdaApiError(404, 'UnknownOperationException', message);
  }
  return functionReference(encoded).name;
}

function checkJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch (cause) {
    const message = `Could not parse request body into json: ${String(cause)}`;
    throw new LambdaApiError(400, 'InvalidRequestContentException', message, { cause });
  }
}

function rooted(traceHeader: string | undefined): string {
  const parsed = parseTraceHeader(traceHeader);
  return formatTraceHeader({ ...parsed, root: parsed.root ?? newTraceId() });
}
