import type {
  ComparisonOperator,
  StaticComparisonOperator,
  TreatMissingData,
} from '../cloudwatch/alarm-terms.ts';
import type { MuteSchedule } from '../cloudwatch/mute-window.ts';

/**
 * The service to run, as plain data: what its deployed CloudFormation template says, with every reference
 * resolved to a local name, ARN or URL. `local/template` writes it; every other part reads it.
 */
export interface ServiceDefinition {
  readonly name: string;
  readonly stage: string;
  readonly region: string;
  /** Twelve digits; local resources have no account, so this is a fixed, recognisable one. */
  readonly accountId: string;
  /** Whether it is traced here although its template does not ask for that, so that it is not in AWS. @default false */
  readonly isTracedUnasked?: boolean;
  readonly functions: readonly FunctionDefinition[];
  /** Those of the template that cannot run here; undefined where all can. */
  readonly functionsNotRun?: readonly FunctionNotRun[];
  readonly apis: readonly ApiDefinition[];
  readonly functionUrls: readonly ApiDefinition[];
  readonly queues: readonly QueueDefinition[];
  readonly topics: readonly TopicDefinition[];
  readonly subscriptions: readonly SubscriptionDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly buckets: readonly BucketDefinition[];
  readonly eventSourceMappings: readonly EventSourceMappingDefinition[];
  readonly streamMappings: readonly StreamMappingDefinition[];
  readonly alarms: readonly AlarmDefinition[];
  /** Undefined where there are none. */
  readonly muteRules?: readonly MuteRuleDefinition[];
  readonly metricFilters: readonly MetricFilterDefinition[];
  /** `default`, and those that the template makes or names. */
  readonly eventBuses: readonly EventBusDefinition[];
  readonly rules: readonly RuleDefinition[];
  /** Names of the groups that schedules can be made in, beside `default`. */
  readonly scheduleGroups: readonly string[];
  readonly schedules: readonly ScheduleDefinition[];
}

/** A function of the template that answers every call with an error. */
export interface FunctionNotRun {
  /** The deployed name. */
  readonly name: string;
  /** Why, for example `its runtime is "python3.13", and only Node.js functions run here`. */
  readonly reason: string;
}

export interface FunctionDefinition {
  /** The deployed name, for example `shop-local-create-order`. */
  readonly name: string;
  /** The key in `serverless.yml`, for example `create-order`: what people call it. */
  readonly key: string;
  readonly arn: string;
  /** Lambda's handler string, for example `src/handlers/create-order.handler`. */
  readonly handler: string;
  /** The unpacked deployment package: what Lambda calls `/var/task`. */
  readonly codeDirectory: string;
  /** Lambda's name of the runtime, for example `nodejs24.x`. */
  readonly runtime: string;
  /** In the order in which they lie over each other, the last on top; undefined where there are none. */
  readonly layers?: readonly LayerDefinition[];
  /** MB. */
  readonly memorySize: number;
  /** Seconds. */
  readonly timeout: number;
  /** The environment of the template; the variables that Lambda itself sets are added when it runs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly tracingMode: 'Active' | 'PassThrough';
  readonly logFormat: 'JSON' | 'Text';
  /** Of the function's own lines, in JSON: those below are left out. `INFO` where undefined. */
  readonly applicationLogLevel?: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  /** Of Lambda's lines, in JSON. `INFO` where undefined. */
  readonly systemLogLevel?: 'DEBUG' | 'INFO' | 'WARN';
  readonly logGroup: string;
  /** Most environments at once; undefined where the template reserves none. */
  readonly reservedConcurrency?: number;
  /** Whether Lambda would let it be part of a loop: `RecursiveLoop: Allow`. */
  readonly allowsLoops?: boolean;
  /** Whether each of its environments serves one tenant only. */
  readonly isolatesTenants?: boolean;
  /** Whether it is to run on Lambda Managed Instances, which have other limits. */
  readonly managedInstances?: boolean;
  /** The tags of the template; undefined where it sets none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Undefined where the template sets nothing of it: Lambda's defaults hold. */
  readonly asynchronous?: AsyncDefinition;
}

