import { readdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import {
  CORRELATION_ID_KEY,
  MAX_CORRELATION_ID_LENGTH,
  isCorrelationId,
} from '../../../src/propagation/correlation-id.ts';
import {
  answersHttp,
  eventSources,
  isMessageSource,
  sourceOf,
} from '../../../src/propagation/event-sources.ts';
import {
  extractCorrelation,
  extractRecordCorrelation,
} from '../../../src/propagation/extract-correlation.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { FIXTURE_ID, fixture, withId, withIdNamed, withUpperCaseNames, withoutId } from './event-fixtures.ts';
import { readingsOf } from './readings.ts';

interface Row {
  /** As the table in docs/correlation.md names it. */
  readonly event: string;
  readonly fixture: string;
  readonly source: string;
  readonly carriesNothing?: true;
  /** The source of its records, where that is another one. */
  readonly recordSource?: string;
}

function row(event: string, source: string, ...fixtures: readonly string[]): Row[] {
  return (fixtures.length > 0 ? fixtures : [source]).map((name) => ({ event, source, fixture: name }));
}

function bare(event: string, source: string, ...fixtures: readonly string[]): Row[] {
  return row(event, source, ...fixtures).map((one) => ({ ...one, carriesNothing: true }));
}

function piped(fixtureOf: string, recordSource: string): Row {
  return {
    event: 'EventBridge Pipes: records of SQS, Kinesis, DynamoDB streams, Kafka and MQ',
    source: 'eventbridge-pipes',
    fixture: `pipes-${fixtureOf}`,
    recordSource,
  };
}

const rows: readonly Row[] = [
  ...row(
    'API Gateway REST API, or HTTP API with payload format 1.0 (single and multi-value headers)',
    'api-gateway-rest',
    'api-gateway-rest',
    'api-gateway-http-format-1',
  ),
  ...row('API Gateway HTTP API with payload format 2.0', 'api-gateway-http'),
  ...row('Lambda function URL', 'function-url'),
  ...row('API Gateway WebSocket API, `$connect`', 'api-gateway-websocket', 'api-gateway-websocket-connect'),
  ...row('API Gateway WebSocket API, message', 'api-gateway-websocket', 'api-gateway-websocket-message'),
  ...bare('API Gateway Lambda authorizer, token', 'api-gateway-authorizer-token'),
  ...row(
    'API Gateway Lambda authorizer, request (payload formats 1.0 and 2.0)',
    'api-gateway-authorizer-request',
    'api-gateway-authorizer-request',
    'api-gateway-authorizer-request-format-2',
  ),
  ...row('Application Load Balancer (single and multi-value headers)', 'alb', 'alb', 'alb-multi-value'),
  ...row('VPC Lattice, event version 1.0', 'vpc-lattice-v1'),
  ...row('VPC Lattice, event version 2.0', 'vpc-lattice-v2'),
  ...row('AppSync resolver', 'appsync'),
  ...row('AppSync resolver, batch', 'appsync-batch'),
  ...row('AppSync Lambda authorizer', 'appsync-authorizer'),
  ...row('Cognito user pool trigger', 'cognito'),
  ...row('SNS', 'sns'),
  ...row('SQS', 'sqs'),
  ...row('SNS in SQS, enveloped', 'sqs', 'sns-in-sqs'),
  ...row('SNS in SQS, raw message delivery', 'sqs', 'sns-in-sqs-raw'),
  ...row('EventBridge in SQS', 'sqs', 'eventbridge-in-sqs'),
  ...bare('S3 in SQS', 'sqs', 's3-in-sqs'),
  ...row('EventBridge', 'eventbridge'),
  ...bare('EventBridge Scheduler, target without `Input`', 'eventbridge-scheduler'),
  ...row('EventBridge Scheduler, target with `Input`', 'direct-invoke', 'eventbridge-scheduler-input'),
  ...bare('S3', 's3'),
  ...row('SES', 'ses'),
  ...row('Kinesis data stream', 'kinesis'),
  ...row('Firehose transformation', 'firehose'),
  ...row('DynamoDB stream', 'dynamodb', 'dynamodb-stream'),
  ...row('Amazon MSK', 'kafka', 'msk'),
  ...row('Self-managed Kafka', 'kafka', 'self-managed-kafka'),
  ...row('Amazon MQ for ActiveMQ', 'active-mq'),
  ...row('Amazon MQ for RabbitMQ', 'rabbit-mq'),
  ...row('Step Functions task, given the context object', 'step-functions'),
  ...row('Step Functions task, given its input', 'direct-invoke', 'step-functions-input'),
  ...row('Lambda Invoke', 'direct-invoke'),
  ...bare('CloudWatch alarm action', 'cloudwatch-alarm'),
  ...bare('CloudWatch Logs subscription', 'cloudwatch-logs'),
  ...row('CloudFormation custom resource', 'cloudformation-custom-resource'),
  ...row('IoT rule', 'direct-invoke', 'iot-rule'),
  piped('sqs', 'sqs'),
  piped('sqs-parsed', 'sqs'),
  piped('kinesis', 'kinesis'),
  piped('dynamodb', 'dynamodb'),
  piped('msk', 'kafka'),
  piped('self-managed-kafka', 'kafka'),
  piped('active-mq', 'active-mq'),
  piped('rabbit-mq', 'rabbit-mq'),
  {
    event: 'EventBridge Pipes: what a template or an enrichment makes of a record',
    source: 'eventbridge-pipes',
    fixture: 'pipes-template',
    recordSource: 'direct-invoke',
  },
  ...row(
    'CloudFront, Lambda@Edge (requests and responses, of viewers and origins)',
    'cloudfront',
    'cloudfront-viewer-request',
    'cloudfront-origin-response',
  ),
  ...row('DocumentDB change stream', 'documentdb'),
  ...row('Lex (version 2 and 1)', 'lex', 'lex-v1', 'lex-v2'),
  ...row('AppSync Events, a handler of a namespace', 'appsync-events'),
];

const carrying = rows.filter((one) => one.carriesNothing === undefined);
const context = { awsRequestId: 'request-1' };
/** Of an array the first record: what several carry is each their own. */
function withOneRecord(event: unknown): unknown {
  return Array.isArray(event) && event.length > 1 && !isAppSync(event) ? event.slice(0, 1) : event;
}
function isAppSync([first]: unknown[]): boolean {
  return Object.hasOwn(first as object, 'arguments');
}
function sourceNamed(name: string) {
  return eventSources.find((source) => source.name === name);
}

describe('every event source', () => {
  it('has a fixture for each kind of event, and each fixture a row', () => {
    const described = eventSources.flatMap((source) =>
      readingsOf(source.name).map((reading) => ({
        event: reading.event,
        source: source.name,
        carriesNothing: reading.id === undefined,
      })),
    );
    const tested = rows.map(({ event, source, carriesNothing = false }) => ({
      event,
      source,
      carriesNothing,
    }));
    expect(new Set(tested.map((one) => JSON.stringify(one)))).toEqual(
      new Set(described.map((one) => JSON.stringify(one))),
    );
    const files = readdirSync(new URL('../../fixtures/events/', import.meta.url));
    expect(files.sort()).toEqual(rows.map((one) => `${one.fixture}.json`).sort());
    expect(new Set(eventSources.map((source) => source.name)).size).toBe(eventSources.length);
  });

  it.each(carrying)('$fixture: the id is read', ({ fixture: name, source }) => {
    expect(extractCorrelation(withOneRecord(fixture(name)), context)).toMatchObject({
      correlationId: FIXTURE_ID,
      source,
      replaced: false,
    });
  });

  it.each(carrying)('$fixture: the id is read whatever the case of its name', ({ fixture: name, source }) => {
    expect(extractCorrelation(withOneRecord(withUpperCaseNames(fixture(name))), context)).toMatchObject({
      correlationId: FIXTURE_ID,
      source,
    });
  });

  it.each(rows)(
    '$fixture: without an id, the request id becomes it',
    ({ fixture: name, source, recordSource }) => {
      const event = withoutId(fixture(name));
      expect(JSON.stringify(event)).not.toContain(FIXTURE_ID);
      expect(extractCorrelation(withOneRecord(event), context)).toMatchObject({
        correlationId: 'request-1',
        // Without an id nothing tells that an event of the sender's own making is a direct invocation.
        source: source === 'direct-invoke' || recordSource === 'direct-invoke' ? 'unknown' : source,
        replaced: false,
      });
    },
  );

  it.each(carrying)('$fixture: a hostile id is replaced', ({ fixture: name, source }) => {
    const event = fixture(name);
    const hostile = fc.oneof(
      fc.string().filter((text) => text !== '' && !text.startsWith('{') && !isCorrelationId(text)),
      fc.constantFrom('a b', 'a\r\nset-cookie: b=c', '<script>', 'x'.repeat(MAX_CORRELATION_ID_LENGTH + 1)),
    );
    fc.assert(
      fc.property(hostile, (id) => {
        expect(extractCorrelation(withOneRecord(withId(event, id)), context)).toMatchObject({
          correlationId: 'request-1',
          source,
          replaced: true,
        });
      }),
      runs(30),
    );
  });

  it.each(carrying)('$fixture: the id is read under a name of your own', ({ fixture: name, source }) => {
    const event = withOneRecord(withIdNamed(fixture(name), 'x-Shop.Request_id'));
    expect(extractCorrelation(event, context, { header: 'X-shop.request_ID' })).toMatchObject({
      correlationId: FIXTURE_ID,
      source,
    });
  });

  it.each(rows)(
    '$fixture: knows its own event, and no JSON is parsed to find out',
    ({ fixture: name, source }) => {
      const event = fixture(name);
      const parse = vi.spyOn(JSON, 'parse');
      try {
        expect(
          eventSources.find((candidate) => candidate.matches(event, CORRELATION_ID_KEY, context))?.name,
        ).toBe(source);
        expect(parse).not.toHaveBeenCalled();
      } finally {
        parse.mockRestore();
      }
    },
  );

  it.each(rows.filter((one) => sourceNamed(one.source)?.batch !== undefined))(
    '$fixture: each record has what it carries, alone and in the batch',
    ({ fixture: name, source, recordSource = source, carriesNothing }) => {
      const event = fixture(name);
      const records = sourceNamed(source)?.batch?.records(event) ?? [];
      const extracted = extractCorrelation(event, context);

      expect(records.length).toBeGreaterThan(0);
      expect(extracted.records).toHaveLength(records.length);
      for (const [index, record] of records.entries()) {
        const alone = extractRecordCorrelation(record);
        // An item of an AppSync batch is what a resolver gets.
        expect(alone.source).toBe(recordSource);
        if (carriesNothing === undefined) {
          expect(alone.correlationId).toBe(FIXTURE_ID);
          expect(extracted.records?.[index]).toEqual(alone);
        } else {
          expect(isCorrelationId(alone.correlationId)).toBe(true);
        }
      }
    },
  );
});

describe('an event that has no place for an id that we can read', () => {
  const aggregated = Buffer.from([0xf3, 0x89, 0x9a, 0xc2, 0x0a, 0x01, 0x61, 0x1a, 0x02, 0x08, 0x00]);
  it.each([
    [
      'Kinesis records that a producer has aggregated',
      'kinesis',
      { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: aggregated.toString('base64') } }] },
    ],
    ['the same through EventBridge Pipes', 'eventbridge-pipes', [{ eventSource: 'aws:kinesis', data: 'x' }]],
    ['a message of SQS that is a list', 'sqs', { Records: [{ eventSource: 'aws:sqs', body: '[1,2]' }] }],
    ['a deleted document', 'documentdb', { eventSource: 'aws:docdb', events: [{ event: {} }] }],
    ['a Lex session without attributes', 'lex', { invocationSource: 'x', bot: {}, sessionState: null }],
    [
      'CloudFront without the header',
      'cloudfront',
      { Records: [{ cf: { request: { headers: { a: 1 } } } }] },
    ],
    ['a list of numbers', 'unknown', [1, 2, 3]],
    ['an empty list', 'unknown', []],
    ['S3 Object Lambda', 'unknown', { xAmzRequestId: 'r', getObjectContext: { inputS3Url: 'https://x' } }],
    ['S3 Batch', 'unknown', { invocationSchemaVersion: '1.0', tasks: [{ taskId: 't' }], job: { id: 'j' } }],
    ['Amazon Connect', 'unknown', { Name: 'ContactFlowEvent', Details: { ContactData: {}, Parameters: {} } }],
    ['an Alexa skill', 'unknown', { version: '1.0', session: {}, request: { type: 'LaunchRequest' } }],
  ])('%s: source %s, and the request id', (_what, source, event) => {
    expect(extractCorrelation(event, context)).toMatchObject({
      correlationId: 'request-1',
      source,
      replaced: false,
    });
  });
});

