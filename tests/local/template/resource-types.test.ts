import { describe, expect, it } from 'vitest';
import { lambdaFunction, readTemplate } from './read-template.ts';

function lookUp(resource: { Type: string; Properties?: object }, call: object, region = 'eu-central-1') {
  const { service } = readTemplate(
    {
      Resources: {
        Thing: resource,
        Work: lambdaFunction({ FunctionName: 'work', Environment: { Variables: { VALUE: call } } }),
      },
    },
    { region },
  );
  return service.functions.find(({ name }) => name === 'work')?.environment.VALUE;
}

const account = '000000000000';
function named(property: string) {
  return { [property]: 'thing' };
}

describe('Ref', () => {
  it.each([
    ['AWS::SQS::Queue', named('QueueName'), `http://127.0.0.1:4100/${account}/thing`],
    ['AWS::SNS::Topic', named('TopicName'), `arn:aws:sns:eu-central-1:${account}:thing`],
    ['AWS::DynamoDB::Table', named('TableName'), 'thing'],
    ['AWS::Logs::LogGroup', named('LogGroupName'), 'thing'],
    ['AWS::S3::Bucket', named('BucketName'), 'thing'],
    ['AWS::Events::EventBus', named('Name'), 'thing'],
    ['AWS::Events::Rule', named('Name'), 'thing'],
    ['AWS::Events::Rule', { ...named('Name'), EventBusName: 'parcels' }, 'parcels|thing'],
    ['AWS::CloudWatch::CompositeAlarm', named('AlarmName'), 'thing'],
    ['AWS::Logs::MetricFilter', named('FilterName'), 'thing'],
    ['AWS::IAM::Role', named('RoleName'), 'thing'],
    ['AWS::ApiGateway::Stage', { StageName: 'live' }, 'live'],
    [
      'AWS::Lambda::Version',
      { FunctionName: 'work' },
      `arn:aws:lambda:eu-central-1:${account}:function:work:1`,
    ],
    [
      'AWS::Lambda::Alias',
      { FunctionName: `arn:aws:lambda:eu-central-1:${account}:function:work`, Name: 'live' },
      `arn:aws:lambda:eu-central-1:${account}:function:work:live`,
    ],
    [
      'AWS::StepFunctions::StateMachine',
      named('StateMachineName'),
      `arn:aws:states:eu-central-1:${account}:stateMachine:thing`,
    ],
  ])('of %s is what CloudFormation gives', (Type, Properties, expected) => {
    expect(lookUp({ Type, Properties }, { Ref: 'Thing' })).toBe(expected);
  });

  it.each([['AWS::ApiGateway::RestApi'], ['AWS::ApiGatewayV2::Api']])(
    'of %s is an id of ten characters that stays the same',
    (Type) => {
      const id = lookUp({ Type }, { Ref: 'Thing' });
      expect(id).toMatch(/^[a-z0-9]{10}$/);
      expect(lookUp({ Type }, { Ref: 'Thing' })).toBe(id);
    },
  );
});

