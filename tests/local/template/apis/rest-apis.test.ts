import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from '../read-template.ts';

const invocations = {
  'Fn::Sub':
    'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Work.Arn}/invocations',
};
const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };

function resource(parent: unknown, part: string) {
  return {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId: { Ref: 'Api' }, ParentId: parent, PathPart: part },
  };
}

function method(properties: object, api: unknown = { Ref: 'Api' }) {
  return {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: api,
      HttpMethod: 'get',
      ResourceId: root,
      Integration: { Type: 'AWS_PROXY', Uri: invocations },
      ...properties,
    },
  };
}

function stage(properties: object) {
  return {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { RestApiId: { Ref: 'Api' }, StageName: 'dev', ...properties },
  };
}

function usagePlan(properties: object) {
  return {
    Type: 'AWS::ApiGateway::UsagePlan',
    Properties: { ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: 'dev' }], ...properties },
  };
}

function deployment(properties: object) {
  return {
    Type: 'AWS::ApiGateway::Deployment',
    Properties: { RestApiId: { Ref: 'Api' }, ...properties },
  };
}

function read(resources: Record<string, unknown>, options: Parameters<typeof readResources>[1] = {}) {
  const { service, warnings } = readResources(
    {
      Work: lambdaFunction(),
      Api: {
        Type: 'AWS::ApiGateway::RestApi',
        Properties: { Name: 'shop-api', BinaryMediaTypes: ['image/png'] },
      },
      ...resources,
    },
    options,
  );
  return { api: service.apis[0], warnings };
}

