/** Buckets of S3, and who hears of what happens in them. */
import { functionNameOf, globalArnOf, partitionOf } from './arns.ts';
import { stableUuid } from './deployment.ts';
import type { ResolvedFields } from './fields.ts';
import type { ResolvedResource, ResolvedResources } from './resources.ts';
import { readOrWarn } from './resources.ts';
import type {
  BucketCorsRule,
  BucketDefinition,
  FunctionDefinition,
  NotificationDefinition,
  QueueDefinition,
  TopicDefinition,
} from './service.ts';

/** Where notifications go, and what they name. */
interface NotificationEnds {
  readonly queues: readonly QueueDefinition[];
  readonly topics: readonly TopicDefinition[];
  /** Those that run here. */
  readonly functions: readonly FunctionDefinition[];
  readonly region: string;
}

/** The framework's own, which holds packages and nothing of the service. */
const DEPLOYMENT_BUCKET = 'ServerlessDeploymentBucket';

/** The framework's for events of buckets that another stack has made: `existing: true`. */
const EXISTING = 'Custom::S3';

/** What can happen to an object here; a configuration may name it with a `*` at its end. */
const EVENTS = [
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
  's3:ObjectTagging:Put',
  's3:ObjectTagging:Delete',
];

/** The buckets of the template, and those that exist already and call functions of it. */
export function bucketsToRun(resources: ResolvedResources, ends: NotificationEnds): BucketDefinition[] {
  const made = readOrWarn(resources, 'AWS::S3::Bucket', (bucket) =>
    bucket.logicalId === DEPLOYMENT_BUCKET ? [] : [bucketToRun(bucket, ends, resources)],
  );
  const existing = readOrWarn(resources, EXISTING, (resource) => [existingToRun(resource, ends, resources)]);
  const buckets = new Map<string, BucketDefinition>();
  for (const bucket of [...made, ...existing]) {
    const before = buckets.get(bucket.name);
    buckets.set(bucket.name, {
      ...(before ?? bucket),
      notifications: [...(before?.notifications ?? []), ...bucket.notifications],
    });
  }
  for (const bucket of buckets.values()) warnAboutOverlaps(bucket, resources);
  return [...buckets.values()];
}

function bucketToRun(
  bucket: ResolvedResource,
  ends: NotificationEnds,
  resources: ResolvedResources,
): BucketDefinition {
  const { fields } = bucket;
  const name = bucket.name();
  const configuration = fields.within('NotificationConfiguration');
  const versioned = fields.within('VersioningConfiguration').optionalText('Status') === 'Enabled';
  if (versioned) resources.warn(`The bucket ${name} keeps no versions of objects here but the newest`);
  if (fields.within('LifecycleConfiguration').each('Rules').length > 0)
    resources.warn(`Objects of the bucket ${name} are not removed by its lifecycle here`);
  const kinds = [
    ['LambdaConfigurations', 'Function'],
    ['QueueConfigurations', 'Queue'],
    ['TopicConfigurations', 'Topic'],
  ] as const;
  const notifications = kinds.flatMap(([list, target]) =>
    configuration.each(list).map((entry) => {
      const rules = entry.within('Filter').within('S3Key').each('Rules');
      const filters = rules.map((rule) => ({
        name: rule.text('Name'),
        value: rule.text('Value'),
        path: rule.path,
      }));
      return { event: entry.text('Event'), filters, target: entry.text(target), path: entry.path };
    }),
  );
  return {
    name,
    arn: bucket.attribute('Arn'),
    versioned,
    cors: fields.within('CorsConfiguration').each('CorsRules').map(corsRule),
    eventBridge:
      configuration.has('EventBridgeConfiguration') &&
      (configuration.within('EventBridgeConfiguration').optionalBoolean('EventBridgeEnabled') ?? true),
    notifications: notifications.flatMap((each) => notificationToRun(name, each, ends, resources)),
  };
}

