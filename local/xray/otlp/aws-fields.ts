import type { JsonObject } from '../../json.ts';
import { present } from '../../json.ts';
import type { Attributes } from './attributes.ts';

/** The value of `rpc.system`, or of `rpc.system.name`, for calls of AWS by its SDKs. */
const AWS_API = 'aws-api';

export function isAwsCall(attributes: Attributes): boolean {
  return attributes.get('rpc.system') === AWS_API || attributes.get('rpc.system.name') === AWS_API;
}

/** The service that an AWS SDK called, as X-Ray names it: `DynamoDB`. */
export function awsServiceOf(attributes: Attributes): string | undefined {
  const service = attributes.peek('aws.service') ?? attributes.peek('rpc.service');
  if (service !== undefined) return service;
  // Since 1.39 of the semantic conventions the method's name holds both.
  const method = attributes.peek('rpc.method') ?? '';
  return isAwsCall(attributes) && method.includes('/') ? method.slice(0, method.indexOf('/')) : undefined;
}

/** What is known of one call of AWS: the part `aws` of its subsegment. */
export function awsCallFields(attributes: Attributes): JsonObject {
  const method = attributes.text('aws.operation', ...(isAwsCall(attributes) ? ['rpc.method'] : []));
  const tables = attributes.texts('aws.dynamodb.table_names');
  const buses = attributes.texts('aws.event_bus_names', 'aws.event_bus_name');
  const table = attributes.text('aws.table_name', 'aws.table.name');
  const destination = attributes.peek('messaging.destination.name');
  return present({
    operation: method?.slice(method.indexOf('/') + 1),
    account_id: attributes.text('aws.account_id'),
    region: attributes.text('aws.region', 'cloud.region'),
    request_id: attributes.text('aws.request_id', 'aws.requestId', 'aws.request.id'),
    id_2: attributes.text('aws.extended_request_id'),
    retries: attributes.count('aws.xray.retries'),
    queue_url: attributes.text('aws.sqs.queue.url', 'messaging.url', 'aws.queue_url', 'aws.queue.url'),
    table_name: tables === undefined ? table : tables.length === 1 ? tables[0] : undefined,
    table_names: tables !== undefined && tables.length > 1 ? tables : undefined,
    topic_arn:
      attributes.text('aws.sns.topic.arn', 'aws.topic_arn') ??
      (/^arn:[\w-]+:sns:/.test(destination ?? '') ? destination : undefined),
    bucket_name: attributes.text('aws.s3.bucket', 'aws.bucket_name', 'aws.bucket.name'),
    key: attributes.text('aws.s3.key'),
    queue_name: attributes.text('aws.queue_name'),
    event_bus_name: buses?.length === 1 ? buses[0] : undefined,
    event_bus_names: buses !== undefined && buses.length > 1 ? buses : undefined,
    delivery_stream_name: attributes.text('aws.delivery_stream_name'),
    schedule_name: attributes.text('aws.schedule_name'),
    schedule_group_name: attributes.text('aws.schedule_group_name'),
    stream_arn: attributes.text('aws.stream_arn'),
    stream_name: attributes.text('aws.kinesis.stream_name', 'aws.stream_name', 'aws.stream.name'),
    function_name: attributes.text('aws.lambda.function.name', 'faas.invoked_name'),
    state_machine_arn: attributes.text('aws.step_functions.state_machine.arn'),
    execution_arn: attributes.text('aws.execution_arn'),
    secret_arn: attributes.text('aws.secretsmanager.secret.arn'),
  });
}

const PLATFORM_ORIGINS: ReadonlyMap<string, string> = new Map([
  ['aws_app_runner', 'AWS::AppRunner::Service'],
  ['aws_ec2', 'AWS::EC2::Instance'],
  ['aws_ecs', 'AWS::ECS::Container'],
  ['aws_eks', 'AWS::EKS::Container'],
  ['aws_elastic_beanstalk', 'AWS::ElasticBeanstalk::Environment'],
]);

