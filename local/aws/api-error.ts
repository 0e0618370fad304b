/** Errors in the protocols of AWS's APIs: clients read no other, and none of them tries such a call again. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { escapeXml } from '../http/xml.ts';

export interface ApiError {
  readonly code: string;
  readonly message: string;
  readonly service?: string | undefined;
}

/** APIs that answer with XML whatever they are asked in. */
const REST_XML = new Set(['s3', 's3control', 'route53', 'cloudfront']);

/** Answers with status 400, in the protocol that the request is in. */
export function sendApiError(request: IncomingMessage, response: ServerResponse, error: ApiError): void {
  const { code, message, service = '' } = error;
  const { 'content-type': type = '' } = request.headers;
  const headers = { 'x-amzn-errortype': code, 'x-amz-error-code': code };
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') {
    response.writeHead(400, {
      ...headers,
      'smithy-protocol': 'rpc-v2-cbor',
      'content-type': 'application/cbor',
    });
    response.end(cborMap({ __type: code, message }));
    return;
  }
  const isQuery = type.startsWith('application/x-www-form-urlencoded');
  if (isQuery || REST_XML.has(service)) {
    const inner = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
    const body = isQuery
      ? `<ErrorResponse><Error><Type>Sender</Type>${inner}</Error><RequestId>local</RequestId></ErrorResponse>`
      : `<Error>${inner}<RequestId>local</RequestId></Error>`;
    response.writeHead(400, { ...headers, 'content-type': 'text/xml' });
    response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
    return;
  }
  response.writeHead(400, { ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify({ __type: code, code, message, Message: message }));
}

/** A map of texts in CBOR (RFC 8949, section 3.1): each text with its length in two bytes before it. */
function cborMap(values: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(values);
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([0x79, bytes.length >> 8, bytes.length & 0xff]), bytes]);
  };
  return Buffer.concat([Buffer.from([0xa0 + entries.length]), ...entries.flat().map(text)]);
}
