import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../http/read-body.ts';
import type { JsonObject } from './loose-json.ts';
import { isObject } from '../json.ts';
import { asObjects, asText } from './loose-json.ts';
import type { DocumentReceiver } from './document-receiver.ts';
import { reportInvalid } from './document-receiver.ts';
import { MAX_DOCUMENT_BYTES, parseDocument } from './parse-document.ts';

/** The daemon sends at most 50 documents at once; as JSON strings inside JSON they grow. */
const MAX_BODY_BYTES = 2 * 50 * MAX_DOCUMENT_BYTES;

type Operation = (input: JsonObject, receiver: DocumentReceiver) => object;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['/GetSamplingRules', getSamplingRules],
  ['/SamplingTargets', getSamplingTargets],
  ['/TraceSegments', putTraceSegments],
  ['/TelemetryRecords', () => ({})],
]);

/** The part of the X-Ray API that SDKs and agents reach through the daemon. Signatures are not looked at. */
export async function answerDaemonRequest(
  request: IncomingMessage,
  response: ServerResponse,
  receiver: DocumentReceiver,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const operation = request.method === 'POST' ? OPERATIONS.get(path) : undefined;
  const body = await readBody(request, MAX_BODY_BYTES);
  // No SDK sends an origin: it is a page in a browser that would like to write traces.
  if (request.headers.origin !== undefined) {
    refuse(response, 403, 'AccessDeniedException', 'Pages in a browser may not use the X-Ray daemon.');
  } else if (operation === undefined) {
    const known = [...OPERATIONS.keys()].join(', ');
    const message = `${request.method ?? ''} ${path} is not served here; POST to ${known} is.`;
    refuse(response, 404, 'UnknownOperationException', message);
  } else if (body === 'broken') {
    response.destroy();
  } else if (body === 'too-large') {
    refuse(response, 413, 'RequestEntityTooLarge', `A body may have ${MAX_BODY_BYTES} bytes.`);
  } else {
    run(operation, body.text, receiver, response);
  }
}

function run(operation: Operation, body: string, receiver: DocumentReceiver, response: ServerResponse): void {
  try {
    answer(response, 200, operation(parseInput(body), receiver));
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    refuse(response, 400, 'InvalidRequestException', error.message);
  }
}

class InvalidRequest extends Error {}

function parseInput(body: string): JsonObject {
  let input: unknown;
  try {
    input = JSON.parse(body === '' ? '{}' : body);
  } catch (error) {
    throw new InvalidRequest(`The body is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(input)) throw new InvalidRequest('The body is a JSON object.');
  return input;
}

/** The SDK takes a rule only with version 1, the resource `*` and an empty `Attributes`. */
function getSamplingRules(): object {
  const rule = {
    RuleName: 'Default',
    Priority: 10_000,
    FixedRate: 1,
    ReservoirSize: 1,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    ResourceARN: '*',
    Version: 1,
    Attributes: {},
  };
  return { SamplingRuleRecords: [{ SamplingRule: rule, CreatedAt: 0, ModifiedAt: 0 }] };
}

function getSamplingTargets(input: JsonObject): object {
  const asked = asObjects(input['SamplingStatisticsDocuments']) ?? [];
  const names = new Set(asked.flatMap((statistics) => asText(statistics['RuleName']) ?? []));
  return {
    // Seconds until the SDK asks again. Without a quota every decision falls to the rate.
    SamplingTargetDocuments: [...names].map((name) => ({ RuleName: name, FixedRate: 1, Interval: 60 })),
    LastRuleModification: 0,
    UnprocessedStatistics: [],
  };
}

function putTraceSegments(input: JsonObject, { onDocument, onInvalid }: DocumentReceiver): object {
  const texts = input['TraceSegmentDocuments'];
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
    throw new InvalidRequest(
      'TraceSegmentDocuments is an array of strings, each a segment document as JSON.',
    );
  }
  const unprocessed = texts.flatMap((text) => {
    const parsed = parseDocument(text);
    if ('document' in parsed) {
      onDocument(parsed.document);
      return [];
    }
    const { code, message, id } = parsed.error;
    reportInvalid(onInvalid, `${code}: ${message}`, text);
    return [{ Id: id, ErrorCode: code, Message: `Invalid segment. ErrorCode: ${code}. ${message}` }];
  });
  return { UnprocessedTraceSegments: unprocessed };
}

function answer(response: ServerResponse, status: number, output: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(output));
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.setHeader('x-amzn-errortype', type);
  answer(response, status, { __type: type, Message: message });
}
