import { apisToWatch } from './apis/apis.ts';
import { rulesToWatch, schedulesToWatch, stateMachinesToWatch } from './events.ts';
import { functionsToWatch } from './functions.ts';
import type { Inventory, OtherResource } from './inventory.ts';
import { watched } from './inventory.ts';
import { queuesToWatch } from './queues.ts';
import type { WrittenResources } from './resources.ts';
import { writtenResources } from './resources.ts';
import { tablesToWatch } from './tables.ts';
import { parseResources } from './template.ts';
import { topicsToWatch } from './topics.ts';

export interface ReadInventoryOptions {
  /** The compiled CloudFormation template, as the Serverless Framework writes it into `.serverless`. */
  readonly template: unknown;
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  /** The key in `serverless.yml` of a function, by its deployed name; undefined for what is not there. */
  readonly functionKeyOf?: (deployedName: string) => string | undefined;
}

/**
 * Reads what can be watched out of a compiled CloudFormation template. Pure: the template is not changed.
 *
 * @throws Error when it is no CloudFormation template.
 */
export function readInventory({
  template,
  service,
  stage,
  region,
  functionKeyOf = () => undefined,
}: ReadInventoryOptions): Inventory {
  const resources = writtenResources(parseResources(template));
  const functions = functionsToWatch(resources, functionKeyOf);
  return {
    service,
    stage,
    region,
    functions,
    capacityProviders: resources.ofType('AWS::Lambda::CapacityProvider').map((provider) => watched(provider)),
    queues: queuesToWatch(resources, functions),
    topics: topicsToWatch(resources),
    tables: tablesToWatch(resources),
    apis: apisToWatch(resources, functions),
    rules: rulesToWatch(resources),
    schedules: schedulesToWatch(resources),
    stateMachines: stateMachinesToWatch(resources),
    others: othersIn(resources),
  };
}

function othersIn({ all }: WrittenResources): readonly OtherResource[] {
  return all.flatMap(({ logicalId, type }) => {
    const [what, namespace] = MEASURED.get(type) ?? [];
    return what === undefined || namespace === undefined ? [] : [{ logicalId, what, namespace }];
  });
}

/** From each service's list of CloudWatch metrics. */
const MEASURED = new Map<string, readonly [what: string, namespace: string]>([
  ['AWS::AmazonMQ::Broker', ['broker', 'AWS/AmazonMQ']],
  ['AWS::AppSync::Api', ['AppSync API', 'AWS/AppSync']],
  ['AWS::AppSync::GraphQLApi', ['AppSync API', 'AWS/AppSync']],
  ['AWS::CloudFront::Distribution', ['CloudFront distribution', 'AWS/CloudFront']],
  ['AWS::Cognito::UserPool', ['user pool', 'AWS/Cognito']],
  ['AWS::DynamoDB::GlobalTable', ['global table', 'AWS/DynamoDB']],
  ['AWS::ECS::Service', ['service', 'AWS/ECS']],
  ['AWS::ElastiCache::CacheCluster', ['cache', 'AWS/ElastiCache']],
  ['AWS::ElastiCache::ReplicationGroup', ['cache', 'AWS/ElastiCache']],
  ['AWS::ElastiCache::ServerlessCache', ['cache', 'AWS/ElastiCache']],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', ['load balancer', 'AWS/ApplicationELB']],
  ['AWS::ElasticLoadBalancingV2::TargetGroup', ['target group', 'AWS/ApplicationELB']],
  ['AWS::Kinesis::Stream', ['stream', 'AWS/Kinesis']],
  ['AWS::KinesisFirehose::DeliveryStream', ['delivery stream', 'AWS/Firehose']],
  ['AWS::Lambda::Url', ['function URL', 'AWS/Lambda']],
  ['AWS::MSK::Cluster', ['Kafka cluster', 'AWS/Kafka']],
  ['AWS::MSK::ServerlessCluster', ['Kafka cluster', 'AWS/Kafka']],
  ['AWS::OpenSearchService::Domain', ['search domain', 'AWS/ES']],
  ['AWS::Pipes::Pipe', ['pipe', 'AWS/EventBridge/Pipes']],
  ['AWS::RDS::DBCluster', ['database', 'AWS/RDS']],
  ['AWS::RDS::DBInstance', ['database', 'AWS/RDS']],
]);