describe('what EventBridge Pipes deliver', () => {
  it('gives each record its own id, whatever source it is of, and the whole one of its own', () => {
    const records = [fixture('pipes-sqs'), fixture('pipes-msk'), fixture('pipes-template')].flat();
    const extracted = extractCorrelation([...records, { orderId: 'o-18' }], context);

    expect(extracted).toMatchObject({ correlationId: 'request-1', source: 'eventbridge-pipes' });
    expect(extracted.records?.map(({ source }) => source)).toEqual([
      'sqs',
      'sqs',
      'kafka',
      'direct-invoke',
      'direct-invoke',
    ]);
    const ids = extracted.records?.map(({ correlationId }) => correlationId) ?? [];
    expect(ids.slice(0, 4)).toEqual(Array(4).fill(FIXTURE_ID));
    expect(ids[4]).not.toBe('request-1');
  });
});

describe("API Gateway's request id", () => {
  it.each([
    'api-gateway-rest',
    'api-gateway-http',
    'api-gateway-http-format-1',
    'api-gateway-websocket-connect',
    'api-gateway-authorizer-request',
    'function-url',
  ])('is taken from %s where it is asked for and nothing else came', (name) => {
    const event = withoutId(fixture(name)) as { requestContext: { requestId: string } };
    const { requestId } = event.requestContext;
    expect(requestId).toMatch(/./);
    expect(extractCorrelation(event, context, { requestId: true }).correlationId).toBe(requestId);
    expect(extractCorrelation(event, context).correlationId).toBe('request-1');
    expect(extractCorrelation(fixture(name), context, { requestId: true }).correlationId).toBe(FIXTURE_ID);
    const hostile = { ...event, requestContext: { ...event.requestContext, requestId: 'a\nb' } };
    expect(extractCorrelation(hostile, context, { requestId: true }).correlationId).toBe('request-1');
  });

  it('is not taken from what is no event of API Gateway', () => {
    for (const { fixture: name } of rows.filter(({ source }) => !/gateway|url/.test(source))) {
      const given = withoutId(fixture(name)) as { requestContext?: object };
      const requestContext = { ...given.requestContext, requestId: 'of-nobody' };
      const event = Array.isArray(given) ? given : { ...given, requestContext };
      expect(extractCorrelation(event, context, { requestId: true }).correlationId).not.toBe('of-nobody');
    }
  });
});

