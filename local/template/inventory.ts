import { isObject } from '../json.ts';
import type { Expression } from './expressions.ts';
import type { WrittenResource } from './resources.ts';

/**
 * What the compiled template of a service holds that can be watched, as plain data. `readInventory` writes it; alarms,
 * dashboards and the estimate of costs read it. Names and ARNs that only the deployment knows are CloudFormation
 * expressions.
 */
export interface Inventory {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  /** Tags of the stack, which CloudFormation gives every resource that can have some; absent without any. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly functions: readonly FunctionResource[];
  readonly capacityProviders: readonly CapacityProviderResource[];
  readonly queues: readonly QueueResource[];
  readonly topics: readonly TopicResource[];
  readonly tables: readonly TableResource[];
  readonly apis: readonly ApiResource[];
  readonly rules: readonly RuleResource[];
  readonly schedules: readonly ScheduleResource[];
  readonly stateMachines: readonly StateMachineResource[];
  /** What CloudWatch measures too, and nothing here watches. */
  readonly others: readonly OtherResource[];
}

/** A resource that CloudWatch measures and that no alarm is put on. */
export interface OtherResource {
  readonly logicalId: string;
  /** For people: `AppSync API`. */
  readonly what: string;
  /** CloudWatch's namespace of its metrics. */
  readonly namespace: string;
}

