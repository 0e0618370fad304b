import type { IncomingMessage } from 'node:http';
import { responseTooLargeError } from './function-error.ts';
import { MAX_RESPONSE_PAYLOAD, MAX_STREAMED_RESPONSE } from './limits.ts';

/** What a runtime posted for an event. */
export interface Answer {
  /** `error` when the payload is Lambda's error object. */
  readonly kind: 'response' | 'error';
  readonly payload: string;
}

interface Body {
  readonly bytes: Buffer;
  /** Of what was sent, kept or not. */
  readonly size: number;
}

/** Between the metadata and the body of a streamed HTTP response. */
const PRELUDE_DELIMITER = Buffer.alloc(8);
const HTTP_INTEGRATION_RESPONSE = 'application/vnd.awslambda.http-integration-response';

/**
 * Reads what was posted to `response` or `error`. A streamed response is read to its end: one with the metadata of
 * an HTTP response becomes the object that a function without streaming would return to API Gateway.
 */
export async function readAnswer(
  request: IncomingMessage,
  isError: boolean,
): Promise<{ readonly answer: Answer; readonly tooLarge: boolean }> {
  const streamed = request.headers['lambda-runtime-function-response-mode'] === 'streaming';
  const limit = streamed ? MAX_STREAMED_RESPONSE : MAX_RESPONSE_PAYLOAD;
  const body = await readBody(request, limit);
  if (body.size > limit) {
    return { answer: errorAnswer(responseTooLargeError(body.size, limit)), tooLarge: true };
  }
  return {
    answer: isError ? { kind: 'error', payload: body.bytes.toString() } : toAnswer(request, body.bytes),
    tooLarge: false,
  };
}

/** Reads a body to its end, and keeps no more of it than the limit. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), size };
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
  const metadata = delimiter === -1 ? undefined : parseObject(bytes.subarray(0, delimiter));
  if (metadata === undefined) return undefined;
  const body = bytes.subarray(delimiter + PRELUDE_DELIMITER.length);
  const text = asText(body);
  const isBase64Encoded = text === undefined;
  return JSON.stringify({ ...metadata, body: text ?? body.toString('base64'), isBase64Encoded });
}

function parseObject(bytes: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
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
