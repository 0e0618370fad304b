import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from '../read-template.ts';

function invocationsOf(functionArn: unknown) {
  const parts = [
    'arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/',
    functionArn,
    '/invocations',
  ];
  return { 'Fn::Join': ['', parts] };
}

const uri = invocationsOf({ 'Fn::GetAtt': ['Guard', 'Arn'] });
const functions = { Work: lambdaFunction(), Guard: lambdaFunction({ FunctionName: 'guard' }) };

/** A REST API with one method that asks the authorizer `Who`. */
function readRest(
  authorizer: object,
  options: Parameters<typeof readResources>[1] = {},
  method: object = {},
) {
  const { service, warnings } = readResources(
    {
      ...functions,
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'shop' } },
      Who: {
        Type: 'AWS::ApiGateway::Authorizer',
        Properties: { RestApiId: { Ref: 'Api' }, Name: 'who', ...authorizer },
      },
      Method: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          HttpMethod: 'GET',
          AuthorizationType: 'CUSTOM',
          AuthorizerId: { Ref: 'Who' },
          Integration: { Type: 'AWS_PROXY', Uri: invocationsOf({ 'Fn::GetAtt': ['Work', 'Arn'] }) },
          ...method,
        },
      },
    },
    options,
  );
  return { authorizer: service.apis[0]?.routes[0]?.authorizer, route: service.apis[0]?.routes[0], warnings };
}

/** An HTTP API with one route that asks the authorizer `Who`. */
function readHttp(authorizer: object, options: Parameters<typeof readResources>[1] = {}) {
  const { service, warnings } = readResources(
    {
      ...functions,
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'shop', ProtocolType: 'HTTP' } },
      Who: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: { ApiId: { Ref: 'Api' }, Name: 'who', ...authorizer },
      },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ApiId: { Ref: 'Api' },
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: { 'Fn::GetAtt': ['Work', 'Arn'] },
          PayloadFormatVersion: '2.0',
        },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId: { Ref: 'Api' },
          RouteKey: 'GET /',
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
          AuthorizationType: 'CUSTOM',
          AuthorizerId: { Ref: 'Who' },
          AuthorizationScopes: ['orders:read'],
        },
      },
    },
    options,
  );
  return { route: service.apis[0]?.routes[0], authorizer: service.apis[0]?.routes[0]?.authorizer, warnings };
}

describe('an authorizer of a REST API', () => {
  it.each([
    [
      { Type: 'TOKEN', IdentitySource: 'method.request.header.X', IdentityValidationExpression: 'a+' },
      { payload: 'token', identitySources: ['method.request.header.X'], tokenPattern: 'a+', ttl: 300 },
    ],
    [
      {
        Type: 'REQUEST',
        IdentitySource: 'method.request.header.A, method.request.querystring.b',
        AuthorizerResultTtlInSeconds: '0',
      },
      {
        payload: 'request',
        identitySources: ['method.request.header.A', 'method.request.querystring.b'],
        ttl: 0,
      },
    ],
  ])('is its function where it is %j', (properties, expected) => {
    const { authorizer, warnings } = readRest({ ...properties, AuthorizerUri: uri });
    expect(authorizer).toMatchObject({ kind: 'lambda', name: 'who', functionName: 'guard', ...expected });
    expect(warnings).toEqual([]);
  });

  it('is open where its function is not run here, and says so', () => {
    const { authorizer, warnings } = readRest({
      Type: 'TOKEN',
      AuthorizerUri: invocationsOf('arn:aws:lambda:eu-central-1:111122223333:function:central-login'),
    });
    expect(authorizer).toMatchObject({ kind: 'unchecked', name: 'who' });
    expect(warnings).toEqual([
      'shop serves GET / to everyone: its function central-login is not run locally',
    ]);
  });

  it('reads tokens of its user pools, whose signatures are checked by the keys of the settings', () => {
    const properties = {
      Type: 'COGNITO_USER_POOLS',
      ProviderARNs: ['arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf123'],
    };
    const expected = {
      kind: 'cognito',
      issuers: ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123'],
      identitySources: ['method.request.header.Authorization'],
    };
    const keyless = readRest(properties);
    const keyed = readRest(properties, { authorizers: { who: { keys: '/keys.json' } } });

    expect(keyless.authorizer).toMatchObject(expected);
    expect(keyless.warnings).toEqual([
      'shop does not check signatures of tokens for GET /: custom.lantern.local.authorizers.who.keys takes the URL or the file of a JWKS',
    ]);
    expect(keyed.authorizer).toMatchObject({ ...expected, keys: '/keys.json' });
    expect(keyed.warnings).toEqual([]);
  });

  it('names a setting for an authorizer that there is none of', () => {
    const authorizers = { whoo: { keys: '/keys.json' } };
    expect(readRest({ Type: 'TOKEN', AuthorizerUri: uri }, { authorizers }).warnings).toEqual([
      'custom.lantern.local.authorizers.whoo: the template has no such authorizer; it has who',
    ]);
  });
});

describe('an authorizer of an HTTP API', () => {
  it('is its function, with what the template says of its form', () => {
    const { authorizer } = readHttp({
      AuthorizerType: 'REQUEST',
      AuthorizerUri: uri,
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
    });
    expect(authorizer).toEqual({
      kind: 'lambda',
      name: 'who',
      functionName: 'guard',
      payload: '2.0',
      simpleResponses: true,
      ttl: 0,
      identitySources: ['$request.header.Authorization'],
    });
  });

  it('reads tokens of an issuer, for audiences and scopes, with a caller of the settings for want of one', () => {
    const { route, warnings } = readHttp(
      {
        AuthorizerType: 'JWT',
        IdentitySource: '$request.header.Authorization',
        JwtConfiguration: { Issuer: 'https://login.example/', Audience: ['shop'] },
      },
      { authorizers: { who: { keys: '/keys.json', claims: { sub: 'c-1' } } } },
    );
    expect(route).toMatchObject({
      scopes: ['orders:read'],
      authorizer: {
        kind: 'jwt',
        issuers: ['https://login.example/'],
        audiences: ['shop'],
        keys: '/keys.json',
        claims: { sub: 'c-1' },
      },
    });
    expect(warnings).toEqual([
      'shop serves GET / also without a token, to the caller in custom.lantern.local.authorizers.who.claims',
    ]);
  });
});
