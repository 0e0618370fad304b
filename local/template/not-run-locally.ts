import { isEvaluatedHere, LOG_ALARM } from './alarms.ts';
import { apiKindOf } from './apis/api.ts';
import { namesOf } from './resource-types.ts';
import type { ResolvedResource, ResolvedResources } from './resources.ts';

/**
 * Warns about every resource whose absence a developer would notice, and says what it means and what to do instead. Everything
 * else that is not read (roles, policies, permissions, log groups, dashboards, outputs) changes nothing here.
 */
export function warnAboutWhatIsNotRun(resources: ResolvedResources): void {
  for (const resource of resources.all) {
    const consequence = consequenceOf(resource);
    if (consequence !== undefined) {
      resources.warn(`${resource.logicalId} (${resource.type}) is not run locally: ${consequence}`);
    }
  }
  warnAboutTheUnknown(resources);
}

/** A line for each type that nothing here knows: what it does in AWS may matter, or not. */
function warnAboutTheUnknown(resources: ResolvedResources): void {
  const unknown = Map.groupBy(
    resources.all.filter((resource) => !isKnown(resource.type) && consequenceOf(resource) === undefined),
    ({ type }) => type,
  );
  for (const [type, found] of unknown) {
    const ids = found.map(({ logicalId }) => logicalId);
    const shown =
      ids.length > MOST_NAMED ? [...ids.slice(0, MOST_NAMED), `${ids.length - MOST_NAMED} more`] : ids;
    const consequence = `what ${shown.join(', ')} does in AWS does not happen here`;
    const instead = `; ${emulated('<service>')} for what functions call of it`;
    // What other vendors have is not called at addresses of AWS.
    resources.warn(`${type} is not known locally: ${consequence}${type.startsWith('AWS::') ? instead : ''}`);
  }
}

/** What to do about a source that calls nothing here. Lambda's address depends on the ports, and is in the banner. */
export function invoked(event: string): string {
  return `invoke the function with ${event} instead (aws lambda invoke, at the address that the banner has for Lambda)`;
}

/** What to do about a service that is called and not here; by the name that `AwsEndpoints` knows it by. */
function emulated(service: string): string {
  return `point custom.lantern.local.endpoints.${service} at an emulator`;
}

/** Of one type that is not known. */
const MOST_NAMED = 5;

/** Whether it is read here, is named by itself, or changes nothing on one machine: rights, logs, names, keys, networks, pictures. */
function isKnown(type: string): boolean {
  return (
    HARMLESS.test(type) ||
    OF_THE_FRAMEWORK.has(type) ||
    (namesOf(type).known && !type.startsWith('AWS::Cognito::'))
  );
}

const HARMLESS = new RegExp(
  `^AWS::(?:${[
    'ApiGateway(?:V2)?::(?!VpcLink).*',
    'AppSync::.*',
    'CDK::Metadata',
    '(?:CertificateManager|Chatbot|EC2|IAM|KMS|Logs|Oam|Route53|ServiceCatalog.*|Synthetics|WAFv2|WAFRegional|XRay)::.*',
    'CloudFormation::(?:WaitCondition|WaitConditionHandle|Macro)',
    'CloudFront::.*',
    'CloudWatch::Dashboard',
    'Cognito::UserPool(?:Client|Domain|Group|ResourceServer|UICustomizationAttachment)?',
    'DynamoDB::.*',
    'Events::(?:EventBusPolicy|Archive)',
    'Lambda::(?:Permission|Url|EventInvokeConfig|LayerVersion|LayerVersionPermission|CodeSigningConfig)',
    'ElasticLoadBalancing.*::.*',
    'S3::BucketPolicy',
    'S(?:NS::Topic|QS::Queue)(?:Inline)?Policy',
    'SecretsManager::ResourcePolicy',
  ].join('|')})$`,
);

