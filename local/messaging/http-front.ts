import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { AwsApiError, sendAwsError, toAwsApiError } from '../http/aws-error.ts';
import { parseJsonBody, readBody } from '../http/body.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import { escapeXml } from '../http/xml.ts';
import type { BackendResponse } from './fauxqs-backend.ts';
import { SNS_CONTENT_TYPE } from './fauxqs-backend.ts';
import type { SnsFront } from './sns-front.ts';
import type { SqsFront } from './sqs-front.ts';

/** 1 MiB of messages in a request ("Amazon SQS quotas"), and what JSON or form encoding may make of it. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

const ERROR_TYPES = {
  tooLarge: 'RequestEntityTooLarge',
  malformed: 'SerializationException',
  fault: 'InternalFailure',
};

/** One HTTP server for both services, told apart by their protocols: SQS speaks JSON, SNS the query protocol. */
export function createMessagingHttpServer(sqs: SqsFront, sns: SnsFront): Server {
  return createGuardedServer({
    policy: POLICIES.awsApi,
    handle: async (request, response) => {
      const { statusCode, headers, body } = await answer(request, response, sqs, sns);
      response.writeHead(statusCode, { ...headers, 'x-amzn-requestid': randomUUID() }).end(body);
    },
    fail: (error, response, request) => {
      const apiError = toAwsApiError(error, ERROR_TYPES);
      response.setHeader('x-amzn-requestid', randomUUID());
      if (isSns(request)) sendQueryError(response, apiError);
      else sendAwsError(response, apiError);
    },
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sqs: SqsFront,
  sns: SnsFront,
): Promise<BackendResponse> {
  const target = request.headers['x-amz-target'];
  if (request.method !== 'POST' || (typeof target !== 'string' && !isSns(request))) {
    const message = 'SQS (JSON protocol) and SNS (query protocol) are answered here, nothing else.';
    throw new AwsApiError(404, 'UnknownOperationException', message);
  }
  const sent = request.headers['x-amzn-trace-id'];
  const traceHeader = typeof sent === 'string' && sent !== '' ? sent : undefined;
  const body = (await readBody(request, MAX_BODY_BYTES)).toString();
  if (typeof target !== 'string') return sns.handle({ body, traceHeader });

  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const origin = `http://${request.headers.host ?? ''}`;
  return sqs.handle({ target, body, input: parseJsonBody(body), traceHeader, origin, signal: gone.signal });
}

function isSns({ headers }: IncomingMessage): boolean {
  return (
    headers['x-amz-target'] === undefined && headers['content-type']?.startsWith(SNS_CONTENT_TYPE) === true
  );
}

/** As the query protocol answers: in XML. */
function sendQueryError(response: ServerResponse, { status, type, message }: AwsApiError): void {
  const fault = status < 500 ? 'Sender' : 'Receiver';
  response
    .writeHead(status, { 'Content-Type': 'text/xml' })
    .end(
      `<ErrorResponse><Error><Type>${fault}</Type><Code>${type}</Code><Message>${escapeXml(message)}</Message></Error></ErrorResponse>`,
    );
}
