import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../http/answer.ts';
import { AwsApiError, sendAwsError, toAwsApiError } from '../http/aws-error.ts';
import { readJsonBody } from '../http/body.ts';
import { targetOf } from '../http/target.ts';
import type { JsonObject } from '../json.ts';
import { asObjects, asText } from '../json.ts';
import { MAX_DOCUMENT_BYTES } from './parse-document.ts';
import type { DocumentReceiver } from './received-documents.ts';
import { handIn } from './received-documents.ts';
import { readReceivedText } from './received-text.ts';

/** The daemon sends at most 50 documents at once; as JSON strings inside JSON they grow. */
const MAX_BODY_BYTES = 2 * 50 * MAX_DOCUMENT_BYTES;

type Operation = (input: JsonObject, receiver: DocumentReceiver) => object;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['/GetSamplingRules', getSamplingRules],
  ['/SamplingTargets', getSamplingTargets],
  ['/TraceSegments', putTraceSegments],
  ['/TelemetryRecords', () => ({})],
]);

/**
 * The part of the X-Ray API that SDKs and agents reach through the daemon. Signatures are not looked at.
 *
 * @throws AwsApiError or RequestError when it is refused.
 */
export async function answerDaemonRequest(
  request: IncomingMessage,
  response: ServerResponse,
  receiver: DocumentReceiver,
): Promise<void> {
  const { pathname: path } = targetOf(request);
  const operation = request.method === 'POST' ? OPERATIONS.get(path) : undefined;
  if (operation === undefined) {
    const known = [...OPERATIONS.keys()].join(', ');
    const message = `${request.method ?? ''} ${path} is not served here; POST to ${known} is.`;
    throw new AwsApiError(404, 'UnknownOperationException', message);
  }
  sendJson(response, 200, operation(await readJsonBody(request, MAX_BODY_BYTES), receiver));
}

export function refuseDaemonRequest(error: unknown, response: ServerResponse): void {
  const types = {
    tooLarge: 'RequestEntityTooLarge',
    malformed: 'InvalidRequestException',
    fault: 'InternalFailure',
  };
  sendAwsError(response, toAwsApiError(error, types));
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

function putTraceSegments(input: JsonObject, receiver: DocumentReceiver): object {
  const texts = input['TraceSegmentDocuments'];
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
    const message =
      'TraceSegmentDocuments is an array of strings, each a segment document as JSON, or spans behind T1S or T1U.';
    throw new AwsApiError(400, 'InvalidRequestException', message);
  }
  const unprocessed = texts.flatMap((text) => {
    const received = readReceivedText(text);
    handIn(received, text, receiver);
    return received.errors.map(({ code, message, id }) => ({
      Id: id,
      ErrorCode: code,
      Message: `Invalid segment. ErrorCode: ${code}. ${message}`,
    }));
  });
  return { UnprocessedTraceSegments: unprocessed };
}
