import { Token, Type, decode, encode } from 'cborg';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { AwsApiError } from '../../http/aws-error.ts';
import { parseJsonBody, readBody } from '../../http/body.ts';
import { RequestError } from '../../http/request-error.ts';
import { targetOf } from '../../http/target.ts';
import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { readForm, writeXml } from './query-protocol.ts';

/*
 * CloudWatch speaks three protocols, and clients choose: JSON (JavaScript's SDK), CBOR (newer ones of Python and others), and
 * the query protocol with XML (older ones, Debian's AWS CLI). An operation sees none of that: it is given an object, and
 * answers with one, in which moments are dates and maps are maps.
 */

/** In the targets of the JSON protocol and the paths of the CBOR protocol. */
const SERVICE = 'GraniteServiceVersion20100801';

const CBOR_PATH = new RegExp(`^/service/${SERVICE}/operation/(\\w+)$`);

/** CloudWatch takes 1 MB of a `PutMetricData` ("PutMetricData", API reference), compressed or not. */
const MAX_BODY_BYTES = 1024 * 1024;

const unzip = promisify(gunzip);

export interface Call {
  readonly operation: string;
  readonly input: JsonObject;
}

interface Protocol {
  /** The operation that a request asks for; empty where only the body says so. */
  operationOf(request: IncomingMessage): string;
  read(operation: string, body: Buffer): Call;
  answer(response: ServerResponse, operation: string, output: object): void;
  refuse(response: ServerResponse, error: AwsApiError): void;
}

const json: Protocol = {
  operationOf: ({ headers }) => String(headers['x-amz-target']).slice(SERVICE.length + 1),
  read: (operation, body) => ({ operation, input: parseJsonBody(body.toString()) }),
  answer: (response, _operation, output) => sendJson10(response, 200, withEpochSeconds(output)),
  refuse: (response, error) => {
    response.setHeader('x-amzn-query-error', queryError(error));
    sendJson10(response, error.status, { __type: error.type, message: error.message });
  },
};

const cbor: Protocol = {
  operationOf: (request) => CBOR_PATH.exec(targetOf(request).pathname)?.[1] ?? '',
  read: (operation, body) => ({ operation, input: body.length === 0 ? {} : decodeCbor(body) }),
  answer: (response, _operation, output) => sendCbor(response, 200, output),
  refuse: (response, error) => {
    response.setHeader('x-amzn-query-error', queryError(error));
    sendCbor(response, error.status, { __type: error.type, message: error.message });
  },
};

const query: Protocol = {
  operationOf: () => '',
  read: (_operation, body) => {
    const { Action: operation, ...input } = readForm(body.toString());
    return { operation: typeof operation === 'string' ? operation : '', input };
  },
  answer: (response, operation, output) =>
    sendXml(response, 200, {
      [`${operation}Response`]: {
        [`${operation}Result`]: output,
        ResponseMetadata: { RequestId: randomUUID() },
      },
    }),
  refuse: (response, { status, type, message }) =>
    sendXml(response, status, {
      ErrorResponse: {
        Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: type, Message: message },
        RequestId: randomUUID(),
      },
    }),
};

/** The protocol in which a request speaks to CloudWatch; undefined for what is not meant for it. */
export function protocolOf(request: IncomingMessage): Protocol | undefined {
  const { method, url = '/', headers } = request;
  if (method !== 'POST') return undefined;
  const path = URL.parse(url, 'http://localhost')?.pathname ?? '';
  if (CBOR_PATH.test(path)) return cbor;
  if (path !== '/') return undefined;
  if (String(headers['x-amz-target'] ?? '').startsWith(`${SERVICE}.`)) return json;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? query : undefined;
}

/**
 * The operation and its input.
 *
 * @throws RequestError for a body that is too large, cut off or not what its protocol says.
 */
export async function readCall(request: IncomingMessage, protocol: Protocol): Promise<Call> {
  const body = await readBody(request, MAX_BODY_BYTES);
  return protocol.read(protocol.operationOf(request), await unpacked(request, body));
}

/** Clients compress large calls of `PutMetricData`. */
async function unpacked({ headers }: IncomingMessage, body: Buffer): Promise<Buffer> {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip') {
    throw new RequestError(
      'malformed',
      `The body's encoding is gzip or none; got ${JSON.stringify(encoding)}.`,
    );
  }
  try {
    return await unzip(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (cause) {
    const message = `The body cannot be unpacked to at most ${MAX_BODY_BYTES} bytes: ${(cause as Error).message}`;
    throw new RequestError('malformed', message, { cause });
  }
}

/** CBOR's tag of a moment, in seconds since 1970. */
const EPOCH_SECONDS = 1;

function decodeCbor(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = decode(body, { tags: { [EPOCH_SECONDS]: (content) => content() } });
  } catch (cause) {
    throw new RequestError('malformed', `The request's body is not CBOR: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (isObject(value)) return value;
  throw new RequestError('malformed', "The request's body is CBOR, but no map.");
}

function sendCbor(response: ServerResponse, status: number, output: object): void {
  const body = encode(output, {
    ignoreUndefinedProperties: true,
    float64: true,
    typeEncoders: {
      Date: (moment: Date) => [
        new Token(Type.tag, EPOCH_SECONDS),
        new Token(Type.float, moment.getTime() / 1000),
      ],
    },
  });
  response
    .writeHead(status, { 'Content-Type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' })
    .end(body);
}

function sendJson10(response: ServerResponse, status: number, output: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(JSON.stringify(output));
}

function sendXml(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, { 'Content-Type': 'text/xml' }).end(writeXml(document));
}

/** The error in the words of the query protocol, which clients of its time still look for. */
function queryError({ status, type }: AwsApiError): string {
  return `${type};${status < 500 ? 'Sender' : 'Receiver'}`;
}

function withEpochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Map) return withEpochSeconds(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(withEpochSeconds);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withEpochSeconds(member)]));
}
