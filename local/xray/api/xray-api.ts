import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../../http/answer.ts';
import { AwsApiError, sendAwsError, toAwsApiError } from '../../http/aws-error.ts';
import { readJsonBody } from '../../http/body.ts';
import { targetOf } from '../../http/target.ts';
import type { JsonObject } from '../../json.ts';
import type { FilterExpression } from '../filter/expression.ts';
import type { DocumentReceiver } from '../received-documents.ts';
import { MAX_DOCUMENT_BYTES } from '../parse-document.ts';
import type { TraceStore } from '../trace-store.ts';
import type { Account, Settings } from './account.ts';
import { Configuration } from './configuration.ts';
import { Groups } from './groups.ts';
import { invalidRequest, requiredObjects, requiredRange, requiredText } from '../../http/api-input.ts';
import { putTraceSegments } from './put-trace-segments.ts';
import { Reading } from './reading.ts';
import { Sampling } from './sampling.ts';
import { Tags } from './tags.ts';

export interface XRayApiOptions extends Account {
  readonly store: TraceStore;
  /** Gets the documents of `PutTraceSegments`, as it gets those of the daemon. */
  readonly receiver: DocumentReceiver;
}

/** The daemon sends at most 50 documents at once; as JSON strings inside JSON they grow. */
const MAX_BODY_BYTES = 2 * 50 * MAX_DOCUMENT_BYTES;

type Operation = (input: JsonObject) => object | Promise<object>;

/**
 * The X-Ray API, as clients of AWS call it: every operation is a POST to a path of its own. Signatures are not looked at.
 * What it is told of groups, sampling rules and so on is kept where the traces are.
 */
export class XRayApi {
  readonly #operations: ReadonlyMap<string, Operation>;
  /** What a filter expression means by a group, by its name or ARN. */
  readonly groupFilter: (nameOrArn: string) => FilterExpression | undefined;

  constructor({ store, receiver, region, accountId }: XRayApiOptions) {
    const account = { region, accountId };
    const settings: Settings = {
      read: (name) => {
        const text = store.setting(name);
        return text === undefined ? undefined : (JSON.parse(text) as unknown);
      },
      write: (name, value) => store.writeSetting(name, JSON.stringify(value)),
    };
    const groups = new Groups(account, settings);
    this.groupFilter = (nameOrArn) => groups.filterNamed(nameOrArn);
    const sampling = new Sampling(account, settings);
    const tags = new Tags(settings, (arn) => groups.has(arn) || sampling.has(arn));
    const reading = new Reading(store, groups);
    const configuration = new Configuration(settings);
    this.#operations = new Map<string, Operation>([
      ['/TraceSegments', (input) => putTraceSegments(input, receiver)],
      ['/TelemetryRecords', putTelemetryRecords],
      ['/TraceSummaries', (input) => reading.traceSummaries(input)],
      ['/Traces', (input) => reading.traces(input)],
      ['/ServiceGraph', (input) => reading.serviceGraph(input)],
      ['/TraceGraph', (input) => reading.traceGraph(input)],
      ['/TimeSeriesServiceStatistics', (input) => reading.timeSeries(input)],
      ['/Groups', () => groups.list()],
      ['/GetGroup', (input) => groups.get(input)],
      ['/CreateGroup', (input) => tagged(tags, input, groups.create(input))],
      ['/UpdateGroup', (input) => groups.update(input)],
      ['/DeleteGroup', (input) => groups.delete(input)],
      ['/GetSamplingRules', () => sampling.list()],
      ['/CreateSamplingRule', (input) => tagged(tags, input, sampling.create(input))],
      ['/UpdateSamplingRule', (input) => sampling.update(input)],
      ['/DeleteSamplingRule', (input) => sampling.delete(input)],
      ['/SamplingTargets', (input) => sampling.targets(input)],
      ['/SamplingStatisticSummaries', () => sampling.statistics()],
      ['/ListTagsForResource', (input) => tags.list(input)],
      ['/TagResource', (input) => tags.tag(input)],
      ['/UntagResource', (input) => tags.untag(input)],
      ['/EncryptionConfig', () => configuration.encryption()],
      ['/PutEncryptionConfig', (input) => configuration.putEncryption(input)],
      ['/GetTraceSegmentDestination', () => configuration.destination()],
      ['/UpdateTraceSegmentDestination', (input) => configuration.updateDestination(input)],
      ['/GetIndexingRules', () => configuration.indexingRules()],
      ['/ListResourcePolicies', () => ({ ResourcePolicies: [] })],
      ['/InsightSummaries', insightSummaries],
      ['/Insight', noInsight],
      ['/InsightEvents', noInsight],
      ['/InsightImpactGraph', noInsight],
    ]);
  }

  /** Whether a request is for an operation of X-Ray, by its path; also for one that is not served here. */
  isAsked({ method, url = '/' }: IncomingMessage): boolean {
    const path = URL.parse(url, 'http://localhost')?.pathname ?? '/';
    return method === 'POST' && (this.#operations.has(path) || NOT_SERVED.has(path));
  }

  /**
   * Answers an operation.
   *
   * @throws AwsApiError or RequestError when it is refused: see `refuseXRayRequest`.
   */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path } = targetOf(request);
    const operation = request.method === 'POST' ? this.#operations.get(path) : undefined;
    if (operation === undefined) {
      const known = [...this.#operations.keys()].join(', ');
      const message = `${request.method ?? ''} ${path} is not served here; POST to ${known} is.`;
      throw new AwsApiError(404, 'UnknownOperationException', message);
    }
    sendJson(response, 200, await operation(await readJsonBody(request, MAX_BODY_BYTES)));
  }
}

/** Operations of X-Ray whose meaning ends at AWS: rights of others, and traces in CloudWatch Logs. */
const NOT_SERVED: ReadonlySet<string> = new Set([
  '/PutResourcePolicy',
  '/DeleteResourcePolicy',
  '/UpdateIndexingRule',
  '/StartTraceRetrieval',
  '/CancelTraceRetrieval',
  '/ListRetrievedTraces',
  '/GetRetrievedTracesGraph',
]);

export function refuseXRayRequest(error: unknown, response: ServerResponse): void {
  const types = {
    tooLarge: 'RequestEntityTooLarge',
    malformed: 'InvalidRequestException',
    fault: 'InternalFailure',
  };
  sendAwsError(response, toAwsApiError(error, types));
}

/** What the daemons say of themselves is understood, and kept nowhere: nobody here asks for it. */
function putTelemetryRecords(input: JsonObject): object {
  requiredObjects(input, 'TelemetryRecords');
  return {};
}

/** Nothing looks for anomalies here, so there are no insights. */
function insightSummaries(input: JsonObject): object {
  requiredRange(input);
  return { InsightSummaries: [] };
}

function noInsight(input: JsonObject): never {
  throw invalidRequest(`There is no insight ${requiredText(input, 'InsightId')}.`);
}

/** Writes the tags that something new was asked to have. */
function tagged(tags: Tags, input: JsonObject, made: object): object {
  const { Group, SamplingRuleRecord } = made as {
    readonly Group?: { readonly GroupARN: string };
    readonly SamplingRuleRecord?: { readonly SamplingRule: { readonly RuleARN: string } };
  };
  tags.addFrom(input, Group?.GroupARN ?? SamplingRuleRecord?.SamplingRule.RuleARN ?? '');
  return made;
}