describe('a REST API', () => {
  it('has the full path of every method', () => {
    const { api, warnings } = read({
      Orders: resource(root, 'orders'),
      Order: resource({ Ref: 'Orders' }, '{orderId}'),
      AtRoot: method({}),
      OnOrder: method({ HttpMethod: 'ANY', ResourceId: { Ref: 'Order' } }),
    });
    expect(api?.routes).toEqual([
      { method: 'GET', path: '/', functionName: 'work' },
      { method: 'ANY', path: '/orders/{orderId}', functionName: 'work' },
    ]);
    expect(api).toMatchObject({ name: 'shop-api', kind: 'REST', binaryMediaTypes: ['image/png'] });
    expect(warnings).toEqual([]);
  });

  it('takes its stage from the deployment, and tracing from its stage description', () => {
    const { api } = read({
      Deployment: deployment({ StageName: 'live', StageDescription: { TracingEnabled: true } }),
    });
    expect(api).toMatchObject({ stage: 'live', tracing: true });
  });

  it('takes stage and tracing from a stage of its own, the one of that name if there are several', () => {
    const stage = (name: string, tracing: boolean) => ({
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api' }, StageName: name, TracingEnabled: tracing },
    });
    const { api } = read({
      Deployment: deployment({}),
      Old: stage('old', false),
      Local: stage('local', true),
    });
    expect(api).toMatchObject({ stage: 'local', tracing: true });
  });

  it('is traced as the caller says where the template says nothing', () => {
    const resources = { Deployment: deployment({ StageName: 'live' }) };
    expect(read(resources).api?.tracing).toBe(false);
    expect(read(resources, { restApiTracing: true }).api?.tracing).toBe(true);
    expect(read({}, { restApiTracing: true }).api).toMatchObject({ stage: 'local', tracing: true });
  });

  it('has the mock integrations that the framework makes for CORS, and gateway responses', () => {
    const { api, warnings } = read({
      Preflight: method({
        HttpMethod: 'OPTIONS',
        AuthorizationType: 'NONE',
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{statusCode:200}' },
          IntegrationResponses: [
            {
              StatusCode: '200',
              ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
              ResponseTemplates: { 'application/json': '' },
            },
          ],
        },
      }),
      Denied: {
        Type: 'AWS::ApiGateway::GatewayResponse',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResponseType: 'ACCESS_DENIED',
          StatusCode: '404',
          ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" },
        },
      },
    });
    expect(api).toMatchObject({
      routes: [],
      mocks: [
        {
          method: 'OPTIONS',
          path: '/',
          requestTemplates: { 'application/json': '{statusCode:200}' },
          responses: [
            {
              status: 200,
              headers: { 'Access-Control-Allow-Origin': "'*'" },
              templates: { 'application/json': '' },
            },
          ],
        },
      ],
      gatewayResponses: {
        ACCESS_DENIED: { status: 404, headers: { 'Access-Control-Allow-Origin': "'*'" }, templates: {} },
      },
    });
    expect(warnings).toEqual([]);
  });

  it('warns about each kind of what no local function answers, and keeps the routes of functions that are not run', () => {
    const forward = { HttpMethod: 'PUT', Integration: { Type: 'HTTP' } };
    const { api, warnings } = read({
      Orders: resource(root, 'orders'),
      Forward: method(forward),
      OrdersForward: method({ ...forward, ResourceId: { Ref: 'Orders' } }),
      Python: lambdaFunction({ FunctionName: 'snake', Runtime: 'python3.13' }),
      Elsewhere: method({ Integration: { Type: 'AWS_PROXY', Uri: { 'Fn::GetAtt': 'Python.Arn' } } }),
    });
    expect(api?.routes).toMatchObject([{ method: 'GET', path: '/', functionName: 'snake' }]);
    expect(warnings).toEqual([
      expect.stringContaining('The function snake is not run locally'),
      'shop-api does not serve PUT /, PUT /orders: integrations of type HTTP are not run locally',
      'shop-api answers GET / with an error: the function snake is not run locally',
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a resource policy',
      {
        Api: {
          Type: 'AWS::ApiGateway::RestApi',
          Properties: { Name: 'shop-api', Policy: { Statement: [] } },
        },
      },
      'serves everyone: its resource policy is not checked locally',
    ],
    [
      'compression',
      {
        Api: {
          Type: 'AWS::ApiGateway::RestApi',
          Properties: { Name: 'shop-api', MinimumCompressionSize: 1024 },
        },
      },
      'compresses no answers locally, whatever MinimumCompressionSize says',
    ],
    [
      'limits of usage plans',
      {
        Gold: usagePlan({ UsagePlanName: 'gold', Quota: { Limit: 10, Period: 'DAY' } }),
        Silver: usagePlan({ Throttle: { RateLimit: 1 } }),
        Free: usagePlan({}),
        Others: usagePlan({ Quota: { Limit: 1 }, ApiStages: [{ ApiId: 'a1b2c3d4e5', Stage: 'dev' }] }),
      },
      'refuses no requests for the throttling and the quotas of gold, Silver: they are not counted locally',
    ],
    [
      'throttling by its stage',
      { Live: stage({ MethodSettings: [{ HttpMethod: '*', ThrottlingBurstLimit: 5 }] }) },
      'refuses no requests for the throttling of its stage: they are not counted locally',
    ],
    [
      'a cache, by the description of a deployment',
      { Live: deployment({ StageName: 'dev', StageDescription: { CachingEnabled: 'true' } }) },
      'answers nothing from the cache of its stage: every request reaches its function locally',
    ],
    [
      'stage variables',
      { Live: stage({ Variables: { colour: 'blue', alias: 'live' } }) },
      'has no stage variables locally: events and templates go without colour, alias',
    ],
  ])('warns that it does nothing about %s', (_what, resources, warning) => {
    const { warnings } = read({ AtRoot: method({}), ...resources });
    expect(warnings).toEqual([`shop-api ${warning}`]);
  });

  it('warns about methods that it leaves unprotected', () => {
    const { api, warnings } = read({ AtRoot: method({ AuthorizationType: 'AWS_IAM' }) });
    expect(api?.routes).toHaveLength(1);
    expect(warnings).toEqual([
      'shop-api serves GET / to whoever signs, with any key: no policy of IAM is checked locally',
    ]);
  });

  it('warns about methods of an API that is not in the template, and about OpenAPI bodies', () => {
    const { api, warnings } = read({
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: { openapi: '3.0.1' } } },
      Foreign: method({}, 'a1b2c3d4e5'),
    });
    expect(api?.routes).toEqual([]);
    expect(warnings).toEqual([
      'The methods of the REST API a1b2c3d4e5 are not served: the template only adds to it',
      'Api does not serve what its OpenAPI body defines: only methods of the template are read',
    ]);
  });

  it('is refused when the parents of a resource lead nowhere or in a circle', () => {
    expect(() =>
      read({ Orders: resource('unknown', 'orders'), On: method({ ResourceId: { Ref: 'Orders' } }) }),
    ).toThrow('Resources.On.Properties.ResourceId: expected a resource of the API Api, got "unknown"');
    expect(() =>
      read({
        A: resource({ Ref: 'B' }, 'a'),
        B: resource({ Ref: 'A' }, 'b'),
        On: method({ ResourceId: { Ref: 'A' } }),
      }),
    ).toThrow('Resources.On.Properties.ResourceId: the parents of this resource of Api form a circle');
  });
});