interface WatchedResource {
  readonly logicalId: string;
  /** What people call it: the key in `serverless.yml` of a function, the logical id of anything else. */
  readonly key: string;
  /** What CloudWatch's dimension takes. */
  readonly name: Expression;
  /** The condition of the template without which it is not deployed. */
  readonly condition?: string;
  /** By key, as far as the template has them as texts; absent without any. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What is read of every resource alike. */
export function watched(resource: WrittenResource, key = resource.logicalId): WatchedResource {
  const { logicalId, condition } = resource;
  const tags = tagsOf(resource);
  return {
    logicalId,
    key,
    name: resource.name(),
    ...(condition !== undefined && { condition }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

/** Most resources have a list of keys and values, HTTP APIs an object. */
function tagsOf({ fields }: WrittenResource): Readonly<Record<string, string>> {
  const tags = fields.value('Tags');
  const pairs = Array.isArray(tags)
    ? fields.each('Tags').map((tag) => [tag.value('Key'), tag.value('Value')] as const)
    : Object.entries(isObject(tags) ? tags : {});
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair.every((part) => typeof part === 'string')),
  );
}

export interface FunctionResource extends WatchedResource {
  /** Seconds. */
  readonly timeout: number;
  /** Seconds that the most impatient API in front of it waits; undefined where no API calls it. */
  readonly apiLimit?: number;
  /** MB. */
  readonly memorySize: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly logFormat: 'JSON' | 'Text';
  /** JSON logs only: below INFO there is no `platform.report`. */
  readonly systemLogLevel: 'DEBUG' | 'INFO' | 'WARN';
  /** The logical id of its log group, where the template has it. */
  readonly logGroup?: string;
  /** Of that log group, where it has one: its `Condition`, and its `LogGroupClass`. */
  readonly logGroupCondition?: string;
  readonly logGroupClass?: string;
  /** Whether other functions write to the same log group. */
  readonly sharesLogGroup: boolean;
  /** The name of the policy that looks through its log group, where an alarm is to follow what that finds. */
  readonly findingsPolicy?: string;
  readonly reservedConcurrency?: number;
  /** Aliases and versions with provisioned concurrency. */
  readonly provisioned: readonly ProvisionedConcurrency[];
  /** Whether anything invokes it asynchronously: a topic, a rule, a bucket, a schedule, … */
  readonly isAsync: boolean;
  /** Whether alarms call it, which is for the plugin to say: nobody waits for it, and its failures are tried again. */
  readonly isCalledByAlarms?: true;
  /** Set where a topic or a bucket invokes it. */
  readonly isToldByTopicOrBucket?: true;
  /** Seconds that an asynchronous event may wait. */
  readonly maximumEventAge: number;
  readonly hasDeadLetterConfig: boolean;
  /** Whether CloudFront runs it (Lambda@Edge): then its metrics are in the regions where its requests come in. */
  readonly runsAtEdge: boolean;
  /** Whether what it answers asynchronously is sent somewhere, on failure or on success. */
  readonly hasDestination: boolean;
  readonly streams: readonly StreamSource[];
  /** Logical ids of the queues it reads. */
  readonly queues: readonly string[];
  /** The mappings that feed it, of the kinds of sources of which Lambda counts events. */
  readonly eventSources: readonly EventSource[];
  /** Whether Lambda lets it be part of a loop: `RecursiveLoop: Allow`. */
  readonly allowsLoops: boolean;
  /** Set where it is a durable function, whose executions go on over many invocations. */
  readonly durable?: DurableSettings;
  /** Set where it runs on Lambda Managed Instances. */
  readonly managed?: ManagedInstances;
  /** Whether each of its environments serves one tenant only. */
  readonly isolatesTenants: boolean;
  /** Logical ids of what its environment variables refer to: what it may call. */
  readonly refersTo: readonly string[];
}

export interface DurableSettings {
  /** Seconds that a whole execution may take; absent where only the deployment knows. */
  readonly executionTimeout?: number;
}

/** Where a function runs that does not share machines with others of AWS, and how many invocations share a process. */
export interface ManagedInstances {
  /** The name of the capacity provider, as CloudWatch's dimension has it. */
  readonly capacityProvider: Expression;
  /** Invocations that an environment runs at once at most; absent where nobody can say before the deployment. */
  readonly concurrencyOfEnvironment?: number;
}

export interface ProvisionedConcurrency {
  /** The logical id of the alias or version. */
  readonly logicalId: string;
  /** What follows the name of the function in CloudWatch's `Resource`: the name of the alias, or a version. */
  readonly qualifier: Expression;
  readonly concurrency: number;
}

export interface StreamSource {
  readonly kind: 'kinesis' | 'dynamodb' | 'documentdb' | 'kafka';
  /** The logical id of the event source mapping. */
  readonly mapping: string;
  /** Seconds that Lambda may wait for a batch to fill. */
  readonly batchingWindow: number;
}

/** An event source mapping, as far as Lambda counts what becomes of its events. */
export interface EventSource {
  readonly kind: 'queue' | 'kinesis' | 'dynamodb' | 'kafka';
  /** The logical id of the event source mapping. */
  readonly mapping: string;
  /** The condition of the template without which it is not deployed. */
  readonly condition?: string;
  /** Whether the function says which records of a batch failed, of which `Errors` then knows nothing. */
  readonly reportsFailures: boolean;
  /** Whether records are given up after so many attempts, or when they are too old. */
  readonly givesUp: boolean;
  /** Whether what is given up is reported to a destination. */
  readonly hasDestination: boolean;
}

/** What runs functions on EC2 instances of the account: Lambda Managed Instances. */
export type CapacityProviderResource = WatchedResource;

export interface QueueResource extends WatchedResource {
  readonly fifo: boolean;
  /** Seconds. */
  readonly retention: number;
  /** Seconds. */
  readonly visibilityTimeout: number;
  /** Logical ids of the queues whose failed messages come here; empty where it is no dead-letter queue. */
  readonly deadLettersOf: readonly string[];
  readonly hasDeadLetterQueue: boolean;
  /** How often a message is received before it is a dead letter; absent without a dead-letter queue. */
  readonly maxReceiveCount?: number;
  /** Keys of the functions that read it. */
  readonly consumers: readonly string[];
}

export interface TopicResource extends WatchedResource {
  readonly fifo: boolean;
  /** Whether a subscription sends what it cannot deliver to a queue. */
  readonly redrives: boolean;
}

export interface TableResource extends WatchedResource {
  readonly indexes: readonly string[];
  readonly billing: 'PAY_PER_REQUEST' | 'PROVISIONED';
  /** What the policies of the template let anyone do with it, as CloudWatch's `Operation` has it; at least one. */
  readonly operations: readonly string[];
}

/** One stage of an API: each is watched by itself. */
export interface ApiResource extends WatchedResource {
  readonly kind: 'REST' | 'HTTP' | 'WEBSOCKET';
  /** `Ref` of the API. `name` is its name for a REST API, and its id for the others. */
  readonly id: Expression;
  /** The logical id of the API itself; `key` may be of a stage. */
  readonly apiId: string;
  /** Keys of the functions that answer its requests. */
  readonly functions: readonly string[];
  readonly stage: Expression;
}

export interface RuleResource extends WatchedResource {
  /** Absent for the default bus. */
  readonly eventBusName?: Expression;
  readonly scheduled: boolean;
}

export interface ScheduleResource extends WatchedResource {
  /** CloudWatch knows groups of schedules only. */
  readonly group: Expression;
}

/** `name` is the ARN: CloudWatch knows a state machine by it. */
export type StateMachineResource = WatchedResource;