function corsRule(rule: ResolvedFields): BucketCorsRule {
  const maxAge = rule.optionalNumber('MaxAge');
  const texts = (name: string): string[] => rule.list(name).map(String);
  return {
    allowedOrigins: texts('AllowedOrigins'),
    allowedMethods: texts('AllowedMethods'),
    allowedHeaders: texts('AllowedHeaders'),
    exposedHeaders: texts('ExposedHeaders'),
    ...(maxAge !== undefined && { maxAge }),
  };
}

function existingToRun(
  { fields }: ResolvedResource,
  ends: NotificationEnds,
  resources: ResolvedResources,
): BucketDefinition {
  const name = fields.text('BucketName');
  const target = fields.text('FunctionName');
  const notifications = fields.each('BucketConfigs').map((entry) => ({
    event: entry.text('Event'),
    filters: entry
      .each('Rules')
      .flatMap((rule) =>
        rule.names().map((filter) => ({ name: filter, value: rule.text(filter), path: rule.path })),
      ),
    target,
    path: entry.path,
  }));
  return {
    name,
    arn: globalArnOf(partitionOf(ends.region), 's3', '', name),
    versioned: false,
    cors: [],
    eventBridge: false,
    notifications: notifications.flatMap((each) => notificationToRun(name, each, ends, resources)),
  };
}

interface WrittenNotification {
  readonly event: string;
  readonly filters: ReadonlyArray<{ readonly name: string; readonly value: string; readonly path: string }>;
  readonly target: string;
  readonly path: string;
}

/** @throws Error that says where a filter is none: AWS refuses to deploy it. */
function notificationToRun(
  bucket: string,
  { event, filters, target, path }: WrittenNotification,
  ends: NotificationEnds,
  resources: ResolvedResources,
): NotificationDefinition[] {
  const filter = { prefix: '', suffix: '' };
  for (const { name, value, path: place } of filters) {
    const kind = name.toLowerCase();
    if (kind !== 'prefix' && kind !== 'suffix')
      throw new Error(`${place}: expected a rule for the prefix or the suffix, got ${JSON.stringify(name)}`);
    filter[kind] = value;
  }
  if (!EVENTS.some((known) => fits(event, known))) {
    resources.warn(`${event} of the bucket ${bucket} never happens here: nobody is told of it`);
    return [];
  }
  const targetArn = arnOfTarget(target, ends);
  if (targetArn === undefined) {
    resources.warn(
      `The bucket ${bucket} does not tell ${target} of ${event}: only functions, queues and topics that run here are told`,
    );
    return [];
  }
  return [{ id: stableUuid(`${bucket}/${path}/${event}`), events: [event], ...filter, targetArn }];
}

function arnOfTarget(target: string, { functions, queues, topics }: NotificationEnds): string | undefined {
  const name = functionNameOf(target);
  return (
    [...queues, ...topics].find(({ arn }) => arn === target)?.arn ??
    functions.find((each) => each.name === name)?.arn
  );
}

/** S3 refuses two configurations that would both be told of one event. */
function warnAboutOverlaps({ name, notifications }: BucketDefinition, resources: ResolvedResources): void {
  const overlap = notifications.flatMap((one, index) =>
    notifications
      .slice(index + 1)
      .filter((other) => overlaps(one, other))
      .map((other) => [one, other] as const),
  );
  for (const [one, other] of overlap)
    resources.warn(
      `S3 would refuse the notifications of the bucket ${name}: ${one.targetArn} and ${other.targetArn} are both told of ${one.events.join()} for keys that fit both filters`,
    );
}

function overlaps(one: NotificationDefinition, other: NotificationDefinition): boolean {
  const sameEvents = EVENTS.some((event) =>
    [one, other].every(({ events }) => events.some((each) => fits(each, event))),
  );
  const prefixes = one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix);
  return sameEvents && prefixes && (one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix));
}

/** A configuration may name a kind of events by a `*` at its end. */
function fits(pattern: string, event: string): boolean {
  return pattern.endsWith('*') ? event.startsWith(pattern.slice(0, -1)) : event === pattern;
}