describe('Fn::GetAtt', () => {
  it.each([
    ['AWS::SQS::Queue', named('QueueName'), 'Arn', `arn:aws:sqs:eu-central-1:${account}:thing`],
    ['AWS::SQS::Queue', named('QueueName'), 'QueueUrl', `http://127.0.0.1:4100/${account}/thing`],
    ['AWS::SNS::Topic', named('TopicName'), 'TopicArn', `arn:aws:sns:eu-central-1:${account}:thing`],
    ['AWS::SNS::Topic', named('TopicName'), 'TopicName', 'thing'],
    [
      'AWS::DynamoDB::Table',
      named('TableName'),
      'Arn',
      `arn:aws:dynamodb:eu-central-1:${account}:table/thing`,
    ],
    [
      'AWS::DynamoDB::GlobalTable',
      named('TableName'),
      'Arn',
      `arn:aws:dynamodb:eu-central-1:${account}:table/thing`,
    ],
    [
      'AWS::Scheduler::Schedule',
      { Name: 'thing', GroupName: 'nightly' },
      'Arn',
      `arn:aws:scheduler:eu-central-1:${account}:schedule/nightly/thing`,
    ],
    ['AWS::Lambda::Version', { FunctionName: 'work' }, 'Version', '1'],
    [
      'AWS::Events::Rule',
      { Name: 'thing', EventBusName: `arn:aws:events:eu-central-1:${account}:event-bus/parcels` },
      'Arn',
      `arn:aws:events:eu-central-1:${account}:rule/parcels/thing`,
    ],
    ['AWS::IAM::Role', named('RoleName'), 'Arn', `arn:aws:iam::${account}:role/thing`],
    [
      'AWS::IAM::Role',
      { RoleName: 'thing', Path: '/shop/' },
      'Arn',
      `arn:aws:iam::${account}:role/shop/thing`,
    ],
    [
      'AWS::Logs::LogGroup',
      named('LogGroupName'),
      'Arn',
      `arn:aws:logs:eu-central-1:${account}:log-group:thing:*`,
    ],
    ['AWS::S3::Bucket', named('BucketName'), 'Arn', 'arn:aws:s3:::thing'],
    ['AWS::S3::Bucket', named('BucketName'), 'RegionalDomainName', 'thing.s3.eu-central-1.amazonaws.com'],
    [
      'AWS::S3::Bucket',
      named('BucketName'),
      'DualStackDomainName',
      'thing.s3.dualstack.eu-central-1.amazonaws.com',
    ],
    ['AWS::Events::EventBus', named('Name'), 'Arn', `arn:aws:events:eu-central-1:${account}:event-bus/thing`],
    ['AWS::SSM::Parameter', { Name: 'thing', Value: 'secret' }, 'Value', 'secret'],
  ])('of %s with %j: %s', (Type, Properties, attribute, expected) => {
    expect(lookUp({ Type, Properties }, { 'Fn::GetAtt': ['Thing', attribute] })).toBe(expected);
  });

  it('gives a table’s stream, a key’s ARN and an HTTP API’s endpoint their form', () => {
    expect(lookUp({ Type: 'AWS::DynamoDB::Table' }, { 'Fn::GetAtt': 'Thing.StreamArn' })).toContain(
      '/stream/',
    );
    expect(lookUp({ Type: 'AWS::KMS::Key' }, { 'Fn::GetAtt': 'Thing.Arn' })).toMatch(/:key\/[0-9a-f-]{36}$/);
    expect(lookUp({ Type: 'AWS::ApiGatewayV2::Api' }, { 'Fn::GetAtt': 'Thing.ApiEndpoint' })).toMatch(
      /^https:\/\/[a-z0-9]{10}\.execute-api\.eu-central-1\.amazonaws\.com$/,
    );
  });

  it('gives a subscription an ARN below its topic', () => {
    const subscription = {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: 'arn:of:a:topic', Protocol: 'sqs', Endpoint: 'arn:of:a:queue' },
    };
    expect(lookUp(subscription, { Ref: 'Thing' })).toMatch(/^arn:of:a:topic:[0-9a-f-]{36}$/);
  });

  it('uses the partition and the domain of the region', () => {
    const table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'thing' } };
    expect(lookUp(table, { 'Fn::GetAtt': 'Thing.Arn' }, 'cn-north-1')).toBe(
      `arn:aws-cn:dynamodb:cn-north-1:${account}:table/thing`,
    );
    expect(lookUp(table, { Ref: 'AWS::URLSuffix' }, 'cn-north-1')).toBe('amazonaws.com.cn');
    expect(lookUp(table, { Ref: 'AWS::Partition' }, 'us-gov-west-1')).toBe('aws-us-gov');
  });
});

describe('a name that the template leaves open', () => {
  it('is made of stack, logical id and an ending, and stays the same', () => {
    const name = lookUp({ Type: 'AWS::DynamoDB::Table' }, { Ref: 'Thing' });
    expect(name).toMatch(/^shop-local-Thing-[0-9A-Z]{12}$/);
    expect(lookUp({ Type: 'AWS::DynamoDB::Table' }, { Ref: 'Thing' })).toBe(name);
  });

  it('ends in .fifo for FIFO queues', () => {
    const fifo = { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } };
    expect(lookUp(fifo, { 'Fn::GetAtt': 'Thing.QueueName' })).toMatch(
      /^shop-local-Thing-[0-9A-Z]{12}\.fifo$/,
    );
  });

  it('has no capitals for buckets', () => {
    expect(lookUp({ Type: 'AWS::S3::Bucket' }, { Ref: 'Thing' })).toMatch(/^shop-local-thing-[0-9a-z]{12}$/);
  });

  it('keeps within the limit of the service', () => {
    const logicalId = 'A'.repeat(100);
    const { service } = readTemplate({
      Resources: { [logicalId]: lambdaFunction({ FunctionName: undefined }) },
    });
    expect(service.functions[0]?.name).toMatch(/^shop-local-A+-[0-9A-Z]{12}$/);
    expect(service.functions[0]?.name).toHaveLength(64);
  });
});
