import type { Header } from './request.ts';
import { headerValue } from './request.ts';
import type { GatewayResponse } from './response.ts';
import {
  MalformedResponseError,
  readAllHeaders,
  readBodyText,
  readIsBase64Encoded,
  readObject,
  readStatusCode,
} from './response.ts';
import { isBinaryMedia } from './rest-event.ts';

/** What decides whether base64 becomes bytes again. */
export interface BinarySupport {
  readonly binaryMediaTypes: readonly string[];
  /** The client's `Accept`. */
  readonly accept: string | undefined;
}

const FIELDS = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];

/**
 * The response in the result of a function behind a REST API.
 *
 * @throws MalformedResponseError when it has another form; a REST API refuses fields it does not know, too.
 */
export function restResponse(payload: string, binary: BinarySupport): GatewayResponse {
  const result = parseObject(payload);
  const unknownField = Object.keys(result).find((field) => !FIELDS.includes(field));
  if (unknownField !== undefined) {
    throw new MalformedResponseError(`a REST API takes only ${FIELDS.join(', ')}; got "${unknownField}"`);
  }
  // A REST API takes a result without a status for a success; null is no status either way.
  const { statusCode = 200 } = result;
  const status = readStatusCode(statusCode);
  const headers = readAllHeaders(result).flatMap(remap);
  const text = readBodyText(result['body']);
  const encoded = readIsBase64Encoded(result['isBase64Encoded']);
  return {
    status,
    headers:
      headerValue(headers, 'content-type') === undefined
        ? [['Content-Type', 'application/json'], ...headers]
        : headers,
    ...decodeBody(text, encoded, binary),
  };
}

function parseObject(payload: string): Record<string, unknown> {
  const result: unknown = JSON.parse(payload);
  if (result === null) throw new MalformedResponseError('the result must be an object, got null');
  return readObject(result, 'the result');
}

/** Source: the table of header restrictions in "Amazon API Gateway important notes". */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
  'x-amzn-requestid',
]);

const DROPPED = new Set(['keep-alive', 'transfer-encoding', 'x-amz-apigw-id', 'x-amzn-trace-id']);

function remap([name, value]: Header): Header[] {
  const lower = name.toLowerCase();
  if (DROPPED.has(lower)) return [];
  return [[REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name, value]];
}

function decodeBody(text: string, encoded: boolean, { binaryMediaTypes, accept }: BinarySupport) {
  if (!encoded) return { body: Buffer.from(text) };
  // Only the first type of Accept counts, whatever the function says.
  const wanted = accept?.split(',')[0];
  if (isBinaryMedia(binaryMediaTypes, wanted)) return { body: Buffer.from(text, 'base64') };
  const reason = `the body stays base64: the first type of Accept (${wanted ?? 'none'}) is not in binaryMediaTypes`;
  return { body: Buffer.from(text), reason };
}
