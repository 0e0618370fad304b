import type { Attributes } from '@opentelemetry/api';
import type { TextGuard } from '../../redaction/text-guard.ts';
import { protectCall } from '../protect-call.ts';
import type { CallData, InvocationAttributes, SpanKind } from '../tracer.ts';

/*
 * What spans say in the words of OpenTelemetry's semantic conventions (1.45). Where a name has changed in the last releases
 * and receivers still look for the one before, a span has both.
 */

/** What the conventions call the kinds of events; every other one is `other`. */
const TRIGGERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    http: [
      ...['alb', 'api-gateway-http', 'api-gateway-rest', 'api-gateway-websocket', 'cloudfront'],
      ...['function-url', 'vpc-lattice-v1', 'vpc-lattice-v2', 'appsync', 'appsync-batch'],
    ],
    pubsub: ['active-mq', 'eventbridge', 'eventbridge-pipes', 'kafka', 'kinesis', 'rabbit-mq', 'sns', 'sqs'],
    datasource: ['documentdb', 'dynamodb', 's3'],
    timer: ['eventbridge-scheduler'],
  }).flatMap(([trigger, sources]) => sources.map((source) => [source, trigger] as const)),
);

/** Messaging systems of AWS: the name of today, and the one before it. */
const SYSTEMS: Readonly<Record<string, readonly [name: string, before: string]>> = {
  sqs: ['aws.sqs', 'aws_sqs'],
  sns: ['aws.sns', 'aws.sns'],
  kinesis: ['aws.kinesis', 'aws_kinesis'],
  eventbridge: ['aws.eventbridge', 'aws_eventbridge'],
};

const BYTES_OF_MB = 1024 * 1024;
const FUNCTION_ARN = /^(arn:[\w-]+:lambda:([\w-]+):(\d+):function:[^:]+)/;

/** What Lambda says of an invocation. */
export function invocationAttributes(invocation: InvocationAttributes, kind: SpanKind): Attributes {
  const { functionName, functionVersion, functionArn, memoryLimit, requestId, coldStart, eventSource } =
    invocation;
  const [, resource, region, account] = FUNCTION_ARN.exec(functionArn ?? '') ?? [];
  return withoutAbsent({
    'faas.name': functionName,
    'faas.version': functionVersion,
    'faas.max_memory': memoryLimit === undefined ? undefined : memoryLimit * BYTES_OF_MB,
    'faas.invocation.id': requestId,
    'faas.invocation_id': requestId,
    'faas.coldstart': coldStart,
    'faas.trigger': eventSource === undefined ? undefined : (TRIGGERS.get(eventSource) ?? 'other'),
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_lambda',
    'cloud.region': region,
    'cloud.account.id': account,
    // Without its alias or version, which only the second has.
    'cloud.resource_id': resource,
    'aws.lambda.invoked_arn': functionArn,
    ...(kind === 'consumer' && messaging(eventSource, 'process')),
  });
}

/** What a unit of a batch says: it is one message that is handled. */
export function recordAttributes(eventSource: string | undefined): Attributes {
  return messaging(eventSource, 'process');
}

function messaging(source: string | undefined, type: 'process' | 'send'): Attributes {
  const [system, before] = SYSTEMS[source ?? ''] ?? [];
  return withoutAbsent({
    'messaging.system.name': system,
    'messaging.system': before,
    'messaging.operation.type': type,
    'messaging.operation.name': type,
  });
}

/** What is known about a call, or about the HTTP request that an invocation answers. */
export interface DescribedCall {
  /** By the conventions; undefined where the span keeps the name that it has. */
  readonly name?: string;
  readonly attributes: Attributes;
}

/** @param service the AWS service that is called; undefined for every other call. */
export function describeCall(
  data: CallData,
  { kind, service, texts }: { kind: SpanKind; service: string | undefined; texts: TextGuard },
): DescribedCall {
  const { http, aws } = protectCall(data, texts);
  const isServer = kind === 'server' || kind === 'consumer';
  const method = http?.request && methodOf(http.request.method);
  const operation = textOf(aws?.operation);
  return {
    ...(service !== undefined && operation !== undefined
      ? { name: `${service}.${operation}` }
      : // A host is no name for a span: there are as many as there are customers of some services.
        !isServer && method !== undefined && { name: method.name }),
    attributes: {
      ...(http?.request !== undefined && {
        ...method?.attributes,
        ...urlAttributes(http.request.url, isServer),
      }),
      ...withoutAbsent({
        'http.response.status_code': http?.response?.status,
        'http.response.body.size': http?.response?.content_length,
      }),
      ...(service !== undefined && awsAttributes(service, aws ?? {}, kind)),
      // As OpenTelemetry's collector calls it where it reads a document of X-Ray.
      ...(data.traced === true && { 'aws.xray.traced': true }),
    },
  };
}

