import { describe, expect, it } from 'vitest';
import { readResources, readTemplate } from './read-template.ts';

describe('a template', () => {
  it('without resources gives an empty service', () => {
    expect(readTemplate({ Resources: {} })).toEqual({
      service: {
        name: 'shop',
        stage: 'local',
        region: 'eu-central-1',
        accountId: '000000000000',
        functions: [],
        apis: [],
        functionUrls: [],
        queues: [],
        topics: [],
        subscriptions: [],
        tables: [],
        buckets: [],
        eventSourceMappings: [],
        streamMappings: [],
        alarms: [],
        metricFilters: [],
        eventBuses: [{ name: 'default', arn: 'arn:aws:events:eu-central-1:000000000000:event-bus/default' }],
        rules: [],
        scheduleGroups: [],
        schedules: [],
      },
      warnings: [],
      exports: {},
    });
  });

  it('may hold objects that become references when they are written, as other plugins put them there', () => {
    class Reference {
      readonly name: string;
      readonly payload: unknown;
      constructor(name: string, payload: unknown) {
        this.name = name;
        this.payload = payload;
      }
      toJSON(): unknown {
        return { [this.name]: this.payload };
      }
    }
    const { service, warnings } = readResources({
      Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
      Old: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: new Reference('Fn::Sub', 'old-${AWS::Region}'),
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateAgeOfOldestMessage',
          Statistic: 'Maximum',
          Dimensions: [{ Name: 'QueueName', Value: new Reference('Fn::GetAtt', ['Work', 'QueueName']) }],
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 5,
          ComparisonOperator: 'GreaterThanThreshold',
        },
      },
    });
    expect(warnings).toEqual([]);
    expect(service.alarms).toMatchObject([
      {
        name: 'old-eu-central-1',
        queries: [{ stat: { dimensions: [{ name: 'QueueName', value: 'work' }] } }],
      },
    ]);
  });

  it.each([[undefined], ['Resources: {}'], [[]], [{}]])('is refused when it is %j', (template) => {
    expect(() => readTemplate(template)).toThrow(
      'Expected a CloudFormation template with a Resources section, got',
    );
  });

  it('is refused when a part of it is not what CloudFormation has there', () => {
    expect(() => readResources({ Orders: { Properties: {} } })).toThrow(
      'Resources.Orders: expected a resource with a Type, got {"Properties":{}}',
    );
    expect(() => readResources({ Orders: { Type: 'AWS::SQS::Queue', Properties: [] } })).toThrow(
      'Resources.Orders.Properties: expected an object, got []',
    );
    expect(() => readTemplate({ Resources: {}, Conditions: 'none' })).toThrow(
      'Conditions: expected an object, got "none"',
    );
  });

  it('is not changed by being read', () => {
    const template = { Resources: { Orders: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 5 } } } };
    const before = structuredClone(template);
    readTemplate(template);
    expect(template).toEqual(before);
  });

  it('leaves out resources whose condition is false', () => {
    const { service } = readTemplate({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] }, Always: { 'Fn::Equals': ['a', 'a'] } },
      Resources: {
        Audit: { Type: 'AWS::SQS::Queue', Condition: 'Never', Properties: { QueueName: 'audit' } },
        Orders: { Type: 'AWS::SQS::Queue', Condition: 'Always', Properties: { QueueName: 'orders' } },
      },
    });
    expect(service.queues.map(({ name }) => name)).toEqual(['orders']);
  });

  it('is refused when a resource has a condition that does not exist', () => {
    expect(() => readResources({ Orders: { Type: 'AWS::SQS::Queue', Condition: 'Maybe' } })).toThrow(
      'Resources.Orders.Condition: the template has no condition Maybe',
    );
  });
});

describe('resources that matter but cannot run here', () => {
  it.each([
    ['AWS::Kinesis::Stream', {}, 'streams do not exist here'],
    ['AWS::StepFunctions::StateMachine', {}, 'state machines cannot be started'],
    ['AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' }, 'WebSocket APIs are not served'],
    ['AWS::Serverless::Function', {}, 'resources of SAM are not read'],
  ])('give a warning: %s', (type, properties, consequence) => {
    const { warnings } = readResources({ Thing: { Type: type, Properties: properties } });
    expect(warnings).toEqual([
      expect.stringContaining(`Thing (${type}) is not run locally: ${consequence}; `),
    ]);
  });

  it('give none where nothing is missed', () => {
    const silent = ['AWS::S3::Bucket', 'AWS::IAM::Role', 'AWS::Lambda::Permission', 'AWS::SQS::QueuePolicy'];
    const { warnings } = readResources(
      Object.fromEntries(silent.map((Type, index) => [`Thing${index}`, { Type }])),
    );
    expect(warnings).toEqual([]);
  });
});
