/**
 * What has to be where calls go that are not served here: tables, queues, topics and buckets, and the credentials that AWS itself
 * asks for.
 */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AwsCredentials } from '../lambda/environment-variables.ts';
import { messageOf } from '../message-of.ts';
import { createQueue } from '../messaging/queue-client.ts';
import { createTopic, subscribe } from '../messaging/send-message.ts';
import { createTableInput } from '../tables/table-properties.ts';
import type { ServiceDefinition, SubscriptionDefinition } from '../template/service.ts';
import type { AwsEndpoints } from './aws-endpoints.ts';

/** As functions have them: what an emulator keeps by access key is then the same for both. */
const CREDENTIALS = { accessKeyId: 'LANTERNLOCAL', secretAccessKey: 'lantern-local' };

/**
 * Makes the tables, queues, topics and buckets of the service at the emulators that were chosen, where they are missing. In AWS
 * itself nothing is made.
 *
 * @returns what will not be as the template says, in sentences.
 * @throws Error that names the emulator, when it refuses or does not answer.
 */
export async function prepareElsewhere(
  endpoints: AwsEndpoints,
  service: ServiceDefinition,
): Promise<string[]> {
  await makeTables(endpoints.chosen('dynamodb'), service);
  await makeQueues(endpoints.chosen('sqs'), service);
  await makeBuckets(endpoints.chosen('s3'), service);
  return [
    ...(await makeTopics(endpoints, service)),
    ...inAwsItself(endpoints, service),
    ...bucketsElsewhere(endpoints, service),
  ];
}

async function makeTables(
  endpoint: string | undefined,
  { tables, region }: ServiceDefinition,
): Promise<void> {
  if (endpoint === undefined || tables.length === 0) return;
  const client = new DynamoDBClient({ endpoint, region, credentials: CREDENTIALS });
  try {
    for (const table of tables) {
      const StreamSpecification = table.stream && {
        StreamEnabled: true,
        StreamViewType: table.stream.viewType as 'KEYS_ONLY',
      };
      const input = { ...createTableInput(table), ...(StreamSpecification && { StreamSpecification }) };
      await client.send(new CreateTableCommand(input)).catch((error: unknown) => {
        if ((error as Error).name !== 'ResourceInUseException') throw failed(table.name, endpoint, error);
      });
    }
  } finally {
    client.destroy();
  }
}

async function makeQueues(endpoint: string | undefined, { queues }: ServiceDefinition): Promise<void> {
  if (endpoint === undefined) return;
  for (const queue of queues) {
    await createQueue(endpoint, queue).catch((error: unknown) => {
      throw failed(queue.name, endpoint, error);
    });
  }
}

async function makeBuckets(
  endpoint: string | undefined,
  { buckets, region }: ServiceDefinition,
): Promise<void> {
  if (endpoint === undefined || buckets.length === 0) return;
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
  // Emulators know the bucket in the path, whatever they are called.
  const client = new S3Client({ endpoint, region, credentials: CREDENTIALS, forcePathStyle: true });
  // The oldest region is the one that must not be named.
  const location = region === 'us-east-1' ? {} : { LocationConstraint: region as 'eu-west-1' };
  try {
    for (const { name: Bucket } of buckets) {
      const input = {
        Bucket,
        ...('LocationConstraint' in location && { CreateBucketConfiguration: location }),
      };
      await client.send(new CreateBucketCommand(input)).catch((error: unknown) => {
        const { name } = error as Error;
        if (name !== 'BucketAlreadyOwnedByYou' && name !== 'BucketAlreadyExists')
          throw failed(Bucket, endpoint, error);
      });
    }
  } finally {
    client.destroy();
  }
}

/** Topics, and their subscriptions of queues where the same engine has both: one engine cannot reach the queues of another. */
async function makeTopics(
  endpoints: AwsEndpoints,
  { topics, subscriptions }: ServiceDefinition,
): Promise<string[]> {
  const endpoint = endpoints.chosen('sns');
  if (endpoint === undefined) return [];
  const warnings: string[] = [];
  for (const topic of topics) {
    const there = await createTopic(endpoint, topic).catch((error: unknown) => {
      throw failed(topic.name, endpoint, error);
    });
    if (there !== topic.arn)
      warnings.push(
        `The topic ${topic.name} is ${there} at ${endpoint}, and ${topic.arn} to the functions: have the emulator use the account 000000000000.`,
      );
  }
  const reaches = ({ protocol }: SubscriptionDefinition): boolean =>
    protocol === 'sqs' && endpoints.chosen('sqs') === endpoint;
  for (const subscription of subscriptions) {
    if (!reaches(subscription)) {
      warnings.push(
        `${subscription.topicArn} is at ${endpoint}: what is published to it does not reach ${subscription.endpoint} here.`,
      );
      continue;
    }
    await subscribe(endpoint, subscription).catch((error: unknown) => {
      throw failed(
        `The subscription of ${subscription.endpoint} to ${subscription.topicArn}`,
        endpoint,
        error,
      );
    });
  }
  return warnings;
}

function inAwsItself(
  { open }: AwsEndpoints,
  { tables, topics, buckets, eventSourceMappings, streamMappings }: ServiceDefinition,
): string[] {
  const said: readonly [service: string, isUsed: boolean, what: string][] = [
    [
      'dynamodb',
      tables.length > 0,
      'Tables are those of AWS itself: none is made, and they have to have the names of this template.',
    ],
    [
      'dynamodbstreams',
      streamMappings.length > 0,
      'Streams are those of AWS itself, where Lambda reads them: they call no function here.',
    ],
    [
      'sqs',
      eventSourceMappings.length > 0,
      'Queues are those of AWS itself, where Lambda polls them: they call no function here.',
    ],
    [
      'sns',
      topics.length > 0,
      'Topics are those of AWS itself: what is published to them reaches nothing here.',
    ],
    [
      's3',
      buckets.length > 0,
      'Buckets are those of AWS itself: none is made, and they have to have the names of this template.',
    ],
  ];
  return said.flatMap(([service, isUsed, what]) => (open.includes(service) && isUsed ? [what] : []));
}

/** S3 is not asked what has happened: whoever serves it would have to call us. */
function bucketsElsewhere(endpoints: AwsEndpoints, { buckets }: ServiceDefinition): string[] {
  const where = endpoints.chosen('s3') ?? (endpoints.open.includes('s3') ? 'AWS itself' : undefined);
  if (where === undefined) return [];
  return buckets
    .filter(({ notifications, eventBridge }) => notifications.length > 0 || eventBridge)
    .map(({ name }) => `The bucket ${name} is at ${where}: what happens in it is told to nobody here.`);
}

function failed(name: string, where: string, cause: unknown): Error {
  const reason =
    cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause);
  return new Error(`${name} cannot be made at ${where}, which a setting or the shell names: ${reason}`, {
    cause,
  });
}

/**
 * The credentials that the developer's shell or profile gives, for functions whose calls go to AWS itself. They are read once: when
 * they expire, start again.
 *
 * @throws Error that says why there are none.
 */
export async function developerCredentials(region: string, profile?: string): Promise<AwsCredentials> {
  const client = new DynamoDBClient({ region, ...(profile !== undefined && { profile }) });
  try {
    return await client.config.credentials();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Error(
      `An endpoint of custom.lantern.local.endpoints, or of the shell, is AWS itself, and there are no credentials for it: ${reason}`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}
