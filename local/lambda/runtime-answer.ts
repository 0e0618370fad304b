import type { IncomingMessage } from 'node:http';
import { BodyTooLargeError, readBody } from '../http/body.ts';
import { parseObject } from '../json.ts';
import { responseTooLargeError } from './function-error.ts';
import type { ResponseStreamSink } from './invocation.ts';
import { MAX_RESPONSE_PAYLOAD, MAX_STREAMED_RESPONSE } from './limits.ts';

/** What a runtime posted for an event. */
export interface Answer {
  /** `error` when the payload is Lambda's error object. */
  readonly kind: 'response' | 'error';
  readonly payload: string;
}

/** Between the metadata and the body of a streamed HTTP response. */
export const PRELUDE_DELIMITER = Buffer.alloc(8);
export const HTTP_INTEGRATION_RESPONSE = 'application/vnd.awslambda.http-integration-response';

/**
 * Reads what was posted to `response` or `error`. A streamed response is read to its end: one with the metadata of
 * an HTTP response becomes the object that a function without streaming would return to API Gateway.
 *
 * @param sink gets a streamed response as it comes, too
 */
export async function readAnswer(
  request: IncomingMessage,
  isError: boolean,
  sink?: ResponseStreamSink,
): Promise<{ readonly answer: Answer; readonly tooLarge: boolean }> {
  const streamed = request.headers['lambda-runtime-function-response-mode'] === 'streaming';
  if (streamed && !isError && sink !== undefined) {
    sink.begin(request.headers['content-type'] ?? 'application/octet-stream');
    request.on('data', (chunk: Buffer) => sink.write(chunk));
  }
  const limit = streamed ? MAX_STREAMED_RESPONSE : MAX_RESPONSE_PAYLOAD;
  try {
    const bytes = await readBody(request, limit);
    const answer: Answer = isError ? { kind: 'error', payload: bytes.toString() } : toAnswer(request, bytes);
    return { answer, tooLarge: false };
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error;
    return { answer: errorAnswer(responseTooLargeError(error.size, limit)), tooLarge: true };
  }
}

function toAnswer(request: IncomingMessage, bytes: Buffer): Answer {
  const failure = request.trailers['lambda-runtime-function-error-body'];
  if (failure !== undefined) return { kind: 'error', payload: Buffer.from(failure, 'base64').toString() };
  const isHttp = request.headers['content-type'] === HTTP_INTEGRATION_RESPONSE;
  const payload = (isHttp ? httpResponse(bytes) : undefined) ?? asText(bytes);
  return payload === undefined
    ? errorAnswer({ errorType: 'Function.ResponseNotText', errorMessage: 'The response is not UTF-8 text.' })
    : { kind: 'response', payload };
}

/** @returns undefined when the bytes do not begin with metadata */
function httpResponse(bytes: Buffer): string | undefined {
  const delimiter = bytes.indexOf(PRELUDE_DELIMITER);
  const metadata = delimiter === -1 ? undefined : parseObject(bytes.toString('utf8', 0, delimiter));
  if (metadata === undefined) return undefined;
  const body = bytes.subarray(delimiter + PRELUDE_DELIMITER.length);
  const text = asText(body);
  const isBase64Encoded = text === undefined;
  return JSON.stringify({ ...metadata, body: text ?? body.toString('base64'), isBase64Encoded });
}

function asText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function errorAnswer(error: object): Answer {
  return { kind: 'error', payload: JSON.stringify(error) };
}