/** RFC 9110 and RFC 5789; another one could be anything that somebody sent. */
const METHODS: ReadonlySet<string> = new Set([
  ...['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'],
]);

function methodOf(method: string): { readonly name: string; readonly attributes: Attributes } {
  return METHODS.has(method)
    ? { name: method, attributes: { 'http.request.method': method } }
    : {
        name: 'HTTP',
        attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': method },
      };
}

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Of a URL whose path is masked already. */
function urlAttributes(url: string, isServer: boolean): Attributes {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const address =
    parsed === undefined
      ? {}
      : {
          'server.address': parsed.hostname,
          'server.port': parsed.port === '' ? PORTS[parsed.protocol] : Number(parsed.port),
        };
  // What is cut out of the text keeps its labels, which a parsed URL encodes.
  const [, path] = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url) ?? [];
  return withoutAbsent({
    ...address,
    ...(isServer ? { 'url.path': path, 'url.scheme': parsed?.protocol.slice(0, -1) } : { 'url.full': url }),
  });
}

/** The conventions' names of what X-Ray calls otherwise; the rest is `aws.` and X-Ray's name. */
const RESOURCES: Readonly<Record<string, string>> = {
  queue_url: 'aws.sqs.queue.url',
  topic_arn: 'aws.sns.topic.arn',
  bucket_name: 'aws.s3.bucket',
  stream_name: 'aws.kinesis.stream_name',
  state_machine_arn: 'aws.step_functions.state_machine.arn',
  function_name: 'faas.invoked_name',
  table_names: 'aws.dynamodb.table_names',
  request_id: 'aws.request_id',
  retries: 'aws.xray.retries',
  id_2: 'aws.extended_request_id',
  region: 'cloud.region',
};

function awsAttributes(service: string, aws: Readonly<Record<string, unknown>>, kind: SpanKind): Attributes {
  const { operation, table_name: table, ...others } = aws;
  const { retries } = others;
  const attributes: Attributes = {
    // `rpc.system` and `rpc.service` are how X-Ray and its kin know a call of AWS.
    'rpc.system.name': 'aws-api',
    'rpc.system': 'aws-api',
    'rpc.service': service,
  };
  const method = textOf(operation);
  if (method !== undefined) {
    attributes['rpc.method'] = `${service}/${method}`;
    attributes['aws.operation'] = method;
  }
  if (typeof retries === 'number' && retries > 0) attributes['http.request.resend_count'] = retries;
  if (textOf(table) !== undefined) attributes['aws.dynamodb.table_names'] = [table as string];
  for (const [name, value] of Object.entries(others)) {
    if (isAttributeValue(value)) attributes[RESOURCES[name] ?? `aws.${name}`] = value;
  }
  if (service === 'DynamoDB') {
    Object.assign(
      attributes,
      withoutAbsent({ 'db.system.name': 'aws.dynamodb', 'db.operation.name': method }),
    );
  }
  if (service === 'Lambda') {
    Object.assign(
      attributes,
      withoutAbsent({ 'faas.invoked_provider': 'aws', 'faas.invoked_region': textOf(aws.region) }),
    );
  }
  if (kind === 'producer') {
    Object.assign(attributes, messaging(service.toLowerCase(), 'send'));
    const destination =
      textOf(aws.topic_arn) ??
      textOf(aws.queue_url)?.split('/').at(-1) ??
      textOf(aws.stream_name) ??
      textOf(aws.event_bus_name);
    if (destination !== undefined) attributes['messaging.destination.name'] = destination;
  }
  return attributes;
}

/** What every receiver takes, out of all that an attribute may be. */
type Value = string | number | boolean | string[];

function isAttributeValue(value: unknown): value is Value {
  return (
    ['string', 'number', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.every((each) => typeof each === 'string'))
  );
}

/** Half a character, as of a text that was cut, is none: receivers may refuse all spans of a request for it. */
export function wellFormed(attributes: Attributes): Attributes {
  const written: Attributes = {};
  for (const [name, value] of Object.entries<unknown>(attributes)) {
    written[name.toWellFormed()] = wellFormedValue(value);
  }
  return written;
}

function wellFormedValue(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  return Array.isArray(value) ? value.map(wellFormedValue) : value;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function withoutAbsent(attributes: Readonly<Record<string, Value | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