describe('answersHttp', () => {
  it('knows the sources whose answer is an HTTP response', () => {
    expect(
      eventSources.filter((source) => answersHttp(source.name) !== undefined).map((source) => source.name),
    ).toEqual([
      'alb',
      'function-url',
      'vpc-lattice-v2',
      'vpc-lattice-v1',
      'api-gateway-rest',
      'api-gateway-http',
      'cloudfront',
    ]);
    expect(answersHttp('unknown')).toBeUndefined();
  });
});

describe('isMessageSource', () => {
  it.each([
    ['sqs', true],
    ['kinesis', true],
    ['eventbridge', true],
    ['eventbridge-scheduler', true],
    ['cloudwatch-logs', true],
    ['pipes-sqs', true],
    ['documentdb', true],
    ['cloudfront-viewer-request', false],
    ['lex-v2', false],
    ['appsync-events', false],
    ['api-gateway-rest', false],
    ['api-gateway-websocket-message', false],
    ['appsync-batch', false],
    ['direct-invoke', false],
    ['step-functions', false],
  ])('tells messages from requests: %s is one, %s', (name, isMessage) => {
    expect(isMessageSource(sourceOf(fixture(name)))).toBe(isMessage);
  });

  it('takes what nobody knows for a request', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    expect(isMessageSource(sourceOf(proxy))).toBe(false);
    expect(isMessageSource(sourceOf({}))).toBe(false);
  });
});
