import { readdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { MAX_CORRELATION_ID_LENGTH, isCorrelationId } from '../../../src/propagation/correlation-id.ts';
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
import { FIXTURE_ID, fixture, withId, withUpperCaseNames, withoutId } from './event-fixtures.ts';
import { readingsOf } from './readings.ts';

interface Row {
  /** As the table in docs/correlation.md names it. */
  readonly event: string;
  readonly fixture: string;
  readonly source: string;
  readonly carriesNothing?: true;
}

function row(event: string, source: string, ...fixtures: readonly string[]): Row[] {
  return (fixtures.length > 0 ? fixtures : [source]).map((name) => ({ event, source, fixture: name }));
}

function bare(event: string, source: string, ...fixtures: readonly string[]): Row[] {
  return row(event, source, ...fixtures).map((one) => ({ ...one, carriesNothing: true }));
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
];

const carrying = rows.filter((one) => one.carriesNothing === undefined);
const context = { awsRequestId: 'request-1' };
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
    expect(extractCorrelation(fixture(name), context)).toMatchObject({
      correlationId: FIXTURE_ID,
      source,
      replaced: false,
    });
  });

  it.each(carrying)('$fixture: the id is read whatever the case of its name', ({ fixture: name, source }) => {
    expect(extractCorrelation(withUpperCaseNames(fixture(name)), context)).toMatchObject({
      correlationId: FIXTURE_ID,
      source,
    });
  });

  it.each(rows)('$fixture: without an id, the request id becomes it', ({ fixture: name, source }) => {
    const event = withoutId(fixture(name));
    expect(JSON.stringify(event)).not.toContain(FIXTURE_ID);
    expect(extractCorrelation(event, context)).toMatchObject({
      correlationId: 'request-1',
      // Without an id nothing tells that an event of the sender's own making is a direct invocation.
      source: source === 'direct-invoke' ? 'unknown' : source,
      replaced: false,
    });
  });

  it.each(carrying)('$fixture: a hostile id is replaced', ({ fixture: name, source }) => {
    const event = fixture(name);
    const hostile = fc.oneof(
      fc.string().filter((text) => text !== '' && !text.startsWith('{') && !isCorrelationId(text)),
      fc.constantFrom('a b', 'a\r\nset-cookie: b=c', '<script>', 'x'.repeat(MAX_CORRELATION_ID_LENGTH + 1)),
    );
    fc.assert(
      fc.property(hostile, (id) => {
        expect(extractCorrelation(withId(event, id), context)).toMatchObject({
          correlationId: 'request-1',
          source,
          replaced: true,
        });
      }),
      runs(30),
    );
  });

  it.each(rows)(
    '$fixture: knows its own event, and no JSON is parsed to find out',
    ({ fixture: name, source }) => {
      const event = fixture(name);
      const parse = vi.spyOn(JSON, 'parse');
      try {
        expect(eventSources.find((candidate) => candidate.matches(event, context))?.name).toBe(source);
        expect(parse).not.toHaveBeenCalled();
      } finally {
        parse.mockRestore();
      }
    },
  );

  it.each(rows.filter((one) => sourceNamed(one.source)?.batch !== undefined))(
    '$fixture: each record has what it carries, alone and in the batch',
    ({ fixture: name, source, carriesNothing }) => {
      const event = fixture(name);
      const records = sourceNamed(source)?.batch?.records(event) ?? [];
      const extracted = extractCorrelation(event, context);

      expect(records.length).toBeGreaterThan(0);
      expect(extracted.records).toHaveLength(records.length);
      for (const [index, record] of records.entries()) {
        const alone = extractRecordCorrelation(record);
        // An item of an AppSync batch is what a resolver gets.
        expect(alone.source).toBe(source);
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

describe('answersHttp', () => {
  it('knows the sources whose answer is an HTTP response', () => {
    expect(eventSources.filter((source) => answersHttp(source.name)).map((source) => source.name)).toEqual([
      'alb',
      'function-url',
      'vpc-lattice-v2',
      'vpc-lattice-v1',
      'api-gateway-rest',
      'api-gateway-http',
    ]);
    expect(answersHttp('unknown')).toBe(false);
  });
});

describe('isMessageSource', () => {
  it.each([
    ['sqs', true],
    ['kinesis', true],
    ['eventbridge', true],
    ['eventbridge-scheduler', true],
    ['cloudwatch-logs', true],
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
