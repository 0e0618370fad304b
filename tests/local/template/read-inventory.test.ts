import { describe, expect, it } from 'vitest';
import { readInventory } from '../../../local/template/read-inventory.ts';
import { functionResources, inventoryOf, readTemplate } from '../../helpers/inventory.ts';

const everything = inventoryOf(readTemplate('every-event').Resources);

function fn(resources: Readonly<Record<string, unknown>>) {
  const [found] = inventoryOf({ ...functionResources('Pay', 'pay'), ...resources }).functions;
  if (found === undefined) throw new Error('no function');
  return found;
}

describe('readInventory', () => {
  it('changes nothing of the template', () => {
    const template = readTemplate('every-event');
    readInventory({ template, service: 's', stage: 'dev', region: 'eu-west-1' });
    expect(template).toEqual(readTemplate('every-event'));
  });

  it('refuses what is no template, and says what to do', () => {
    expect(() => readInventory({ template: {}, service: 's', stage: 'd', region: 'r' })).toThrow(
      'Expected a CloudFormation template with a Resources section, got {}: pass the compiled template',
    );
  });

  it('reads functions by their key, without those that the framework adds for itself', () => {
    expect(everything.functions.map(({ logicalId }) => logicalId)).toEqual([
      'OnDashtopicLambdaFunction',
      'OnDasheverythingDashelseLambdaFunction',
      'WebLambdaFunction',
      'AuthorizeLambdaFunction',
      'WorkerLambdaFunction',
      'PictureLambdaFunction',
    ]);
    expect(fn({})).toMatchObject({ key: 'pay', name: 'shop-dev-pay', timeout: 6, memorySize: 512 });
  });

  it('takes the defaults of Lambda for what a function leaves out', () => {
    const [plain] = inventoryOf({ Plain: { Type: 'AWS::Lambda::Function', Properties: {} } }).functions;
    expect(plain).toMatchObject({
      key: 'Plain',
      name: { Ref: 'Plain' },
      timeout: 3,
      memorySize: 128,
      logFormat: 'Text',
      systemLogLevel: 'INFO',
      isAsync: false,
    });
    expect(plain).not.toHaveProperty('logGroup');
  });

  it('finds the log group by its name, by reference, and sees when it is shared', () => {
    expect(fn({}).logGroup).toBe('PayLogGroup');
    const unnamed = inventoryOf({
      Plain: { Type: 'AWS::Lambda::Function', Properties: {} },
      Group: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: { 'Fn::Sub': '/aws/lambda/${Plain}' } },
      },
    });
    expect(unnamed.functions).toMatchObject([{ logGroup: 'Group' }]);
    const Shared = { Type: 'AWS::Logs::LogGroup', Properties: {} };
    const LoggingConfig = { LogGroup: { Ref: 'Shared' } };
    const { functions } = inventoryOf({
      ...functionResources('A', 'a', { LoggingConfig }),
      ...functionResources('B', 'b', { LoggingConfig }),
      Shared,
    });
    expect(functions).toMatchObject([
      { logGroup: 'Shared', sharesLogGroup: true },
      { logGroup: 'Shared', sharesLogGroup: true },
    ]);
  });

  it('finds provisioned concurrency on aliases and versions', () => {
    expect(everything.functions.find(({ key }) => key.includes('worker'))?.provisioned).toEqual([
      { logicalId: 'WorkerProvConcLambdaAlias', qualifier: 'provisioned', concurrency: 1 },
    ]);
    const provisioned = fn({
      PayVersion: {
        Type: 'AWS::Lambda::Version',
        Properties: {
          FunctionName: { Ref: 'PayLambdaFunction' },
          ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 3 },
        },
      },
    }).provisioned;
    expect(provisioned).toEqual([
      { logicalId: 'PayVersion', qualifier: { 'Fn::GetAtt': ['PayVersion', 'Version'] }, concurrency: 3 },
    ]);
  });

  it.each([
    ['a topic', { Type: 'AWS::Lambda::Permission', Properties: { Principal: 'sns.amazonaws.com' } }],
    [
      'S3 in any partition',
      {
        Type: 'AWS::Lambda::Permission',
        Properties: { Principal: { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::URLSuffix' }]] } },
      },
    ],
    [
      'a rule of EventBridge, in a substitution',
      {
        Type: 'AWS::Lambda::Permission',
        Properties: { Principal: { 'Fn::Sub': 'events.${AWS::URLSuffix}' } },
      },
    ],
    ['a destination', { Type: 'AWS::Lambda::EventInvokeConfig', Properties: {} }],
  ])('knows that %s does not wait for the function', (_what, resource) => {
    const FunctionName = { 'Fn::GetAtt': ['PayLambdaFunction', 'Arn'] };
    expect(fn({ It: { ...resource, Properties: { ...resource.Properties, FunctionName } } }).isAsync).toBe(
      true,
    );
  });

  it.each([
    ['by its name and an alias', 'shop-dev-pay:live'],
    ['by its ARN', 'arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-pay'],
    ['by the ARN of a version', 'arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-pay:1'],
    ['in a substitution', { 'Fn::Sub': '${PayLambdaFunction.Arn}:live' }],
    ['in a variable of a substitution', { 'Fn::Sub': ['${Fn}:live', { Fn: { Ref: 'PayLambdaFunction' } }] }],
  ])('finds the function that a resource names %s', (_how, FunctionName) => {
    const It = { Type: 'AWS::Lambda::EventInvokeConfig', Properties: { FunctionName } };
    expect(fn({ It }).isAsync).toBe(true);
  });

  it('takes what is AWS::NoValue for not set', () => {
    const none = { Ref: 'AWS::NoValue' };
    expect(
      inventoryOf(functionResources('Pay', 'pay', { DeadLetterConfig: none, Timeout: none })).functions,
    ).toMatchObject([{ hasDeadLetterConfig: false, timeout: 3 }]);
  });

  it('knows that an API, a user pool and a queue do wait', () => {
    const FunctionName = { Ref: 'PayLambdaFunction' };
    for (const Principal of ['apigateway.amazonaws.com', 'cognito-idp.amazonaws.com']) {
      const It = { Type: 'AWS::Lambda::Permission', Properties: { Principal, FunctionName } };
      expect(fn({ It }).isAsync).toBe(false);
    }
  });

  it('tells streams from queues, with the time that a batch may take', () => {
    const worker = everything.functions.find(({ key }) => key.includes('everything-else'));
    expect(worker?.streams.map(({ kind }) => kind)).toEqual(['kinesis', 'dynamodb']);
    expect(worker?.queues).toEqual(['Work']);
    const FunctionName = { Ref: 'PayLambdaFunction' };
    const streams = fn({
      Kafka: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName, SelfManagedEventSource: {}, MaximumBatchingWindowInSeconds: 5 },
      },
      Broker: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName, EventSourceArn: 'arn:aws:mq:eu-west-1:123456789012:broker:b' },
      },
    }).streams;
    expect(streams).toEqual([{ kind: 'kafka', mapping: 'Kafka', batchingWindow: 5 }]);
  });

  it('reads whose dead letters a queue takes: of queues, subscriptions, functions and rules', () => {
    const to = { 'Fn::GetAtt': ['Dead', 'Arn'] };
    const { queues } = inventoryOf({
      Dead: { Type: 'AWS::SQS::Queue' },
      Work: {
        Type: 'AWS::SQS::Queue',
        Properties: { RedrivePolicy: { deadLetterTargetArn: to, maxReceiveCount: '4' }, FifoQueue: false },
      },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: { RedrivePolicy: { deadLetterTargetArn: to } },
      },
      ...functionResources('Pay', 'pay', { DeadLetterConfig: { TargetArn: to } }),
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { Targets: [{ DeadLetterConfig: { Arn: to } }] },
      },
    });
    expect(queues).toMatchObject([
      { key: 'Dead', deadLettersOf: ['Work', 'Subscription', 'PayLambdaFunction', 'Rule'] },
      { key: 'Work', deadLettersOf: [], hasDeadLetterQueue: true, maxReceiveCount: 4, fifo: false },
    ]);
  });

  it('names a rule on a custom bus by its name, as Ref of it would give bus and rule', () => {
    const { rules } = inventoryOf({
      OnDefault: { Type: 'AWS::Events::Rule', Properties: { EventBusName: 'default' } },
      OnOwn: { Type: 'AWS::Events::Rule', Properties: { EventBusName: { Ref: 'Bus' } } },
      ByArn: { Type: 'AWS::Events::Rule', Properties: { EventBusName: { 'Fn::GetAtt': ['Bus', 'Arn'] } } },
      Named: { Type: 'AWS::Events::Rule', Properties: { EventBusName: 'parcels', Name: 'moved' } },
    });
    const nameOf = (id: string) => ({
      'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': [id, 'Arn'] }] }],
    });
    expect(rules).toEqual([
      { logicalId: 'OnDefault', key: 'OnDefault', name: { Ref: 'OnDefault' }, scheduled: false },
      {
        logicalId: 'OnOwn',
        key: 'OnOwn',
        name: nameOf('OnOwn'),
        eventBusName: { Ref: 'Bus' },
        scheduled: false,
      },
      {
        logicalId: 'ByArn',
        key: 'ByArn',
        name: nameOf('ByArn'),
        eventBusName: { Ref: 'Bus' },
        scheduled: false,
      },
      { logicalId: 'Named', key: 'Named', name: 'moved', eventBusName: 'parcels', scheduled: false },
    ]);
  });

  it('reads every stage of an API', () => {
    expect(everything.apis).toMatchObject([
      { key: 'ApiGatewayRestApi', kind: 'REST', name: 'local-everything', stage: 'local' },
      { key: 'WebsocketsApi', kind: 'WEBSOCKET', name: { Ref: 'WebsocketsApi' } },
      { key: 'HttpApi', kind: 'HTTP', name: { Ref: 'HttpApi' }, stage: '$default' },
    ]);
    const stage = (StageName: string) => ({
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Api' }, StageName },
    });
    const { apis } = inventoryOf({
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
      Blue: stage('blue'),
      Green: stage('green'),
    });
    expect(apis.map(({ key }) => key)).toEqual(['Api-Blue', 'Api-Green']);
  });

  it('reads the operations on tables that policies allow, and all where none does', () => {
    const table = { Orders: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    const policy = (Action: unknown) => ({
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyDocument: { Statement: [{ Action }] } }] },
      },
    });
    expect(inventoryOf({ ...table, ...policy(['dynamodb:Query', 'sns:Publish']) }).tables).toMatchObject([
      { operations: ['Query'] },
    ]);
    expect(inventoryOf({ ...table, ...policy('dynamodb:Put*') }).tables).toMatchObject([
      { operations: ['PutItem', 'TransactWriteItems'] },
    ]);
    expect(inventoryOf(table).tables[0]?.operations).toHaveLength(10);
  });

  it('keeps the condition of a resource, and sees what CloudFront runs', () => {
    const { queues, functions } = inventoryOf({
      Work: { Type: 'AWS::SQS::Queue', Condition: 'IsProduction' },
      ...functionResources('Edge', 'edge'),
      EdgeVersion: {
        Type: 'AWS::Lambda::Version',
        Properties: { FunctionName: { Ref: 'EdgeLambdaFunction' } },
      },
      Site: {
        Type: 'AWS::CloudFront::Distribution',
        Properties: {
          DistributionConfig: {
            CacheBehaviors: [{ LambdaFunctionAssociations: [{ LambdaFunctionARN: { Ref: 'EdgeVersion' } }] }],
          },
        },
      },
    });
    expect(queues).toMatchObject([{ condition: 'IsProduction' }]);
    expect(functions).toMatchObject([{ runsAtEdge: true }]);
  });

  it('reads schedules with their group, and state machines by their ARN', () => {
    expect(
      inventoryOf({
        Nightly: { Type: 'AWS::Scheduler::Schedule', Properties: {} },
        Hourly: { Type: 'AWS::Scheduler::Schedule', Properties: { GroupName: { Ref: 'Group' } } },
        Flow: { Type: 'AWS::StepFunctions::StateMachine', Properties: {} },
      }),
    ).toMatchObject({
      schedules: [{ group: 'default' }, { group: { Ref: 'Group' } }],
      stateMachines: [{ name: { Ref: 'Flow' } }],
    });
  });
});

