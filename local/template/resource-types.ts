/** What each type of resource is called, and what `Ref` and `Fn::GetAtt` give for it. */
import { arnOf, globalArnOf } from './arns.ts';
import type { Deployment } from './deployment.ts';
import { physicalName, shortId, stableUuid } from './deployment.ts';

/** What `Ref` and `Fn::GetAtt` give for a resource. */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether the type is not in the table below, so that `ref` is only a guess. */
  readonly guessed?: boolean;
}

/** The resource whose identity is asked for. */
export interface IdentitySubject {
  readonly logicalId: string;
  readonly type: string;
  readonly deployment: Deployment;
  readonly queueUrlOf: (queueName: string) => string;
  /** A property, resolved to text; undefined where the template does not set it. */
  readonly text: (property: string) => string | undefined;
}

interface ResourceType {
  /** The property that names the resource; CloudFormation makes a name where it is not set. */
  readonly nameProperty?: string;
  /** The attribute that gives the name; `Ref` gives it where there is none. */
  readonly nameAttribute?: string;
  /** Characters in a name, from the service's documentation. */
  readonly maximumNameLength?: number;
  readonly identify: (name: string, subject: IdentitySubject) => ResourceIdentity;
}

export function identityOf(subject: IdentitySubject): ResourceIdentity {
  const type = RESOURCE_TYPES.get(subject.type);
  return type === undefined
    ? { ref: generatedName(subject), attributes: {}, guessed: true }
    : type.identify(nameOf(subject, type), subject);
}

/** The property that names resources of a type, and the attribute that gives their name where it is not `Ref`. */
export function namesOf(type: string): {
  readonly property?: string;
  readonly attribute?: string;
  /** Whether the type is in the table below. */
  readonly known: boolean;
} {
  const { nameProperty: property, nameAttribute: attribute } = RESOURCE_TYPES.get(type) ?? {};
  return {
    known: RESOURCE_TYPES.has(type),
    ...(property !== undefined && { property }),
    ...(attribute !== undefined && { attribute }),
  };
}

/** What CloudFormation would call a resource that has no name of its own. */
function generatedName(subject: IdentitySubject, maximumLength = 255): string {
  return physicalName({
    stackName: subject.deployment.stackName,
    logicalId: subject.logicalId,
    maximumLength,
    ...(isFifo(subject) && { ending: '.fifo' }),
  });
}

function nameOf(subject: IdentitySubject, type: ResourceType): string {
  const given = type.nameProperty === undefined ? undefined : subject.text(type.nameProperty);
  return given ?? generatedName(subject, type.maximumNameLength);
}

function isFifo({ text }: IdentitySubject): boolean {
  return text('FifoQueue') === 'true' || text('FifoTopic') === 'true';
}

function seedOf({ deployment, logicalId }: IdentitySubject): string {
  return `${deployment.stackName}/${logicalId}`;
}

/** Resources whose `Ref` is a short id that the service makes up. */
const withId: ResourceType = {
  identify: (_name, subject) => ({ ref: shortId(seedOf(subject)), attributes: {} }),
};

/** Resources whose `Ref` is their name, and whose ARN ends in `<prefix><name>`. */
function named(nameProperty: string, service: string, prefix = '', maximumNameLength = 255): ResourceType {
  return {
    nameProperty,
    maximumNameLength,
    identify: (name, { deployment }) => ({
      ref: name,
      attributes: { Arn: arnOf(deployment, service, `${prefix}${name}`), Name: name },
    }),
  };
}

