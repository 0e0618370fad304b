import { describe, expect, it } from 'vitest';
import { lambdaFunction, readTemplate } from './read-template.ts';

/** @returns what a stack of these outputs and resources gives to others. */
function exportsOf(outputs: Record<string, unknown>, resources: Record<string, unknown> = {}, rest = {}) {
  const template = {
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Outputs: outputs,
    Resources: {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
      Work: lambdaFunction(),
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'local-shop' } },
      ...resources,
    },
  };
  return readTemplate(template, rest).exports;
}

describe('what a stack gives to others', () => {
  it.each([
    ['the URL of a queue', { Ref: 'Jobs' }, 'http://127.0.0.1:4100/000000000000/jobs'],
    ['an ARN', { 'Fn::GetAtt': ['Jobs', 'Arn'] }, 'arn:aws:sqs:eu-central-1:000000000000:jobs'],
    ['a number', 7, '7'],
    ['a text of several', { 'Fn::Sub': 'q-${AWS::StackName}-${Jobs.QueueName}' }, 'q-shop-local-jobs'],
  ])('is %s, by the output and by the export', (_, Value, expected) => {
    expect(exportsOf({ Out: { Value, Export: { Name: { 'Fn::Sub': '${AWS::StackName}-out' } } } })).toEqual({
      'cf:shop-local.Out': expected,
      'import:shop-local-out': expected,
    });
  });

  it('is the address of an API where it answers here', () => {
    const Value = {
      'Fn::Join': ['', ['https://', { Ref: 'Api' }, '.execute-api.eu-central-1.amazonaws.com/local']],
    };
    const resources = {
      Method: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          HttpMethod: 'GET',
          Integration: {
            Type: 'AWS_PROXY',
            Uri: {
              'Fn::Sub':
                'arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${Work.Arn}/invocations',
            },
          },
        },
      },
    };
    expect(
      exportsOf({ Url: { Value } }, resources, { endpointOf: () => 'http://127.0.0.1:3005' }),
    ).toMatchObject({ 'cf:shop-local.Url': 'http://127.0.0.1:3005' });
  });

  it('is a parameter of SSM that the stack makes', () => {
    const parameter = {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/shop/jobs', Type: 'String', Value: { Ref: 'Jobs' } },
    };
    expect(exportsOf({}, { Parameter: parameter })).toEqual({
      'ssm:/shop/jobs': 'http://127.0.0.1:4100/000000000000/jobs',
    });
  });

  it.each([
    ['what only AWS has', { Value: { 'Fn::ImportValue': 'of-another-stack' } }],
    ['what is not deployed', { Value: 'x', Condition: 'Never' }],
    ['what refers to nothing', { Value: { Ref: 'Missing' } }],
    ['what has no such condition', { Value: 'x', Condition: 'Missing' }],
    ['a list', { Value: ['a', 'b'] }],
    ['no output at all', 'Url'],
  ])('leaves out %s, without a warning', (_, Out) => {
    const read = readTemplate({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Outputs: { Out },
      Resources: { Work: lambdaFunction() },
    });
    expect([read.exports, read.warnings]).toEqual([{}, []]);
  });
});