export interface LayerDefinition {
  readonly arn: string;
  /** Whether its contents are on this machine: the function runs without those that are not. */
  readonly isHere: boolean;
}

export interface ApiDefinition {
  readonly id: string;
  /** The deployed name, for example `local-shop`. */
  readonly name: string;
  /** `REST` sends v1 events and is traced by X-Ray; `HTTP` sends v2 events and is not. */
  readonly kind: 'REST' | 'HTTP';
  readonly stage: string;
  /** Whether X-Ray tracing is on for the stage. Always false for `HTTP`, as in AWS. */
  readonly tracing: boolean;
  /** REST only: media types passed to the function as base64. */
  readonly binaryMediaTypes: readonly string[];
  readonly routes: readonly RouteDefinition[];
  /** REST only: methods that the API answers itself, as the preflight of `cors: true`. */
  readonly mocks?: readonly MockDefinition[];
  /** HTTP only: how pages of other origins may use the API. */
  readonly cors?: CorsDefinition;
  /** REST only: what the template makes of the API's own answers, by response type, for example `DEFAULT_4XX`. */
  readonly gatewayResponses?: Readonly<Record<string, GatewayResponseDefinition>>;
  /** REST only: the keys that its usage plans take. */
  readonly apiKeys?: readonly ApiKeyDefinition[];
  /** Set where it is no API but the URL of a function. */
  readonly functionUrl?: FunctionUrlDefinition;
}

export interface FunctionUrlDefinition {
  /** Its name in AWS, which stands in events. */
  readonly host: string;
  /** Whether responses go to the client as they are written: `InvokeMode: RESPONSE_STREAM`. */
  readonly streaming: boolean;
}

/** What a request has to bring before anything answers it. */
export interface AccessDefinition {
  /** Undefined where everyone may call. */
  readonly authorizer?: AuthorizerDefinition;
  /** A token needs one of them; undefined where none is asked for. */
  readonly scopes?: readonly string[];
  /** REST only: whether `x-api-key` is needed. */
  readonly apiKeyRequired?: boolean;
  /** REST only. */
  readonly requestCheck?: RequestCheckDefinition;
}

/** A method of a path. */
export interface MethodDefinition extends AccessDefinition {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** As deployed: `/orders/{orderId}`, `/{proxy+}`, or `$default` (HTTP only). */
  readonly path: string;
}

export interface RouteDefinition extends MethodDefinition {
  /** The deployed name of the function that answers. */
  readonly functionName: string;
  /**
   * The format of what an HTTP API hands to the function, and of what it takes from it.
   *
   * @default '2.0'
   */
  readonly payload?: '1.0';
}

/** A mock integration: a template makes a status of the request, and the first response for that status is the answer. */
export interface MockDefinition extends MethodDefinition {
  /** Mapping templates by content type. */
  readonly requestTemplates: Readonly<Record<string, string>>;
  readonly responses: readonly MockResponseDefinition[];
}

export interface MockResponseDefinition {
  readonly status: number;
  /** The statuses that it is for, as a regular expression; undefined for all others. */
  readonly selectionPattern?: string;
  /** Expressions by header: `'text'` in quotes, or `context.requestId`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Mapping templates by content type. */
  readonly templates: Readonly<Record<string, string>>;
}

/** CORS of an HTTP API. */
export interface CorsDefinition {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  /** Seconds. */
  readonly maxAge?: number;
}

export interface GatewayResponseDefinition {
  readonly status?: number;
  /** Expressions by header: `'text'` in quotes, `method.request.header.Origin` or `context.requestId`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bodies by content type, with `$context` variables. */
  readonly templates: Readonly<Record<string, string>>;
}