const ECS_ORIGINS: ReadonlyMap<string, string> = new Map([
  ['ec2', 'AWS::ECS::EC2'],
  ['fargate', 'AWS::ECS::Fargate'],
]);

/**
 * What a segment says of where it ran; nothing when that is another cloud. A Lambda function has no origin here: its
 * segment `AWS::Lambda::Function` is the Lambda service's own, and this one hangs below it.
 */
export function originOf(resource: Attributes): string | undefined {
  if (!isOnAws(resource)) return undefined;
  const platform = platformOf(resource);
  const launchType = (resource.peek('aws.ecs.launchtype') ?? '').toLowerCase();
  return (platform === 'aws_ecs' ? ECS_ORIGINS.get(launchType) : undefined) ?? PLATFORM_ORIGINS.get(platform);
}

/** The part `aws` of a segment: who recorded it, and on what it ran. */
export function awsPlaceFields(resource: Attributes): JsonObject {
  const text = (name: string): string | undefined => resource.peek(name);
  const sdk = text('telemetry.sdk.name');
  const language = text('telemetry.sdk.language');
  const xray = present({
    sdk: sdk === undefined || language === undefined ? sdk : `${sdk} for ${language}`,
    sdk_version: text('telemetry.sdk.version'),
    auto_instrumentation: (text('telemetry.auto.version') ?? text('telemetry.distro.name')) !== undefined,
  });
  if (!isOnAws(resource)) return { xray };
  const platform = platformOf(resource);
  const zone = text('cloud.availability_zone');
  return present({
    account_id: text('cloud.account.id'),
    ec2:
      platform === 'aws_ec2' || text('host.id') !== undefined
        ? present({
            instance_id: text('host.id'),
            availability_zone: zone,
            instance_size: text('host.type'),
            ami_id: text('host.image.id'),
          })
        : undefined,
    ecs:
      platform === 'aws_ecs'
        ? present({
            container: text('container.name'),
            container_id: text('container.id'),
            availability_zone: zone,
            container_arn: text('aws.ecs.container.arn'),
            cluster_arn: text('aws.ecs.cluster.arn'),
            task_arn: text('aws.ecs.task.arn'),
            task_family: text('aws.ecs.task.family'),
            launch_type: text('aws.ecs.launchtype'),
          })
        : undefined,
    elastic_beanstalk:
      platform === 'aws_elastic_beanstalk'
        ? present({
            environment_name: text('service.namespace'),
            version_label: text('service.version'),
            deployment_id: Number(text('service.instance.id')) || undefined,
          })
        : undefined,
    eks:
      platform === 'aws_eks' || text('k8s.cluster.name') !== undefined
        ? present({
            cluster_name: text('k8s.cluster.name'),
            pod: text('k8s.pod.name'),
            container_id: text('container.id'),
          })
        : undefined,
    cloudwatch_logs: logGroupsOf(resource),
    xray,
  });
}

function isOnAws(resource: Attributes): boolean {
  const provider = resource.get('cloud.provider');
  return provider === undefined || provider === 'aws';
}

/** Written `aws.ecs` for a while. */
function platformOf(resource: Attributes): string {
  return (resource.peek('cloud.platform') ?? '').replace('.', '_');
}

function logGroupsOf(resource: Attributes): JsonObject[] | undefined {
  const arns = listOf(resource.get('aws.log.group.arns'));
  // arn:aws:logs:region:account:log-group:name
  if (arns.length > 0) return arns.map((arn) => present({ log_group: arn.split(':')[6] ?? arn, arn }));
  const names = listOf(resource.get('aws.log.group.names'));
  return names.length > 0 ? names.map((name) => ({ log_group: name })) : undefined;
}

/** In `OTEL_RESOURCE_ATTRIBUTES`, which knows texts only, several stand with & between them. */
function listOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split('&') : [];
  return list.filter((each): each is string => typeof each === 'string' && each !== '');
}