describe('the limit of the APIs in front of a function', () => {
  const method = (uri: unknown, more = {}) => ({
    Type: 'AWS::ApiGateway::Method',
    Properties: { Integration: { Type: 'AWS_PROXY', Uri: uri, ...more } },
  });
  const integration = (uri: unknown, more = {}) => ({
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { ApiId: { Ref: 'Api' }, IntegrationUri: uri, ...more },
  });
  const arn = { 'Fn::GetAtt': ['Work', 'Arn'] };
  const joined = {
    'Fn::Join': [
      '',
      [
        'arn:',
        { Ref: 'AWS::Partition' },
        ':apigateway:',
        { Ref: 'AWS::Region' },
        ':lambda:path/',
        arn,
        '/invocations',
      ],
    ],
  };

  it.each([
    ['REST', { Method: method(joined) }, 29],
    ['REST with its own', { Method: method(joined, { TimeoutInMillis: 5000 }) }, 5],
    ['REST by an alias', { Method: method({ 'Fn::Join': ['', ['x', { Ref: 'Live' }]] }) }, 29],
    [
      'REST by a text',
      {
        Method: method({
          'Fn::Sub':
            'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/functions/${Work.Arn}/invocations',
        }),
      },
      29,
    ],
    ['HTTP', { Integration: integration(arn) }, 30],
    ['HTTP with its own', { Integration: integration(arn, { TimeoutInMillis: 1500 }) }, 1.5],
    [
      'WebSocket',
      {
        Integration: integration(joined),
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
      },
      29,
    ],
    [
      'the shortest of several',
      { Method: method(joined), Integration: integration(arn, { TimeoutInMillis: 2000 }) },
      2,
    ],
    ['none', { Method: method({ 'Fn::GetAtt': ['Other', 'Arn'] }) }, undefined],
  ])('is found: %s', (_what, resources, limit) => {
    const { functions } = readInventory({
      template: {
        Resources: {
          Work: { Type: 'AWS::Lambda::Function', Properties: {} },
          Other: { Type: 'AWS::Lambda::Function', Properties: {} },
          Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Work' }, Name: 'live' } },
          ...resources,
        },
      },
      service: 'shop',
      stage: 'dev',
      region: 'eu-west-1',
    });
    expect(functions.find(({ logicalId }) => logicalId === 'Work')?.apiLimit).toBe(limit);
  });
});
