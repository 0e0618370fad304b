import { describe, expect, it } from 'vitest';
import { arn, lambdaFunction, readResources } from './read-template.ts';

const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } };

describe('an event source mapping', () => {
  const mapping = (properties: object = {}) => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Orders', 'Arn'] },
      FunctionName: { 'Fn::GetAtt': ['Work', 'Arn'] },
      ...properties,
    },
  });
  const read = (properties: object = {}, others: Record<string, unknown> = {}) =>
    readResources({ Orders: queue, Work: lambdaFunction(), Mapping: mapping(properties), ...others });

  it('has Lambda’s defaults', () => {
    const { service, warnings } = read();
    expect(service.eventSourceMappings).toEqual([
      {
        uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
        queueArn: arn('sqs', 'orders'),
        functionName: 'work',
        enabled: true,
        batchSize: 10,
        maximumBatchingWindow: 0,
        reportBatchItemFailures: false,
      },
    ]);
    expect(warnings).toEqual([]);
    expect(read().service.eventSourceMappings[0]?.uuid).toBe(service.eventSourceMappings[0]?.uuid);
  });

  it('has what the template sets', () => {
    const { service } = read({
      Enabled: false,
      BatchSize: '5',
      MaximumBatchingWindowInSeconds: 2,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 4 },
      MetricsConfig: { Metrics: ['EventCount'] },
    });
    expect(service.eventSourceMappings[0]).toMatchObject({
      enabled: false,
      batchSize: 5,
      maximumBatchingWindow: 2,
      reportBatchItemFailures: true,
      maximumConcurrency: 4,
      countsEvents: true,
    });
  });

  it.each([
    ['its name', 'work'],
    ['its name and an alias', 'work:live'],
    ['its partial ARN', '000000000000:function:work'],
    ['the ARN of a version', `${arn('lambda', 'function:work')}:1`],
  ])('finds the function by %s', (_what, functionName) => {
    expect(read({ FunctionName: functionName }).service.eventSourceMappings[0]?.functionName).toBe('work');
  });

  it('has the filters that the template sets', () => {
    const patterns = [{ body: { kind: ['order'] } }, { messageAttributes: { to: [{ exists: true }] } }];
    const Filters = patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) }));
    const { service, warnings } = read({ FilterCriteria: { Filters } });
    expect(service.eventSourceMappings[0]?.filters).toEqual(patterns);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['{}', 'an object with at least one field'],
    ['order', 'expected a pattern as JSON'],
    ['{"body":"order"}', 'body: expected a list of values'],
    ['{"body":[{"begins":"x"}]}', 'body: expected one of the operators'],
  ])('is left out where AWS would refuse its filter %s, and the place is named', (Pattern, why) => {
    const { service, warnings } = read({ FilterCriteria: { Filters: [{ Pattern }] } });
    expect(service.eventSourceMappings).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('FilterCriteria.Filters.0.Pattern')]);
    expect(warnings[0]).toContain(why);
  });

  it('is left out with a warning for other sources, and for functions that do not run here', () => {
    const stream = read({ EventSourceArn: 'arn:of:a:stream' });
    expect(stream.service.eventSourceMappings).toEqual([]);
    expect(stream.warnings).toEqual([
      expect.stringMatching(
        /^work receives nothing from arn:of:a:stream: only queues .* are polled locally; invoke .*aws lambda invoke/,
      ),
    ]);
    const python = read({}, { Work: lambdaFunction({ Runtime: 'python3.13' }) });
    expect(python.service.eventSourceMappings).toEqual([]);
    expect(python.warnings).toContain('The queue orders is not polled for work, which is not run locally');
  });
});

describe('an event source mapping of a stream', () => {
  const read = (properties: Record<string, unknown> = {}, resources: Record<string, unknown> = {}) =>
    readResources({
      Work: lambdaFunction(),
      Orders: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'orders',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Orders', 'StreamArn'] },
          FunctionName: { 'Fn::GetAtt': ['Work', 'Arn'] },
          StartingPosition: 'TRIM_HORIZON',
          ...properties,
        },
      },
      ...resources,
    });
  const streamArn = `${arn('dynamodb', 'table/orders')}/stream/2020-01-01T00:00:00.000`;

  it('has Lambda’s defaults', () => {
    const { service, warnings } = read();
    expect(service.tables[0]?.stream).toEqual({ arn: streamArn, viewType: 'NEW_IMAGE' });
    expect(service.streamMappings).toEqual([
      {
        uuid: expect.any(String) as string,
        streamArn,
        functionName: 'work',
        enabled: true,
        batchSize: 100,
        maximumBatchingWindow: 0,
        startingPosition: 'TRIM_HORIZON',
        reportBatchItemFailures: false,
        bisectOnError: false,
      },
    ]);
    expect([service.eventSourceMappings, warnings]).toEqual([[], []]);
  });

  it('has what the template sets, where -1 is no limit', () => {
    const { service } = read({
      Enabled: 'false',
      BatchSize: 5,
      MaximumBatchingWindowInSeconds: 3,
      StartingPosition: 'LATEST',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 0,
      MaximumRecordAgeInSeconds: -1,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:x:1:dead' } },
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
    });
    expect(service.streamMappings[0]).toEqual({
      uuid: expect.any(String) as string,
      streamArn,
      functionName: 'work',
      enabled: false,
      batchSize: 5,
      maximumBatchingWindow: 3,
      startingPosition: 'LATEST',
      reportBatchItemFailures: true,
      bisectOnError: true,
      maximumRetryAttempts: 0,
      onFailure: 'arn:aws:sqs:x:1:dead',
      filters: [{ eventName: ['INSERT'] }],
    });
  });

  it.each([
    [30, 30],
    ['900', 900],
    [0, undefined],
    [undefined, undefined],
  ])('has tumbling windows of %s seconds', (written, expected) => {
    const { service, warnings } = read({ TumblingWindowInSeconds: written });
    expect(service.streamMappings[0]?.tumblingWindow).toBe(expected);
    expect(warnings).toEqual([]);
  });

  it.each([-1, 901, 2.5])('is refused with tumbling windows of %s seconds, as AWS would', (written) => {
    const { service, warnings } = read({ TumblingWindowInSeconds: written });
    expect(service.streamMappings).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        new RegExp(`TumblingWindowInSeconds: expected whole seconds from 0 to 900, got ${written}`),
      ),
    ]);
  });

  it('is named where it does not run', () => {
    const { service, warnings } = read({}, { Work: lambdaFunction({ Runtime: 'python3.13' }) });
    expect(service.streamMappings).toEqual([]);
    expect(warnings).toContain(
      'The stream of the table orders is not polled for work, which is not run locally',
    );
  });
});
