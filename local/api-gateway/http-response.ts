import { isObject } from '../json.ts';
import type { Header } from './request.ts';
import { headerValue } from './request.ts';
import type { GatewayResponse } from './response.ts';
import {
  describe,
  MalformedResponseError,
  readAllHeaders,
  readBodyText,
  readHeader,
  readHeaders,
  readIsBase64Encoded,
  readStatusCode,
} from './response.ts';

/** Headers of a connection: the gateway's own connection to the client is another one. */
const DROPPED = new Set([
  'apigw-requestid',
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The response in the result of a function behind an HTTP API (format 2.0). A result without `statusCode` is
 * itself the body of a 200, as JSON.
 *
 * @throws MalformedResponseError when it has a `statusCode` and another form.
 */
export function httpResponse(payload: string): GatewayResponse {
  const result: unknown = JSON.parse(payload);
  if (!isObject(result) || !('statusCode' in result)) {
    return {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      // A text is sent as it is, without the quotes of JSON.
      body: Buffer.from(typeof result === 'string' ? result : payload),
    };
  }
  return toResponse(result, [
    ...readHeaders(result['headers'], 'headers'),
    ...readCookies(result['cookies']),
  ]);
}

/**
 * The response of a function whose format is 1.0: it says its status, and may give a header several values.
 *
 * @throws MalformedResponseError when it has another form.
 */
export function httpResponseFormat1(payload: string): GatewayResponse {
  const result: unknown = JSON.parse(payload);
  if (isObject(result)) return toResponse(result, readAllHeaders(result));
  throw new MalformedResponseError(
    `in format 1.0 the result must be an object with a statusCode, got ${describe(result)}`,
  );
}

function toResponse(fields: Readonly<Record<string, unknown>>, all: readonly Header[]): GatewayResponse {
  const headers = all.filter(([name]) => !DROPPED.has(name.toLowerCase()));
  const type: readonly Header[] =
    headerValue(headers, 'content-type') === undefined ? [['Content-Type', 'text/plain; charset=utf-8']] : [];
  const text = readBodyText(fields['body']);
  return {
    status: readStatusCode(fields['statusCode']),
    headers: [...type, ...headers],
    body: Buffer.from(text, readIsBase64Encoded(fields['isBase64Encoded']) ? 'base64' : 'utf8'),
  };
}

function readCookies(value: unknown): Header[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value))
    throw new MalformedResponseError(`cookies must be an array, got ${describe(value)}`);
  return value.map((cookie: unknown) => readHeader('Set-Cookie', cookie, 'cookies'));
}