export interface ApiKeyDefinition {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

export interface RequestCheckDefinition {
  /** Parameters that must be there, for example `method.request.header.X-Tenant`. */
  readonly parameters: readonly string[];
  /** JSON schemas of the body by content type, with references to other models resolved into them. */
  readonly models: Readonly<Record<string, unknown>>;
}

/** Who says who the caller is. `claims` stand for a caller that brings no token at all, so that a page can be tried. */
export type AuthorizerDefinition =
  | LambdaAuthorizerDefinition
  | TokenAuthorizerDefinition
  | { readonly kind: 'iam' }
  | {
      /** It cannot be asked here: everyone may call. */
      readonly kind: 'unchecked';
      readonly name: string;
      readonly reason: string;
      readonly claims?: AuthorizerClaims;
    };

export type AuthorizerClaims = Readonly<Record<string, unknown>>;

interface IdentifiedAuthorizer {
  /** As the template names it. */
  readonly name: string;
  /** Where the caller's identity stands, for example `method.request.header.Authorization` or `$request.header.Authorization`. */
  readonly identitySources: readonly string[];
  readonly claims?: AuthorizerClaims;
}

export interface LambdaAuthorizerDefinition extends IdentifiedAuthorizer {
  readonly kind: 'lambda';
  readonly functionName: string;
  /** What the function gets: `token` and `request` from a REST API, version 1.0 or 2.0 from an HTTP API. */
  readonly payload: 'token' | 'request' | '1.0' | '2.0';
  /** Whether it answers with `isAuthorized` instead of a policy. */
  readonly simpleResponses: boolean;
  /** Seconds an answer is kept for the same identity; 0 for never. */
  readonly ttl: number;
  /** `token` only: the regular expression that a token must match. */
  readonly tokenPattern?: string;
}

export interface TokenAuthorizerDefinition extends IdentifiedAuthorizer {
  /** `jwt` of an HTTP API, `cognito` of a REST API. */
  readonly kind: 'jwt' | 'cognito';
  /** One of them must have issued the token. */
  readonly issuers: readonly string[];
  /** One of them must be meant; empty where any may be. */
  readonly audiences: readonly string[];
  /** `cognito` only: the regular expression that a token must match. */
  readonly tokenPattern?: string;
  /** URL or file of the JWKS that signatures are checked with; without it they are not checked. */
  readonly keys?: string;
}

export interface QueueDefinition {
  readonly name: string;
  readonly arn: string;
  /** SQS attributes as CreateQueue takes them, for example `VisibilityTimeout: '60'`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TopicDefinition {
  readonly name: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface SubscriptionDefinition {
  readonly topicArn: string;
  /** `sqs` and `lambda` are delivered; other protocols are reported at start and skipped. */
  readonly protocol: string;
  readonly endpoint: string;
  /** SNS attributes as Subscribe takes them, for example `RawMessageDelivery: 'true'`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TableDefinition {
  readonly name: string;
  readonly arn: string;
  /** The properties of `AWS::DynamoDB::Table` that CreateTable takes as they are. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The attribute whose time, in seconds since 1970, an item lives to; undefined where items do not expire. */
  readonly timeToLive?: string;
  /** Undefined where the table has none. */
  readonly stream?: {
    readonly arn: string;
    /** What records hold: `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or `NEW_AND_OLD_IMAGES`. */
    readonly viewType: string;
  };
}

export interface BucketDefinition {
  readonly name: string;
  readonly arn: string;
  /** Whether deleting leaves a marker; other versions than the newest are not kept either way. */
  readonly versioned: boolean;
  /** How pages of other origins may use it; the first rule that fits counts. */
  readonly cors: readonly BucketCorsRule[];
  readonly notifications: readonly NotificationDefinition[];
  /** Whether all that happens in it goes to the default bus. */
  readonly eventBridge: boolean;
}

/** Origins and headers may hold one `*` for anything. */
export interface BucketCorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  /** Seconds. */
  readonly maxAge?: number;
}

/** Who hears of what happens to which objects of a bucket. */
export interface NotificationDefinition {
  /** Stands in the records. */
  readonly id: string;
  /** For example `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  /** What keys begin and end with; empty for any. */
  readonly prefix: string;
  readonly suffix: string;
  /** Of a function, a queue or a topic. */
  readonly targetArn: string;
}

