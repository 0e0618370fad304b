import { apiKindOf } from './apis/api.ts';
import { namesOf } from './resource-types.ts';
import type { ResolvedResource, ResolvedResources } from './resources.ts';

/**
 * Warns about every resource whose absence a developer would notice, and says what it means. Everything else that
 * is not read (roles, policies, permissions, log groups, dashboards, outputs) changes nothing here.
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
    resources.warn(`${type} is not known locally: what ${shown.join(', ')} does in AWS does not happen here`);
  }
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
  if (type === 'AWS::S3::Bucket') {
    return fields.has('NotificationConfiguration') ? 'its notifications call no function' : undefined;
  }
  if (type === 'AWS::Cognito::UserPool') {
    return fields.has('LambdaConfig') ? 'its triggers call no function' : undefined;
  }
  if (type === 'AWS::Lambda::Alias' || type === 'AWS::Lambda::Version') {
    return fields.has('ProvisionedConcurrencyConfig')
      ? 'nothing is provisioned, so there are cold starts that AWS would not have'
      : undefined;
  }
  if (type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource') {
    return OF_THE_FRAMEWORK.has(type)
      ? OF_THE_FRAMEWORK.get(type)
      : 'custom resources do nothing here, and what their functions set up is not there';
  }
  if (apiKindOf(resource) === 'WEBSOCKET') return 'WebSocket APIs are not served';
  if (type.startsWith('AWS::Serverless::')) return 'resources of SAM are not read';
  return CONSEQUENCES.get(type);
}

/** Custom resources that the Serverless Framework makes for events at what exists already. */
const OF_THE_FRAMEWORK = new Map<string, string | undefined>([
  // It lets API Gateway write logs.
  ['Custom::ApiGatewayAccountRole', undefined],
  ['Custom::CognitoUserPool', 'triggers of a pool that exists already call no function'],
  ['Custom::EventBridge', 'its events call no function'],
  ['Custom::S3', 'notifications of a bucket that exists already call no function'],
]);

const CONSEQUENCES = new Map<string, string>([
  ['AWS::AppSync::GraphQLApi', 'AppSync is not served, so none of its resolvers calls a function'],
  ['AWS::AppSync::Api', 'AppSync is not served, so none of its channels calls a function'],
  ['AWS::CloudFront::Distribution', 'CloudFront is not served, and functions at its edge are not called'],
  ['AWS::CloudFormation::Stack', 'the resources of nested stacks are not read'],
  [
    'AWS::CloudWatch::AnomalyDetector',
    'only CloudWatch itself can train it; its alarms stay INSUFFICIENT_DATA',
  ],
  ['AWS::DynamoDB::GlobalTable', 'only tables of type AWS::DynamoDB::Table are made'],
  ['AWS::ElasticLoadBalancingV2::ListenerRule', 'load balancers are not served'],
  ['AWS::IoT::TopicRule', 'its messages call no function'],
  ['AWS::Kinesis::Stream', 'streams do not exist here'],
  ['AWS::Logs::SubscriptionFilter', 'log events call no function'],
  ['AWS::Pipes::Pipe', 'pipes move nothing'],
  ['AWS::StepFunctions::StateMachine', 'state machines cannot be started'],
]);
