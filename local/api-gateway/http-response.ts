import type { Header } from './request.ts';
import { headerValue } from './request.ts';
import type { GatewayResponse } from './response.ts';
import {
  describe,
  MalformedResponseError,
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
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    return {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      // A text is sent as it is, without the quotes of JSON.
      body: Buffer.from(typeof result === 'string' ? result : payload),
    };
  }
  const fields: Record<string, unknown> = { ...result };
  const headers = readHeaders(fields['headers'], 'headers').filter(
    ([name]) => !DROPPED.has(name.toLowerCase()),
  );
  const type: readonly Header[] =
    headerValue(headers, 'content-type') === undefined ? [['Content-Type', 'text/plain; charset=utf-8']] : [];
  const text = readBodyText(fields['body']);
  return {
    status: readStatusCode(fields['statusCode']),
    headers: [...type, ...headers, ...readCookies(fields['cookies'])],
    body: Buffer.from(text, readIsBase64Encoded(fields['isBase64Encoded']) ? 'base64' : 'utf8'),
  };
}

function readCookies(value: unknown): Header[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value))
    throw new MalformedResponseError(`cookies must be an array, got ${describe(value)}`);
  return value.map((cookie: unknown) => readHeader('Set-Cookie', cookie, 'cookies'));
}
