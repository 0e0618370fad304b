import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from './read-template.ts';

const FOREIGN = 'arn:aws:sqs:eu-central-1:000000000000:of-another-stack';
const work = { 'Fn::GetAtt': ['Work', 'Arn'] };

/** What stands in the template, beside a function, a queue, a topic, a bus, a bucket and a table. */
function warningsOf(resources: Record<string, unknown>): readonly string[] {
  const { warnings } = readResources({
    Work: lambdaFunction(),
    Failed: { Type: 'AWS::SQS::Queue' },
    Told: { Type: 'AWS::SNS::Topic' },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Items: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'items',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
      },
    },
    ...resources,
  });
  return warnings;
}

function invokeConfig(destinations: object) {
  return {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'Work' }, Qualifier: '$LATEST', DestinationConfig: destinations },
  };
}

function streamOf(destination: unknown) {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: work,
      EventSourceArn: { 'Fn::GetAtt': ['Items', 'StreamArn'] },
      StartingPosition: 'LATEST',
      DestinationConfig: { OnFailure: { Destination: destination } },
    },
  };
}

function schedule(target: object) {
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'nightly',
      ScheduleExpression: 'rate(1 day)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { RoleArn: 'arn:aws:iam::000000000000:role/x', ...target },
    },
  };
}

function rule(deadLetters: unknown) {
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'placed',
      EventPattern: { source: ['shop'] },
      Targets: [{ Id: 'work', Arn: work, DeadLetterConfig: { Arn: deadLetters } }],
    },
  };
}

describe('a destination that nothing arrives at', () => {
  it.each<[string, unknown, string]>([
    ['of a successful event', invokeConfig({ OnSuccess: { Destination: FOREIGN } }), 'The function work'],
    [
      'of an event that is given up',
      invokeConfig({ OnFailure: { Destination: FOREIGN } }),
      'The function work',
    ],
    [
      'of a dead letter',
      lambdaFunction({ FunctionName: 'mail', DeadLetterConfig: { TargetArn: FOREIGN } }),
      'The function mail',
    ],
    ['of a record of a stream', streamOf(FOREIGN), 'The stream of the function work'],
    ['of an event of a rule', rule(FOREIGN), 'The rule placed'],
    ['of a schedule', schedule({ Arn: FOREIGN }), 'The schedule nightly'],
    [
      'of what a schedule cannot bring',
      schedule({ Arn: work, DeadLetterConfig: { Arn: FOREIGN } }),
      'The schedule nightly',
    ],
    [
      'of a message of a topic',
      {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: { Ref: 'Told' },
          Protocol: 'lambda',
          Endpoint: work,
          RedrivePolicy: { deadLetterTargetArn: FOREIGN },
        },
      },
      'The subscription of arn:aws:lambda:eu-central-1:000000000000:function:work',
    ],
  ])('is named at start: %s', (_what, resource, from) => {
    expect(warningsOf({ Resource: resource })).toEqual([
      `${from} has ${FOREIGN} for a destination, which is no function, queue, topic or bus of this template: nothing arrives there ` +
        'unless a service that runs beside this one has it, or an emulator of yours',
    ]);
  });

  it('may be a bucket of the template', () => {
    const bucket = { 'Fn::GetAtt': ['Bucket', 'Arn'] };
    expect(warningsOf({ Resource: streamOf(bucket) })).toEqual([
      expect.stringMatching(/^The stream of the function work has arn:aws:s3:::\S+ for a destination/),
    ]);
  });

  it.each([
    ['a queue', { 'Fn::GetAtt': ['Failed', 'Arn'] }],
    ['a topic', { Ref: 'Told' }],
    ['a function', work],
    ['a version of a function', { 'Fn::Sub': '${Work.Arn}:live' }],
    ['a bus', { 'Fn::GetAtt': ['Bus', 'Arn'] }],
    ['the default bus', 'arn:aws:events:eu-central-1:000000000000:event-bus/default'],
  ])('is not %s of the template', (_what, destination) => {
    expect(warningsOf({ Resource: invokeConfig({ OnFailure: { Destination: destination } }) })).toEqual([]);
  });
});
