import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, ListAliasesCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListScheduleGroupsCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Moto } from './moto.ts';

/** Real clients of the services that a deployment touches. */
export function clientsOf({ client }: Moto) {
  return {
    apiGateway: new APIGatewayClient(client),
    cloudFormation: new CloudFormationClient(client),
    cloudWatch: new CloudWatchClient(client),
    dynamodb: new DynamoDBClient(client),
    eventBridge: new EventBridgeClient(client),
    iam: new IAMClient(client),
    kms: new KMSClient(client),
    lambda: new LambdaClient(client),
    logs: new CloudWatchLogsClient(client),
    s3: new S3Client(client),
    scheduler: new SchedulerClient(client),
    sns: new SNSClient(client),
    sqs: new SQSClient(client),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

type Named = ReadonlyArray<string | undefined> | undefined;

/** What lies in the account, by kind; kinds of which there is nothing are left out. */
export async function inventoryOf(aws: Clients): Promise<Record<string, string[]>> {
  const kinds: Record<string, Promise<Named>> = {
    alarms: aws.cloudWatch
      .send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }))
      .then(({ MetricAlarms = [], CompositeAlarms = [] }) =>
        [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName),
      ),
    // Those that AWS makes itself begin so.
    aliases: aws.kms
      .send(new ListAliasesCommand())
      .then(({ Aliases }) =>
        Aliases?.map(({ AliasName }) => AliasName).filter((name) => !name?.startsWith('alias/aws/')),
      ),
    apis: aws.apiGateway.send(new GetRestApisCommand()).then(({ items }) => items?.map(({ name }) => name)),
    buckets: aws.s3.send(new ListBucketsCommand()).then(({ Buckets }) => Buckets?.map(({ Name }) => Name)),
    dashboards: aws.cloudWatch
      .send(new ListDashboardsCommand())
      .then(({ DashboardEntries }) => DashboardEntries?.map(({ DashboardName }) => DashboardName)),
    eventSources: aws.lambda
      .send(new ListEventSourceMappingsCommand())
      .then(({ EventSourceMappings }) => EventSourceMappings?.map(({ EventSourceArn }) => EventSourceArn)),
    functions: aws.lambda
      .send(new ListFunctionsCommand())
      .then(({ Functions }) => Functions?.map(({ FunctionName }) => FunctionName)),
    keys: keysInUse(aws),
    logGroups: aws.logs
      .send(new DescribeLogGroupsCommand())
      .then(({ logGroups }) => logGroups?.map(({ logGroupName }) => logGroupName)),
    metricFilters: aws.logs
      .send(new DescribeMetricFiltersCommand())
      .then(({ metricFilters }) => metricFilters?.map(({ filterName }) => filterName)),
    queues: aws.sqs.send(new ListQueuesCommand()).then(({ QueueUrls }) => QueueUrls),
    roles: aws.iam.send(new ListRolesCommand()).then(({ Roles }) => Roles?.map(({ RoleName }) => RoleName)),
    rules: aws.eventBridge.send(new ListRulesCommand()).then(({ Rules }) => Rules?.map(({ Name }) => Name)),
    scheduleGroups: aws.scheduler
      .send(new ListScheduleGroupsCommand())
      .then(({ ScheduleGroups }) =>
        ScheduleGroups?.map(({ Name }) => Name).filter((name) => name !== 'default'),
      ),
    schedules: aws.scheduler
      .send(new ListSchedulesCommand())
      .then(({ Schedules }) => Schedules?.map(({ Name }) => Name)),
    stacks: aws.cloudFormation
      .send(new DescribeStacksCommand())
      .then(({ Stacks }) => Stacks?.map(({ StackName }) => StackName)),
    subscriptions: aws.sns
      .send(new ListSubscriptionsCommand())
      .then(({ Subscriptions }) => Subscriptions?.map(({ SubscriptionArn }) => SubscriptionArn)),
    tables: aws.dynamodb.send(new ListTablesCommand()).then(({ TableNames }) => TableNames),
    topics: aws.sns
      .send(new ListTopicsCommand())
      .then(({ Topics }) => Topics?.map(({ TopicArn }) => TopicArn)),
  };
  const found = await Promise.all(
    Object.entries(kinds).map(
      async ([kind, names]) => [kind, ((await names) ?? []).map(String).sort()] as const,
    ),
  );
  return Object.fromEntries(found.filter(([, names]) => names.length > 0));
}

/** Those of the service: a deleted key stays for some days, and those of AWS's own aliases are AWS's. */
async function keysInUse({ kms }: Clients): Promise<Named> {
  const { Keys = [] } = await kms.send(new ListKeysCommand());
  const { Aliases = [] } = await kms.send(new ListAliasesCommand());
  const ofAws = Aliases.filter(({ AliasName }) => AliasName?.startsWith('alias/aws/') === true);
  const keys = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
  return keys
    .map(({ KeyMetadata }) => KeyMetadata)
    .filter(
      (key) => key?.KeyState === 'Enabled' && !ofAws.some(({ TargetKeyId }) => TargetKeyId === key.KeyId),
    )
    .map((key) => key?.KeyId);
}
