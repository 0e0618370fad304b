import { apiKindOf } from './apis/api.ts';
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
}

function consequenceOf(resource: ResolvedResource): string | undefined {
  const { type, fields } = resource;
  if (type === 'AWS::S3::Bucket') {
    return fields.has('NotificationConfiguration') ? 'its notifications call no function' : undefined;
  }
  if (apiKindOf(resource) === 'WEBSOCKET') return 'WebSocket APIs are not served';
  if (type.startsWith('AWS::Serverless::')) return 'resources of SAM are not read';
  return CONSEQUENCES.get(type);
}

const CONSEQUENCES = new Map<string, string>([
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
