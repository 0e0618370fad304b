import { describe, expect, it } from 'vitest';
import { AwsEndpoints } from '../../../local/aws/aws-endpoints.ts';
import { ERROR_LINES_QUERY } from '../../../local/cloudwatch/logs/error-lines.ts';
import { lambdaFunction, readResources } from './read-template.ts';

/** `aws lambda invoke` alone would ask AWS itself. */
const INVOKE = /invoke the function with .*aws lambda invoke, at the address that the banner has for Lambda/;

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
    ['Custom::Migration', {}, 'custom resources do nothing here'],
  ])('is named: %s with %j', (Type, Properties, consequence) => {
    const { warnings } = readResources({ It: { Type, Properties } });
    expect(warnings).toEqual([expect.stringContaining(`It (${Type}) is not run locally: ${consequence}`)]);
  });

  it.each([
    ['AWS::AmazonMQ::Broker', {}, INVOKE],
    ['AWS::AppSync::GraphQLApi', {}, INVOKE],
    ['AWS::AppSync::Api', {}, INVOKE],
    ['AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' }, INVOKE],
    ['AWS::CloudFormation::Stack', {}, /in.* the template of the service/],
    ['AWS::CloudFront::Distribution', {}, /the origin's address here.*aws lambda invoke/],
    ['AWS::CloudWatch::AnomalyDetector', {}, /set-alarm-state/],
    ['AWS::Cognito::UserPool', { LambdaConfig: { PreSignUp: 'arn' } }, INVOKE],
    ['AWS::DynamoDB::GlobalTable', {}, /as one in the stage/],
    ['AWS::ElasticLoadBalancingV2::ListenerRule', {}, INVOKE],
    ['AWS::IoT::TopicRule', {}, INVOKE],
    ['AWS::Kinesis::Stream', {}, INVOKE],
    ['AWS::KinesisFirehose::DeliveryStream', {}, INVOKE],
    ['AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: {} }, /call the function once/],
    ['AWS::Logs::SubscriptionFilter', {}, INVOKE],
    ['AWS::MSK::Cluster', {}, INVOKE],
    ['AWS::MSK::ServerlessCluster', {}, INVOKE],
    ['AWS::Pipes::Pipe', {}, INVOKE],
    ['AWS::SES::ReceiptRule', {}, INVOKE],
    ['AWS::Serverless::Function', {}, /serverless\.yml/],
    ['AWS::StepFunctions::StateMachine', {}, INVOKE],
    ['Custom::CognitoUserPool', {}, INVOKE],
    ['Custom::EventBridge', {}, /useCloudFormation: true/],
    ['Custom::Migration', {}, INVOKE],
  ])('comes with what to do instead: %s with %j', (Type, Properties, instead) => {
    const { warnings } = readResources({ It: { Type, Properties } });
    expect(warnings).toEqual([expect.stringMatching(instead)]);
  });

  it.each([
    ['AWS::Kinesis::Stream', 'KINESIS'],
    ['AWS::KinesisFirehose::DeliveryStream', 'FIREHOSE'],
    ['AWS::SES::EmailIdentity', 'SES'],
    ['AWS::StepFunctions::StateMachine', 'SFN'],
  ])('is called at an emulator by the setting that is named: %s', (Type, variable) => {
    const { warnings } = readResources({ It: { Type } });
    const [, setting = ''] =
      /custom\.lantern\.local\.endpoints\.(\w+) at an emulator/.exec(warnings.join()) ?? [];
    const { variables } = new AwsEndpoints({ settings: { [setting]: 'http://localhost:4566' } });
    expect(variables).toMatchObject({ [`AWS_ENDPOINT_URL_${variable}`]: 'http://localhost:4566' });
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

  it('names an alarm on log lines whose query only CloudWatch answers', () => {
    const query = (QueryString: string, AggregationExpression = 'count(*)') => ({
      Type: 'AWS::CloudWatch::LogAlarm',
      Properties: { ScheduledQueryConfiguration: { QueryString, AggregationExpression } },
    });
    const { service, warnings } = readResources({
      Slow: query('filter @duration > 1000'),
      Sum: query(ERROR_LINES_QUERY, 'sum(@billedDuration)'),
      Bare: { Type: 'AWS::CloudWatch::LogAlarm' },
    });
    expect(service.alarms).toEqual([]);
    expect(warnings).toEqual(
      ['Slow', 'Sum', 'Bare'].map(
        (id) =>
          `${id} (AWS::CloudWatch::LogAlarm) is not run locally: only the query of custom.lantern.alarms.logs is answered here; ` +
          'try another in Logs Insights, on the logs of a deployed stage',
      ),
    );
  });

  it('names what it does not know once for each type, with the resources', () => {
    const one = { Type: 'AWS::Zeppelin::Hangar', Properties: {} };
    const { warnings } = readResources({
      ...Object.fromEntries(['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((id) => [id, one])),
      Other: { Type: 'Vendor::Balloon::Basket' },
    });
    expect(warnings).toEqual([
      'AWS::Zeppelin::Hangar is not known locally: what A, B, C, D, E, 2 more does in AWS does not happen here; ' +
        'point custom.lantern.local.endpoints.<service> at an emulator for what functions call of it',
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
