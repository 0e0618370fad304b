import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from '../read-template.ts';

function route(routeKey: string, properties: object = {}) {
  return {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: routeKey,
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      ...properties,
    },
  };
}

function integration(properties: object = {}) {
  return {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['Work', 'Arn'] },
      PayloadFormatVersion: '2.0',
      ...properties,
    },
  };
}

function read(resources: Record<string, unknown>) {
  const { service, warnings } = readResources({
    Work: lambdaFunction(),
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'shop-api', ProtocolType: 'HTTP' } },
    Integration: integration(),
    ...resources,
  });
  return { api: service.apis[0], warnings };
}

describe('an HTTP API', () => {
  it('has the method and path of every route, and the default route', () => {
    const { api, warnings } = read({ Create: route('POST /orders'), Rest: route('$default') });
    expect(api).toMatchObject({
      name: 'shop-api',
      kind: 'HTTP',
      stage: '$default',
      tracing: false,
      binaryMediaTypes: [],
      routes: [
        { method: 'POST', path: '/orders', functionName: 'work' },
        { method: 'ANY', path: '$default', functionName: 'work' },
      ],
    });
    expect(warnings).toEqual([]);
  });

  it('has CORS as the template has it', () => {
    const { api } = read({
      Api: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: {
          ProtocolType: 'HTTP',
          CorsConfiguration: { AllowOrigins: ['https://shop.example'], AllowMethods: ['GET'], MaxAge: '60' },
        },
      },
    });
    expect(api?.cors).toEqual({
      allowOrigins: ['https://shop.example'],
      allowMethods: ['GET'],
      allowHeaders: [],
      exposeHeaders: [],
      allowCredentials: false,
      maxAge: 60,
    });
  });

  it('takes the name of its stage', () => {
    const { api } = read({
      Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: 'live' } },
    });
    expect(api?.stage).toBe('live');
  });

  it.each([
    [{ IntegrationType: 'HTTP_PROXY', IntegrationUri: 'https://example.com' }, 'HTTP_PROXY'],
    [{ IntegrationSubtype: 'SQS-SendMessage', IntegrationUri: undefined }, 'SQS-SendMessage'],
  ])('leaves out what no function answers, with a warning: %j', (properties, type) => {
    const { api, warnings } = read({ Create: route('POST /orders'), Integration: integration(properties) });
    expect(api?.routes).toEqual([]);
    expect(warnings).toEqual([
      `shop-api does not serve POST /orders: integrations of type ${type} are not run locally`,
    ]);
  });

  it('says which functions take the older payload format', () => {
    const { api } = read({
      Integration: integration({ PayloadFormatVersion: '1.0' }),
      Create: route('POST /orders'),
    });
    expect(api?.routes).toMatchObject([{ functionName: 'work', payload: '1.0' }]);
  });

  it('warns of a stage that it throttles nothing for, and whose variables nobody gets', () => {
    const { warnings } = read({
      Create: route('POST /orders'),
      Integration: integration(),
      Live: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: {
          ApiId: { Ref: 'Api' },
          StageName: '$default',
          RouteSettings: { 'POST /orders': { ThrottlingRateLimit: 2 } },
          StageVariables: { colour: 'blue' },
        },
      },
    });
    expect(warnings).toEqual([
      'shop-api refuses no requests for the throttling of its stage: they are not counted locally',
      'shop-api has no stage variables locally: events and templates go without colour',
    ]);
  });

  it('warns about authorization, quick targets and foreign APIs', () => {
    const { warnings } = read({
      Api: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: { Name: 'shop-api', ProtocolType: 'HTTP', Target: 'arn:of:a:function' },
      },
      Integration: integration(),
      Create: route('POST /orders', { AuthorizationType: 'JWT' }),
      Foreign: route('GET /orders', { ApiId: 'a1b2c3d4e5' }),
    });
    expect(warnings).toEqual([
      'The routes of the API a1b2c3d4e5 are not served: the template only adds to it',
      'shop-api does not serve what its Body or Target defines: only routes of the template are read',
      'shop-api serves POST /orders to everyone: it names no authorizer for JWT',
    ]);
  });
});
