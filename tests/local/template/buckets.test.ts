import { describe, expect, it } from 'vitest';
import { arnOf, lambdaFunction, readResources } from './read-template.ts';

const LAMBDA = 'arn:aws:lambda:eu-central-1:000000000000:function:work';

function bucket(properties: Record<string, unknown> = {}): Record<string, unknown> {
  return { Type: 'AWS::S3::Bucket', Properties: properties };
}

function notifying(configuration: Record<string, unknown>): Record<string, unknown> {
  return bucket({ BucketName: 'uploads', NotificationConfiguration: configuration });
}

function filter(...rules: [name: string, value: string][]): object {
  return { S3Key: { Rules: rules.map(([Name, Value]) => ({ Name, Value })) } };
}

describe('buckets', () => {
  it('have the names that the template gives, makes or leaves to CloudFormation', () => {
    const { service, warnings } = readResources({
      Named: bucket({ BucketName: { 'Fn::Sub': 'photos-${AWS::Region}-${AWS::AccountId}' } }),
      MyUploads: bucket(),
      ServerlessDeploymentBucket: bucket(),
      Work: lambdaFunction({
        Environment: { Variables: { BUCKET: { Ref: 'MyUploads' }, ARN: arnOf('MyUploads') } },
      }),
    });
    const [named, made, ...others] = service.buckets;
    expect(named).toEqual({
      name: 'photos-eu-central-1-000000000000',
      arn: 'arn:aws:s3:::photos-eu-central-1-000000000000',
      versioned: false,
      cors: [],
      notifications: [],
      eventBridge: false,
    });
    expect(made?.name).toMatch(/^shop-local-myuploads-[a-z\d]{12}$/);
    expect(service.functions[0]?.environment).toEqual({
      BUCKET: made?.name,
      ARN: `arn:aws:s3:::${String(made?.name)}`,
    });
    expect([others, warnings]).toEqual([[], []]);
  });

  it('tell functions, queues and topics of what happens to which keys', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction(),
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue' } },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic' } },
      Uploads: notifying({
        LambdaConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Function: arnOf('Work'),
            Filter: filter(['prefix', 'in/'], ['Suffix', '.csv']),
          },
          { Event: 's3:ObjectRemoved:Delete', Function: { 'Fn::Sub': '${Work.Arn}:live' } },
        ],
        QueueConfigurations: [{ Event: 's3:ObjectTagging:*', Queue: arnOf('Queue') }],
        TopicConfigurations: [
          { Event: 's3:ObjectCreated:Put', Topic: { Ref: 'Topic' }, Filter: filter(['prefix', 'x/']) },
        ],
        EventBridgeConfiguration: {},
      }),
    });
    const [uploads] = service.buckets;
    expect(uploads?.eventBridge).toBe(true);
    expect(
      uploads?.notifications.map(({ events, prefix, suffix, targetArn }) => [
        events,
        prefix,
        suffix,
        targetArn,
      ]),
    ).toEqual([
      [['s3:ObjectCreated:*'], 'in/', '.csv', LAMBDA],
      [['s3:ObjectRemoved:Delete'], '', '', LAMBDA],
      [['s3:ObjectTagging:*'], '', '', 'arn:aws:sqs:eu-central-1:000000000000:queue'],
      [['s3:ObjectCreated:Put'], 'x/', '', 'arn:aws:sns:eu-central-1:000000000000:topic'],
    ]);
    expect(new Set(uploads?.notifications.map(({ id }) => id)).size).toBe(4);
    expect(warnings).toEqual([]);
  });

  it('that exist already are made here, with what the framework sets up for them', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction(),
      Existing: {
        Type: 'Custom::S3',
        Properties: {
          ServiceToken: 'arn:aws:lambda:eu-central-1:000000000000:function:helper',
          FunctionName: 'work',
          BucketName: 'theirs',
          BucketConfigs: [{ Event: 's3:ObjectCreated:*', Rules: [{ Prefix: 'a/' }, { Suffix: '.png' }] }],
        },
      },
    });
    expect(service.buckets).toMatchObject([
      {
        name: 'theirs',
        arn: 'arn:aws:s3:::theirs',
        notifications: [{ events: ['s3:ObjectCreated:*'], prefix: 'a/', suffix: '.png', targetArn: LAMBDA }],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('have the CORS rules of the template', () => {
    const rule = { AllowedOrigins: ['*'], AllowedMethods: ['GET'], AllowedHeaders: ['*'], MaxAge: '30' };
    const { service } = readResources({
      Uploads: bucket({ BucketName: 'uploads', CorsConfiguration: { CorsRules: [rule] } }),
    });
    expect(service.buckets[0]?.cors).toEqual([
      {
        allowedOrigins: ['*'],
        allowedMethods: ['GET'],
        allowedHeaders: ['*'],
        exposedHeaders: [],
        maxAge: 30,
      },
    ]);
  });

  it.each([
    [
      { LambdaConfigurations: [{ Event: 's3:ObjectRestore:Completed', Function: arnOf('Work') }] },
      's3:ObjectRestore:Completed of the bucket uploads never happens here',
    ],
    [
      {
        LambdaConfigurations: [
          { Event: 's3:ObjectCreated:*', Function: 'arn:aws:lambda:eu-west-1:1:function:other' },
        ],
      },
      'does not tell arn:aws:lambda:eu-west-1:1:function:other of s3:ObjectCreated:*',
    ],
    [
      {
        LambdaConfigurations: [
          { Event: 's3:ObjectCreated:*', Function: arnOf('Work'), Filter: filter(['extension', 'png']) },
        ],
      },
      'expected a rule for the prefix or the suffix, got "extension"',
    ],
    [
      {
        LambdaConfigurations: [
          { Event: 's3:ObjectCreated:*', Function: arnOf('Work'), Filter: filter(['prefix', 'in/']) },
          { Event: 's3:ObjectCreated:Put', Function: arnOf('Work'), Filter: filter(['suffix', '.png']) },
        ],
      },
      'S3 would refuse the notifications of the bucket uploads',
    ],
  ])('are said where they tell nobody, or S3 would refuse them: %j', (configuration, warning) => {
    const { warnings } = readResources({ Work: lambdaFunction(), Uploads: notifying(configuration) });
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('keep no versions, and that is said', () => {
    const properties = { BucketName: 'kept', VersioningConfiguration: { Status: 'Enabled' } };
    const { service, warnings } = readResources({ Kept: bucket(properties) });
    expect(service.buckets[0]?.versioned).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('keeps no versions of objects here but the newest')]);
  });
});
