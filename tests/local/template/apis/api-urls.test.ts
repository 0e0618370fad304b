import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from '../read-template.ts';

const apis = {
  ApiGatewayRestApi: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'rest' } },
  Deployment: {
    Type: 'AWS::ApiGateway::Deployment',
    Properties: { RestApiId: { Ref: 'ApiGatewayRestApi' }, StageName: 'local' },
  },
  HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'http', ProtocolType: 'HTTP' } },
};

function read(
  value: unknown,
  endpointOf: (index: number) => string | undefined = (index) => `http://127.0.0.1:${3000 + index}`,
  others: Record<string, unknown> = {},
) {
  return readResources(
    { ...others, ...apis, Work: lambdaFunction({ Environment: { Variables: { URL: value } } }) },
    { endpointOf },
  ).service.functions[0]?.environment.URL;
}

const restHost = 'https://${ApiGatewayRestApi}.execute-api.${AWS::Region}.amazonaws.com';

describe('the address of an API in an environment variable', () => {
  it('becomes the local endpoint without the stage, however it is put together', () => {
    const joined = (suffix: unknown[]) => ({
      'Fn::Join': [
        '',
        ['https://', { Ref: 'ApiGatewayRestApi' }, '.execute-api.', { Ref: 'AWS::Region' }, ...suffix],
      ],
    });
    expect(read(joined(['.amazonaws.com/local']))).toBe('http://127.0.0.1:3000');
    expect(read(joined(['.', { Ref: 'AWS::URLSuffix' }, '/local']))).toBe('http://127.0.0.1:3000');
    expect(read({ 'Fn::Sub': `${restHost}/local` })).toBe('http://127.0.0.1:3000');
    expect(read({ 'Fn::Sub': restHost })).toBe('http://127.0.0.1:3000');
  });

  it('keeps the path and the query behind the stage', () => {
    expect(read({ 'Fn::Sub': `${restHost}/local/orders?limit=5` })).toBe(
      'http://127.0.0.1:3000/orders?limit=5',
    );
    expect(read({ 'Fn::Sub': `${restHost}/local/` })).toBe('http://127.0.0.1:3000/');
    expect(read({ 'Fn::Sub': `${restHost}/local?limit=5` })).toBe('http://127.0.0.1:3000?limit=5');
  });

  it('keeps a first segment that only begins like the stage', () => {
    expect(read({ 'Fn::Sub': `${restHost}/locals` })).toBe('http://127.0.0.1:3000/locals');
    expect(read({ 'Fn::Sub': `${restHost}/local.json` })).toBe('http://127.0.0.1:3000/local.json');
  });

  it('becomes the local endpoint of an HTTP API, whose default stage has no segment', () => {
    expect(read({ 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] })).toBe('http://127.0.0.1:3001');
    expect(read({ 'Fn::Sub': '${HttpApi.ApiEndpoint}/orders' })).toBe('http://127.0.0.1:3001/orders');
    expect(read({ 'Fn::Sub': 'https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/' })).toBe(
      'http://127.0.0.1:3001/',
    );
  });

  it('is replaced inside a longer text, each time it occurs', () => {
    expect(read({ 'Fn::Sub': `{"a":"${restHost}/local","b":"\${HttpApi.ApiEndpoint}"}` })).toBe(
      '{"a":"http://127.0.0.1:3000","b":"http://127.0.0.1:3001"}',
    );
  });

  it('stays for APIs of others, and where there is no local endpoint', () => {
    const foreign = 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/live';
    expect(read(foreign)).toBe(foreign);
    expect(read({ 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] }, () => undefined)).toMatch(/amazonaws\.com$/);
  });

  it('is the one of the port that the API gets: REST before HTTP, and WebSocket APIs get none', () => {
    const others = {
      Chat: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
      Orders: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
    };
    const addressOf = (id: string) => read({ 'Fn::GetAtt': [id, 'ApiEndpoint'] }, undefined, others);

    expect(read({ 'Fn::Sub': restHost }, undefined, others)).toBe('http://127.0.0.1:3000');
    expect(addressOf('Orders')).toBe('http://127.0.0.1:3001');
    expect(addressOf('HttpApi')).toBe('http://127.0.0.1:3002');
  });
});