function consequenceOf(resource: ResolvedResource): string | undefined {
  const { type, fields } = resource;
  if (type === 'AWS::Cognito::UserPool') {
    return fields.has('LambdaConfig')
      ? `its triggers call no function; ${invoked('an event of the trigger')}`
      : undefined;
  }
  if (type === 'AWS::Lambda::Alias' || type === 'AWS::Lambda::Version') {
    return fields.has('ProvisionedConcurrencyConfig')
      ? 'nothing is provisioned, so there are cold starts that AWS would not have; call the function once before you measure'
      : undefined;
  }
  if (type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource') {
    return OF_THE_FRAMEWORK.has(type)
      ? OF_THE_FRAMEWORK.get(type)
      : `custom resources do nothing here, and what their functions set up is not there; set it up yourself, or ${invoked('the request of CloudFormation')}`;
  }
  if (apiKindOf(resource) === 'WEBSOCKET')
    return `WebSocket APIs are not served; ${invoked('an event of the route')}`;
  if (type === LOG_ALARM && !isEvaluatedHere(resource))
    return 'only the query of custom.lantern.alarms.logs is answered here; try another in Logs Insights, on the logs of a deployed stage';
  if (type.startsWith('AWS::Serverless::'))
    return 'resources of SAM are not read; have them as functions and events of serverless.yml, or as resources of CloudFormation';
  return CONSEQUENCES.get(type);
}

/** Custom resources that the Serverless Framework makes for events at what exists already. */
const OF_THE_FRAMEWORK = new Map<string, string | undefined>([
  // It lets API Gateway write logs.
  ['Custom::ApiGatewayAccountRole', undefined],
  [
    'Custom::CognitoUserPool',
    `triggers of a pool that exists already call no function; ${invoked('an event of the trigger')}`,
  ],
  [
    'Custom::EventBridge',
    'its events call no function; with provider.eventBridge.useCloudFormation: true it is a rule, which runs here',
  ],
  // Its bucket is made here, and tells the function.
  ['Custom::S3', undefined],
]);

const CONSEQUENCES = new Map<string, string>([
  ['AWS::AmazonMQ::Broker', `brokers do not run here; ${invoked('a batch of messages')}`],
  [
    'AWS::AppSync::GraphQLApi',
    `AppSync is not served, so none of its resolvers calls a function; ${invoked("the resolver's event")}`,
  ],
  [
    'AWS::AppSync::Api',
    `AppSync is not served, so none of its channels calls a function; ${invoked("the channel's event")}`,
  ],
  [
    'AWS::CloudFront::Distribution',
    `CloudFront is not served, and functions at its edge are not called; send requests to the origin's address here, and for the edge ${invoked('an event of CloudFront')}`,
  ],
  [
    'AWS::CloudFormation::Stack',
    'the resources of nested stacks are not read; what is to run here belongs in the template of the service itself',
  ],
  [
    'AWS::CloudWatch::AnomalyDetector',
    'only CloudWatch itself can train it; its alarms stay INSUFFICIENT_DATA; aws cloudwatch set-alarm-state, at the address of the page, tries their actions',
  ],
  [
    'AWS::DynamoDB::GlobalTable',
    'only tables of type AWS::DynamoDB::Table are made; have it as one in the stage that runs here',
  ],
  [
    'AWS::ElasticLoadBalancingV2::ListenerRule',
    `load balancers are not served; ${invoked('an event of the load balancer')}`,
  ],
  ['AWS::IoT::TopicRule', `its messages call no function; ${invoked('such a message')}`],
  [
    'AWS::Kinesis::Stream',
    `streams do not exist here; ${emulated('kinesis')} for what is put, and ${invoked('a batch of records')}`,
  ],
  [
    'AWS::KinesisFirehose::DeliveryStream',
    `nothing is delivered here; ${emulated('firehose')} for what is put, and to transform ${invoked('a batch of records')}`,
  ],
  [
    'AWS::Logs::SubscriptionFilter',
    `log events call no function; ${invoked('such an event, zipped as CloudWatch sends it')}`,
  ],
  [
    'AWS::Lambda::CapacityProvider',
    'its functions have a process for each invocation that runs, where instances have many share one; try what they would share by a test that calls the handler several times at once',
  ],
  ...['AWS::MSK::Cluster', 'AWS::MSK::ServerlessCluster'].map(
    (type) =>
      [
        type,
        `Kafka does not run here; name brokers of your own in the environment of what sends, and ${invoked('a batch of records')}`,
      ] as const,
  ),
  ['AWS::Pipes::Pipe', `pipes move nothing; ${invoked('what the pipe would hand to it')}`],
  ...['AWS::SES::ConfigurationSet', 'AWS::SES::EmailIdentity', 'AWS::SES::Template'].map(
    (type) => [type, `no mail is sent here; ${emulated('ses')}`] as const,
  ),
  ['AWS::SES::ReceiptRule', `no mail arrives here; ${invoked('an event of SES')}`],
  [
    'AWS::StepFunctions::StateMachine',
    `state machines cannot be started; ${emulated('sfn')}, or ${invoked("a task's input")}`,
  ],
]);
