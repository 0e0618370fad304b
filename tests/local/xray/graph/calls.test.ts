import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../../local/xray/assemble.ts';
import type { SegmentDocument, Subsegment } from '../../../../local/xray/document.ts';
import { callsOf, inferSegments } from '../../../../local/xray/graph/calls.ts';
import { resourceOf } from '../../../../local/xray/graph/resource.ts';
import { without } from '../../../../local/json.ts';
import { parseDocument } from '../../../../local/xray/parse-document.ts';
import { begun, embedded, entityId, segment, subsegment, TRACE_ID } from '../fixtures.ts';

describe('what a call works on', () => {
  it.each<[name: string, fields: Partial<Subsegment>, resource: ReturnType<typeof resourceOf>]>([
    ['DynamoDB', { aws: { table_name: 'orders' } }, { name: 'orders', type: 'AWS::DynamoDB::Table' }],
    ['DynamoDB', { aws: { table_names: ['a', 'b'] } }, { name: 'a', type: 'AWS::DynamoDB::Table' }],
    [
      'DynamoDB',
      { aws: { table_name: 'arn:aws:dynamodb:eu-west-1:1:table/orders' } },
      { name: 'orders', type: 'AWS::DynamoDB::Table' },
    ],
    ['DynamoDB', { aws: { operation: 'ListTables' } }, { name: 'DynamoDB', type: 'AWS::DynamoDB' }],
    [
      'SQS',
      { aws: { queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/paid' } },
      { name: 'paid', type: 'AWS::SQS::Queue' },
    ],
    [
      'SNS',
      { aws: { topic_arn: 'arn:aws:sns:eu-west-1:1:placed' } },
      { name: 'placed', type: 'AWS::SNS::Topic' },
    ],
    ['S3', { aws: { bucket_name: 'my.bucket', key: 'k' } }, { name: 'my.bucket', type: 'AWS::S3::Bucket' }],
    ['Lambda', { aws: { function_name: 'pay' } }, { name: 'pay', type: 'AWS::Lambda::Function' }],
    ['Lambda', { aws: { function_name: 'pay:live' } }, { name: 'pay', type: 'AWS::Lambda::Function' }],
    [
      'Lambda',
      { aws: { function_name: 'arn:aws:lambda:eu-west-1:1:function:pay:3' } },
      { name: 'pay', type: 'AWS::Lambda::Function' },
    ],
    ['Lambda', { aws: { function_name: '1:function:pay' } }, { name: 'pay', type: 'AWS::Lambda::Function' }],
    [
      'SFN',
      { aws: { state_machine_arn: 'arn:aws:states:eu-west-1:1:stateMachine:ship' } },
      { name: 'ship', type: 'AWS::StepFunctions::StateMachine' },
    ],
    [
      'SFN',
      { aws: { execution_arn: 'arn:aws:states:eu-west-1:1:execution:ship:0c1d' } },
      { name: 'ship', type: 'AWS::StepFunctions::StateMachine' },
    ],
    ['EventBridge', { aws: { event_bus_name: 'shop' } }, { name: 'shop', type: 'AWS::Events::EventBus' }],
    [
      'Kinesis',
      { aws: { stream_arn: 'arn:aws:kinesis:eu-west-1:1:stream/clicks' } },
      { name: 'clicks', type: 'AWS::Kinesis::Stream' },
    ],
    ['Secrets Manager', {}, { name: 'Secrets Manager', type: 'AWS::SecretsManager' }],
    ['DynamoDB', { aws: { table_name: 7 } }, { name: 'DynamoDB', type: 'AWS::DynamoDB' }],
    [
      'ebdb@db.example.com',
      { namespace: 'remote', sql: { url: 'jdbc:…' } },
      { name: 'ebdb@db.example.com', type: 'Database::SQL' },
    ],
    ['api.example.com', { namespace: 'remote' }, { name: 'api.example.com', type: 'remote' }],
    ['## handler', { namespace: 'local' }, undefined],
  ])('%s with %o', (name, fields, resource) => {
    expect(resourceOf(embedded(1, { name, namespace: 'aws', ...fields }))).toEqual(resource);
  });
});

describe('who called whom', () => {
  const names = (documents: readonly SegmentDocument[]): string[] =>
    callsOf(assembleTrace(TRACE_ID, documents)).calls.map(
      ({ from, to, byClient }) =>
        `${byClient ? 'client' : (from?.service.name ?? '?')} -> ${to.service.name}`,
    );

  it('follows parents through subsegments, segments, and documents that came alone', () => {
    expect(
      names([
        segment(1, { name: 'api', subsegments: [embedded(2, { name: 'Lambda', namespace: 'aws' })] }),
        segment(3, { name: 'service', parent_id: entityId(2) }),
        segment(4, { name: 'function', parent_id: entityId(3) }),
        subsegment(5, 4, { name: '## handler' }),
        subsegment(6, 5, { name: 'DynamoDB', namespace: 'aws', aws: { table_name: 'orders' } }),
        subsegment(7, 5, { name: 'parse' }),
      ]).toSorted(),
    ).toEqual(['api -> service', 'client -> api', 'function -> orders', 'service -> function']);
  });

  it('takes a segment whose caller is not there for a root, and a call of an unknown service for one without caller', () => {
    expect(names([segment(1, { name: 'lost', parent_id: entityId(99) })])).toEqual(['client -> lost']);
    expect(names([subsegment(1, 99, { name: 'SQS', namespace: 'aws' })])).toEqual(['? -> SQS']);
  });

  it('survives segments that are their own ancestors', () => {
    const self = segment(1, { name: 'self', parent_id: entityId(1) });
    const one = segment(2, { name: 'one', parent_id: entityId(3) });
    const other = segment(3, { name: 'other', parent_id: entityId(2) });
    expect(names([self, one, other]).toSorted()).toEqual(['one -> other', 'other -> one', 'self -> self']);
  });
});

describe('inferred segments', () => {
  it('have what the call has, a type, and an id that is always the same and never taken', () => {
    const call = embedded(2, {
      name: 'DynamoDB',
      namespace: 'aws',
      error: true,
      aws: { table_name: 'orders', operation: 'GetItem' },
      http: { response: { status: 400 } },
    });
    const [inferred, ...others] = inferSegments(
      assembleTrace(TRACE_ID, [segment(1, { subsegments: [call] })]),
    );
    expect(others).toEqual([]);
    expect(inferred).toEqual({
      ...without(call as unknown as Record<string, unknown>, 'namespace'),
      id: inferred?.id,
      trace_id: TRACE_ID,
      parent_id: call.id,
      inferred: true,
      origin: 'AWS::DynamoDB::Table',
    });
    expect(parseDocument(JSON.stringify(inferred))).toHaveProperty('document.id', inferred?.id);
    const taken = assembleTrace(TRACE_ID, [
      segment(1, { subsegments: [call] }),
      { ...segment(3), id: inferred?.id ?? '' },
    ]);
    expect(inferSegments(taken).map(({ id }) => id)).not.toContain(inferred?.id);
  });

  it('are there for calls alone, until the real segment comes', () => {
    const caller = segment(1, {
      subsegments: [
        embedded(2, { name: 'a.example.com', namespace: 'remote' }),
        embedded(3, { name: 'b.example.com', namespace: 'remote', traced: true }),
        embedded(4, { name: 'work' }),
        embedded(5, { name: 'c.example.com', namespace: 'remote' }),
      ],
    });
    const callee = segment(6, { name: 'c', parent_id: entityId(5) });
    const inferredNames = (...documents: SegmentDocument[]): string[] =>
      inferSegments(assembleTrace(TRACE_ID, documents)).map(({ name }) => name);
    expect(inferredNames(caller)).toEqual(['a.example.com', 'c.example.com']);
    expect(inferredNames(caller, callee)).toEqual(['a.example.com']);
    expect(inferredNames(begun(subsegment(1, 9, { name: 'S3', namespace: 'aws' })))).toEqual(['S3']);
  });
});
