import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from './read-template.ts';

describe('what is not run here', () => {
  it.each([
    ['AWS::AppSync::GraphQLApi', {}, 'AppSync is not served'],
    ['AWS::CloudFront::Distribution', {}, 'CloudFront is not served'],
    ['AWS::Cognito::UserPool', { LambdaConfig: { PreSignUp: 'arn' } }, 'its triggers call no function'],
    [
      'AWS::Lambda::Alias',
      { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 } },
      'nothing is provisioned',
    ],
    ['Custom::CognitoUserPool', {}, 'triggers of a pool that exists already'],
    ['Custom::S3', {}, 'notifications of a bucket that exists already'],
    ['Custom::Migration', {}, 'custom resources do nothing here'],
  ])('is named: %s with %j', (Type, Properties, consequence) => {
    const { warnings } = readResources({ It: { Type, Properties } });
    expect(warnings).toEqual([expect.stringContaining(`It (${Type}) is not run locally: ${consequence}`)]);
  });

  it.each([
    'AWS::IAM::ManagedPolicy',
    'AWS::Logs::LogGroup',
    'AWS::Lambda::Permission',
    'AWS::SQS::QueuePolicy',
    'AWS::ApiGateway::Deployment',
    'AWS::ApiGateway::GatewayResponse',
    'AWS::ApiGatewayV2::Stage',
    'AWS::AppSync::Resolver',
    'AWS::CloudWatch::Dashboard',
    'AWS::Cognito::UserPool',
    'AWS::Cognito::UserPoolDomain',
    'AWS::EC2::SecurityGroup',
    'AWS::Route53::RecordSet',
    'AWS::S3::BucketPolicy',
    'AWS::Lambda::LayerVersion',
    'Custom::ApiGatewayAccountRole',
  ])('does not name %s, which changes nothing on one machine', (Type) => {
    expect(readResources({ It: { Type, Properties: { LayerName: 'x' } } }).warnings).toEqual([]);
  });

  it('names what it does not know once for each type, with the resources', () => {
    const one = { Type: 'AWS::Zeppelin::Hangar', Properties: {} };
    const { warnings } = readResources({
      ...Object.fromEntries(['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((id) => [id, one])),
      Other: { Type: 'Vendor::Balloon::Basket' },
    });
    expect(warnings).toEqual([
      'AWS::Zeppelin::Hangar is not known locally: what A, B, C, D, E, 2 more does in AWS does not happen here',
      'Vendor::Balloon::Basket is not known locally: what Other does in AWS does not happen here',
    ]);
  });

  it('names a file system that a function has in AWS', () => {
    const { warnings } = readResources({
      Work: lambdaFunction({ FileSystemConfigs: [{ Arn: 'a', LocalMountPath: '/mnt/a' }] }),
    });
    expect(warnings).toEqual(['The function work runs without its file system: nothing is mounted here']);
  });
});
