import { describe, expect, it } from 'vitest';
import { AwsEndpoints } from '../../../local/aws/aws-endpoints.ts';
import { awsHostOf, serviceNamed } from '../../../local/lambda/runtime/aws-host.ts';

describe('awsHostOf', () => {
  it.each([
    ['s3.amazonaws.com', 's3', 's3', undefined],
    ['pictures.s3.eu-west-1.amazonaws.com', 's3', 's3', 'pictures'],
    ['s3.dualstack.us-east-1.amazonaws.com', 's3', 's3', undefined],
    ['a.b.c.s3-eu-west-1.amazonaws.com', 's3', 's3', 'a.b.c'],
    ['pictures.s3-accelerate.amazonaws.com', 's3', 's3', 'pictures'],
    ['111122223333.s3-control.us-east-1.amazonaws.com', 's3control', 's3-control', undefined],
    ['sqs.us-east-1.amazonaws.com', 'sqs', 'sqs', undefined],
    ['eu-west-1.queue.amazonaws.com', 'sqs', 'sqs', undefined],
    ['sqs.eu-west-1.api.aws', 'sqs', 'sqs', undefined],
    ['dynamodb-fips.us-gov-west-1.amazonaws.com', 'dynamodb', 'dynamodb', undefined],
    ['111122223333.ddb.eu-west-1.amazonaws.com', 'dynamodb', 'dynamodb', undefined],
    ['streams.dynamodb.eu-west-1.amazonaws.com', 'dynamodbstreams', 'dynamodb-streams', undefined],
    ['monitoring.ap-southeast-2.amazonaws.com', 'cloudwatch', 'cloudwatch', undefined],
    ['logs.cn-north-1.amazonaws.com.cn', 'cloudwatchlogs', 'cloudwatchlogs', undefined],
    ['states.eu-west-1.amazonaws.com', 'sfn', 'sfn', undefined],
    ['events.eu-west-1.amazonaws.com.', 'eventbridge', 'eventbridge', undefined],
    ['EMAIL.eu-west-1.amazonaws.com', 'ses', 'ses', undefined],
    ['cognito-idp.eu-west-1.amazonaws.com', 'cognitoidp', 'cognito-idp', undefined],
    ['abc.execute-api.eu-west-1.amazonaws.com', 'executeapi', 'execute-api', undefined],
    ['vpce-1-2.kms.us-east-1.vpce.amazonaws.com', 'kms', 'kms', undefined],
    ['iam.amazonaws.com', 'iam', 'iam', undefined],
    ['orders.abc.eu-west-1.rds.amazonaws.com', 'rds', 'rds', undefined],
  ])('finds in %s the service %s', (host, service, label, bucket) => {
    expect(awsHostOf(host)).toEqual({ service, label, ...(bucket !== undefined && { bucket }) });
  });

  it.each([
    'amazonaws.com',
    'example.com',
    's3.amazonaws.com.example.com',
    'myamazonaws.com',
    'localhost',
    '127.0.0.1',
    '',
  ])('finds none in "%s"', (host) => {
    expect(awsHostOf(host)).toBeUndefined();
  });

  it.each([
    ['SECRETS_MANAGER', 'secretsmanager'],
    ['secrets-manager', 'secretsmanager'],
    ['COGNITO_IDENTITY_PROVIDER', 'cognitoidp'],
    ['Step Functions', 'sfn'],
    ['SESV2', 'ses'],
    ['DYNAMODB_STREAMS', 'dynamodbstreams'],
    ['CLOUDWATCH_LOGS', 'cloudwatchlogs'],
  ])('knows %s as %s', (text, service) => {
    expect(serviceNamed(text)).toBe(service);
  });
});

const ENGINES = {
  AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:3003',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:3004',
};