export interface EventSourceMappingDefinition {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly enabled: boolean;
  /** 1 to 10,000 (standard queue) or 1 to 10 (FIFO); Lambda's default is 10. */
  readonly batchSize: number;
  /** Seconds, 0 to 300. */
  readonly maximumBatchingWindow: number;
  readonly reportBatchItemFailures: boolean;
  /** 2 to 1,000; undefined where the template sets none. */
  readonly maximumConcurrency?: number;
  /** Whether CloudWatch gets counts of its events: `MetricsConfig` with `EventCount`. */
  readonly countsEvents?: boolean;
  /** Event patterns: a message passes that one of them fits. Undefined where all do. */
  readonly filters?: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

/** What feeds a function from the stream of a table. */
export interface StreamMappingDefinition {
  readonly uuid: string;
  readonly streamArn: string;
  readonly functionName: string;
  readonly enabled: boolean;
  /** 1 to 10,000; Lambda's default is 100. */
  readonly batchSize: number;
  /** Seconds, 0 to 300. */
  readonly maximumBatchingWindow: number;
  /** Seconds of a tumbling window, 1 to 900; undefined where there is none. */
  readonly tumblingWindow?: number;
  /** Whether what is in the stream before it is read from is read, too. */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly reportBatchItemFailures: boolean;
  /** Whether a batch that fails is tried again in two halves. */
  readonly bisectOnError: boolean;
  /** How often a batch is tried again; undefined for as long as its records live. */
  readonly maximumRetryAttempts?: number;
  /** Seconds after which a record is no longer tried; undefined where there is no limit. */
  readonly maximumRecordAge?: number;
  /** ARN of the queue or topic that hears of batches that are given up. */
  readonly onFailure?: string;
  /** Whether CloudWatch gets counts of its events: `MetricsConfig` with `EventCount`. */
  readonly countsEvents?: boolean;
  /** Event patterns: a record passes that one of them fits. Undefined where all do. */
  readonly filters?: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

export type AlarmDefinition = MetricAlarmDefinition | LogAlarmDefinition | CompositeAlarmDefinition;

/** What every alarm has. */
export interface AlarmActions {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly actionsEnabled: boolean;
  /** ARNs of topics and functions, as in the template. */
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
}

/** For how long an alarm does nothing, once it is made. */
export interface WarmUp {
  readonly minutes: number;
  /** Whether it goes on for that long even if there are enough data before. */
  readonly whole: boolean;
}

export interface MetricAlarmDefinition extends AlarmActions {
  readonly kind: 'metric';
  /** One metric, or metrics and expressions of which one is watched. */
  readonly queries: readonly MetricQueryDefinition[];
  /** Whether the template gives the metric itself, without `Metrics`: CloudWatch then reports it in another form. */
  readonly single: boolean;
  /** Absent for an anomaly band. */
  readonly threshold?: number;
  /** The id of the anomaly band that takes the threshold's place. */
  readonly thresholdMetricId?: string;
  readonly comparisonOperator: ComparisonOperator;
  readonly evaluationPeriods: number;
  /** Undefined where the template sets none: all periods must breach, and CloudWatch words its reasons differently. */
  readonly datapointsToAlarm?: number;
  readonly treatMissingData: TreatMissingData;
  /** Whether its periods follow the clock on the wall, in place of sliding from minute to minute. */
  readonly onTheClock?: true;
  readonly warmUp?: WarmUp;
  readonly evaluateLowSampleCountPercentile?: 'evaluate' | 'ignore';
}

/** An alarm on the error lines of functions, by the query that the plugin writes; no other query is answered here. */
export interface LogAlarmDefinition extends AlarmActions {
  readonly kind: 'log';
  readonly query: string;
  readonly aggregation: string;
  /** Their names. */
  readonly logGroups: readonly string[];
  readonly schedule: string;
  /** How often it asks. */
  readonly everyMinutes: number;
  /** Seconds before it asks: from when and until when what it asks for was written. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly threshold: number;
  readonly comparisonOperator: StaticComparisonOperator;
  /** N: how many of the newest results are compared. */
  readonly queryResultsToEvaluate: number;
  /** M: how many of them must breach. */
  readonly queryResultsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  /** How many lines it tells, at most. */
  readonly lines: number;
  readonly warmUp?: WarmUp;
}

/** A rule for planned work: while one of its windows is open, its alarms take no actions. */
export interface MuteRuleDefinition extends MuteSchedule {
  readonly name: string;
  /** Their names. */
  readonly alarms: readonly string[];
}

export type MetricQueryDefinition = {
  readonly id: string;
  readonly label?: string;
  /** Whether this is what is watched. */
  readonly returnData: boolean;
} & (
  | { readonly stat: MetricStatDefinition }
  /** A query of Metrics Insights: a metric over all that have its dimensions, whatever others they have. */
  | { readonly stat: MetricStatDefinition; readonly expression: string; readonly matching: true }
  | {
      readonly expression: string;
      /** Seconds. */
      readonly period?: number;
    }
);

export interface MetricStatDefinition {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  /** `Sum`, `Average`, `p99`, ... */
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
  readonly unit?: string;
}

export interface CompositeAlarmDefinition extends AlarmActions {
  readonly kind: 'composite';
  /** For example `ALARM("a") OR ALARM("b")`. */
  readonly rule: string;
  /** Name or ARN of the alarm that holds its actions back. */
  readonly actionsSuppressor?: string;
  /** Seconds. */
  readonly suppressorWaitPeriod: number;
  /** Seconds. */
  readonly suppressorExtensionPeriod: number;
}

/** A metric that CloudWatch Logs makes of log events. */
export interface MetricFilterDefinition {
  readonly name: string;
  readonly logGroup: string;
  readonly pattern: string;
  readonly transformations: ReadonlyArray<{
    readonly namespace: string;
    readonly metricName: string;
    /** A number, `$.field` or `$field`. */
    readonly value: string;
    readonly defaultValue?: number;
    readonly unit?: string;
    readonly dimensions: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  }>;
}

export interface EventBusDefinition {
  readonly name: string;
  readonly arn: string;
}

/** A rule of EventBridge. It has a pattern, a schedule, or both. */
export interface RuleDefinition {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly enabled: boolean;
  /** The event pattern, as in the template; it can be read. */
  readonly pattern?: Readonly<Record<string, unknown>>;
  /** `rate(…)` or `cron(…)`, as in the template. */
  readonly schedule?: string;
  readonly targets: readonly RuleTargetDefinition[];
}

/** Where a rule takes events. At most one of the three kinds of input is set; without one the target gets the event. */
export interface RuleTargetDefinition {
  readonly id: string;
  readonly arn: string;
  /** JSON that the target gets instead of the event. */
  readonly input?: string;
  /** Which part of the event it gets, for example `$.detail`. */
  readonly inputPath?: string;
  readonly inputTransformer?: {
    /** Paths into the event by variable. */
    readonly paths: Readonly<Record<string, string>>;
    /** With `<variable>` in the place of values. */
    readonly template: string;
  };
  /** Of a FIFO queue. */
  readonly groupId?: string;
  /** The queue that gets the event if the target does not take it. */
  readonly deadLetterArn?: string;
}

/** A schedule of EventBridge Scheduler. */
export interface ScheduleDefinition {
  readonly name: string;
  /** The properties of `AWS::Scheduler::Schedule`, which are the members of CreateSchedule. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What becomes of the events that a function gets asynchronously. */
export interface AsyncDefinition {
  /** 0 to 2: how often an event is tried again when the function fails. */
  readonly maximumRetryAttempts?: number;
  /** Seconds, 60 to 21,600, after which an event is not tried again. */
  readonly maximumEventAge?: number;
  /** ARN of what gets a record of each event that the function took. */
  readonly onSuccess?: string;
  /** ARN of what gets a record of each event that was given up. */
  readonly onFailure?: string;
  /** ARN of the queue or topic that gets each event that was given up. */
  readonly deadLetterArn?: string;
}