const table: ResourceType = {
  nameProperty: 'TableName',
  identify: (name, { deployment }) => {
    const arn = arnOf(deployment, 'dynamodb', `table/${name}`);
    return { ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/2020-01-01T00:00:00.000` } };
  },
};

/** The ARN of a function, whether a template gives its name or its ARN. */
function functionArn({ deployment, text }: IdentitySubject): string {
  const name = text('FunctionName') ?? '';
  return name.startsWith('arn:') ? name : arnOf(deployment, 'lambda', `function:${name}`);
}

/** From the return values of each type in the CloudFormation template reference. */
const RESOURCE_TYPES = new Map<string, ResourceType>([
  [
    'AWS::SQS::Queue',
    {
      nameProperty: 'QueueName',
      nameAttribute: 'QueueName',
      maximumNameLength: 80,
      identify: (name, { deployment, queueUrlOf }) => ({
        ref: queueUrlOf(name),
        attributes: { Arn: arnOf(deployment, 'sqs', name), QueueName: name, QueueUrl: queueUrlOf(name) },
      }),
    },
  ],
  [
    'AWS::SNS::Topic',
    {
      nameProperty: 'TopicName',
      nameAttribute: 'TopicName',
      maximumNameLength: 256,
      identify: (name, { deployment }) => {
        const arn = arnOf(deployment, 'sns', name);
        return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
      },
    },
  ],
  [
    'AWS::SNS::Subscription',
    {
      identify: (_name, subject) => {
        const arn = `${subject.text('TopicArn') ?? ''}:${stableUuid(seedOf(subject))}`;
        return { ref: arn, attributes: { Arn: arn } };
      },
    },
  ],
  ['AWS::DynamoDB::Table', table],
  ['AWS::DynamoDB::GlobalTable', table],
  ['AWS::Lambda::Function', named('FunctionName', 'lambda', 'function:', 64)],
  ['AWS::Lambda::CapacityProvider', named('CapacityProviderName', 'lambda', 'capacity-provider:', 140)],
  [
    'AWS::Lambda::Version',
    {
      identify: (_name, subject) => {
        const arn = `${functionArn(subject)}:1`;
        return { ref: arn, attributes: { FunctionArn: arn, Version: '1' } };
      },
    },
  ],
  [
    'AWS::Lambda::Alias',
    {
      identify: (_name, subject) => {
        const arn = `${functionArn(subject)}:${subject.text('Name') ?? ''}`;
        return { ref: arn, attributes: { AliasArn: arn } };
      },
    },
  ],
  [
    'AWS::Lambda::Url',
    {
      identify: (_name, subject) => {
        const { deployment, text } = subject;
        const name = text('TargetFunctionArn') ?? '';
        const arn = name.startsWith('arn:') ? name : arnOf(deployment, 'lambda', `function:${name}`);
        // As many characters as Lambda's: letters and digits.
        const id = stableUuid(seedOf(subject)).replaceAll('-', '');
        return {
          ref: arn,
          attributes: {
            FunctionArn: arn,
            FunctionUrl: `https://${id}.lambda-url.${deployment.region}.on.aws/`,
          },
        };
      },
    },
  ],
  [
    'AWS::Lambda::LayerVersion',
    {
      nameProperty: 'LayerName',
      maximumNameLength: 140,
      identify: (name, { deployment }) => {
        const arn = `${arnOf(deployment, 'lambda', `layer:${name}`)}:1`;
        return { ref: arn, attributes: { LayerVersionArn: arn } };
      },
    },
  ],
  [
    'AWS::Lambda::EventSourceMapping',
    {
      identify: (_name, subject) => {
        const id = stableUuid(seedOf(subject));
        return {
          ref: id,
          attributes: {
            Id: id,
            EventSourceMappingArn: arnOf(subject.deployment, 'lambda', `event-source-mapping:${id}`),
          },
        };
      },
    },
  ],
  [
    'AWS::IAM::Role',
    {
      nameProperty: 'RoleName',
      maximumNameLength: 64,
      identify: (name, { deployment, text }) => ({
        ref: name,
        attributes: {
          Arn: globalArnOf(
            deployment.partition,
            'iam',
            deployment.accountId,
            `role${text('Path') ?? '/'}${name}`,
          ),
        },
      }),
    },
  ],
  [
    'AWS::Logs::LogGroup',
    {
      nameProperty: 'LogGroupName',
      maximumNameLength: 512,
      identify: (name, { deployment }) => ({
        ref: name,
        attributes: { Arn: arnOf(deployment, 'logs', `log-group:${name}:*`) },
      }),
    },
  ],
  [
    'AWS::S3::Bucket',
    {
      nameProperty: 'BucketName',
      maximumNameLength: 63,
      identify: (name, { deployment }) => {
        // A bucket's name has no capitals, though the stack's name and the logical id may.
        const bucket = name.toLowerCase();
        return {
          ref: bucket,
          attributes: {
            Arn: globalArnOf(deployment.partition, 's3', '', bucket),
            DomainName: `${bucket}.s3.${deployment.urlSuffix}`,
            DualStackDomainName: `${bucket}.s3.dualstack.${deployment.region}.${deployment.urlSuffix}`,
            RegionalDomainName: `${bucket}.s3.${deployment.region}.${deployment.urlSuffix}`,
            WebsiteURL: `http://${bucket}.s3-website.${deployment.region}.${deployment.urlSuffix}`,
          },
        };
      },
    },
  ],
  ['AWS::Events::EventBus', named('Name', 'events', 'event-bus/')],
  [
    'AWS::Events::Rule',
    {
      nameProperty: 'Name',
      maximumNameLength: 64,
      identify: (name, { deployment, text }) => {
        // A rule of another bus than the default one carries the bus in both.
        const bus = text('EventBusName')?.replace(/^.*\//, '') ?? 'default';
        return bus === 'default'
          ? { ref: name, attributes: { Arn: arnOf(deployment, 'events', `rule/${name}`) } }
          : {
              ref: `${bus}|${name}`,
              attributes: { Arn: arnOf(deployment, 'events', `rule/${bus}/${name}`) },
            };
      },
    },
  ],
  [
    'AWS::Scheduler::Schedule',
    {
      nameProperty: 'Name',
      maximumNameLength: 64,
      identify: (name, { deployment, text }) => ({
        ref: name,
        attributes: {
          Arn: arnOf(deployment, 'scheduler', `schedule/${text('GroupName') ?? 'default'}/${name}`),
        },
      }),
    },
  ],
  ['AWS::Scheduler::ScheduleGroup', named('Name', 'scheduler', 'schedule-group/', 64)],
  ['AWS::Kinesis::Stream', named('Name', 'kinesis', 'stream/', 128)],
  ['AWS::CloudWatch::Alarm', named('AlarmName', 'cloudwatch', 'alarm:')],
  ['AWS::CloudWatch::LogAlarm', named('AlarmName', 'cloudwatch', 'alarm:')],
  ['AWS::CloudWatch::CompositeAlarm', named('AlarmName', 'cloudwatch', 'alarm:')],
  ['AWS::CloudWatch::AlarmMuteRule', named('Name', 'cloudwatch', 'alarm-mute-rule:')],
  [
    'AWS::Logs::MetricFilter',
    { nameProperty: 'FilterName', identify: (name) => ({ ref: name, attributes: {} }) },
  ],
  [
    'AWS::SSM::Parameter',
    {
      nameProperty: 'Name',
      identify: (name, { text }) => ({ ref: name, attributes: { Value: text('Value') ?? '' } }),
    },
  ],
  [
    'AWS::StepFunctions::StateMachine',
    {
      nameProperty: 'StateMachineName',
      maximumNameLength: 80,
      identify: (name, { deployment }) => {
        const arn = arnOf(deployment, 'states', `stateMachine:${name}`);
        return { ref: arn, attributes: { Arn: arn, Name: name } };
      },
    },
  ],
  [
    'AWS::KMS::Key',
    {
      identify: (_name, subject) => {
        const id = stableUuid(seedOf(subject));
        return { ref: id, attributes: { KeyId: id, Arn: arnOf(subject.deployment, 'kms', `key/${id}`) } };
      },
    },
  ],
  [
    'AWS::ApiGateway::RestApi',
    {
      identify: (_name, subject) => {
        const id = shortId(seedOf(subject));
        return { ref: id, attributes: { RestApiId: id, RootResourceId: shortId(`${seedOf(subject)}/`) } };
      },
    },
  ],
  [
    'AWS::ApiGateway::Stage',
    { identify: (_name, { text }) => ({ ref: text('StageName') ?? '', attributes: {} }) },
  ],
  ['AWS::ApiGateway::Resource', withId],
  ['AWS::ApiGateway::Deployment', withId],
  ['AWS::ApiGateway::Authorizer', withId],
  ['AWS::ApiGateway::RequestValidator', withId],
  ['AWS::ApiGateway::UsagePlan', withId],
  ['AWS::ApiGateway::Model', { nameProperty: 'Name', identify: (name) => ({ ref: name, attributes: {} }) }],
  [
    'AWS::ApiGateway::ApiKey',
    {
      identify: (_name, subject) => {
        const id = shortId(seedOf(subject));
        return { ref: id, attributes: { APIKeyId: id } };
      },
    },
  ],
  [
    'AWS::ApiGatewayV2::Api',
    {
      identify: (_name, subject) => {
        const id = shortId(seedOf(subject));
        const { region, urlSuffix } = subject.deployment;
        return {
          ref: id,
          attributes: { ApiId: id, ApiEndpoint: `https://${id}.execute-api.${region}.${urlSuffix}` },
        };
      },
    },
  ],
  ['AWS::ApiGatewayV2::Integration', withId],
  ['AWS::ApiGatewayV2::Authorizer', withId],
  [
    'AWS::Cognito::UserPool',
    {
      identify: (_name, subject) => {
        const { region, urlSuffix } = subject.deployment;
        const id = `${region}_${shortId(seedOf(subject)).slice(0, 9)}`;
        const provider = `cognito-idp.${region}.${urlSuffix}/${id}`;
        return {
          ref: id,
          attributes: {
            Arn: arnOf(subject.deployment, 'cognito-idp', `userpool/${id}`),
            ProviderName: provider,
            ProviderURL: `https://${provider}`,
            UserPoolId: id,
          },
        };
      },
    },
  ],
  [
    'AWS::Cognito::UserPoolClient',
    {
      identify: (_name, subject) => {
        const id = stableUuid(seedOf(subject)).replaceAll('-', '').slice(0, 26);
        return { ref: id, attributes: { ClientId: id } };
      },
    },
  ],
]);