describe('AwsEndpoints', () => {
  it('are those of what is served here where nothing is chosen', () => {
    const endpoints = new AwsEndpoints({ engines: ENGINES });
    expect(endpoints.variables).toEqual(ENGINES);
    expect(endpoints.targetOf('sqs')).toBe('http://127.0.0.1:3003');
    expect(endpoints.targetOf('s3')).toBeUndefined();
    expect(endpoints.chosen('sqs')).toBeUndefined();
    expect([endpoints.open, endpoints.choices]).toEqual([[], []]);
  });

  it('are the settings over what is served here, and the shell over both', () => {
    const endpoints = new AwsEndpoints({
      settings: {
        dynamodb: 'http://localhost:8000/',
        'secrets-manager': 'http://localhost:4566',
        s3: 'http://a',
      },
      environment: { AWS_ENDPOINT_URL_S3: 'http://localhost:9000', AWS_ENDPOINT_URL_SNS: '', PATH: '/bin' },
    }).over(ENGINES);
    expect(endpoints.variables).toEqual({
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:3003',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000',
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 'http://localhost:8000',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://localhost:4566',
      AWS_ENDPOINT_URL_S3: 'http://localhost:9000',
    });
    expect(endpoints.chosen('DYNAMODB')).toBe('http://localhost:8000');
    expect(endpoints.choices).toContain('s3 at http://localhost:9000');
  });

  it.each([
    [{ dynamodb: 'http://a' }, 'http://a', ['dynamodb at http://a']],
    [{ dynamodb: 'aws' }, 'aws', ['dynamodb in AWS itself']],
    [
      { dynamodb: 'http://a', 'dynamodb-streams': 'http://b' },
      'http://b',
      ['dynamodb at http://a', 'dynamodbstreams at http://b'],
    ],
    [{ 'dynamodb-streams': 'http://b' }, 'http://b', ['dynamodbstreams at http://b']],
  ])('have streams where the tables are, unless it is said of them: %j', (settings, streams, choices) => {
    const endpoints = new AwsEndpoints({ engines: ENGINES, settings });
    expect([endpoints.targetOf('dynamodbstreams'), endpoints.choices]).toEqual([streams, choices]);
  });

  it('leave everything that is not served here to AWS_ENDPOINT_URL', () => {
    const endpoints = new AwsEndpoints({
      engines: ENGINES,
      environment: { AWS_ENDPOINT_URL: 'http://localhost:4566' },
    });
    expect(endpoints.targetOf('kms')).toBe('http://localhost:4566');
    expect(endpoints.targetOf('sqs')).toBe('http://127.0.0.1:3003');
    expect(endpoints.choices).toEqual(['everything else at http://localhost:4566']);
  });

  it.each(['aws', 'https://sqs.eu-west-1.amazonaws.com'])('let calls through to AWS itself by %s', (url) => {
    const endpoints = new AwsEndpoints({ engines: ENGINES, settings: { sqs: url } });
    expect(endpoints.open).toEqual(['sqs']);
    expect(endpoints.chosen('sqs')).toBeUndefined();
    expect(endpoints.variables['AWS_ENDPOINT_URL_SQS']).toBe(url === 'aws' ? undefined : url);
    expect(endpoints.choices).toEqual(['sqs in AWS itself']);
  });

  it('do not read the shell where it says that clients are not to', () => {
    const environment = { AWS_ENDPOINT_URL_SQS: 'http://x', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(new AwsEndpoints({ engines: ENGINES, environment }).variables).toEqual(ENGINES);
  });

  it.each([
    [
      { settings: { s3: 'localhost:9000' } },
      'custom.lantern.local.endpoints.s3: expected the address of an emulator',
    ],
    [{ environment: { AWS_ENDPOINT_URL_S3: 'minio' } }, 'AWS_ENDPOINT_URL_S3: expected the address'],
    [{ environment: { AWS_ENDPOINT_URL: 'ftp://x' } }, 'got "ftp://x"'],
  ])('refuse what is no address', (options, message) => {
    expect(() => new AwsEndpoints(options)).toThrow(message);
  });
});
