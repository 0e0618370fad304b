import { CORRELATION_ID_KEY } from './correlation-id.ts';
import type { EventSource } from './event-source.ts';
import { activeMq, rabbitMq } from './sources/amazon-mq.ts';
import { alb } from './sources/alb.ts';
import { apiGatewayHttp } from './sources/api-gateway-http.ts';
import { apiGatewayRest } from './sources/api-gateway-rest.ts';
import { apiGatewayWebSocket } from './sources/api-gateway-websocket.ts';
import { appSyncAuthorizer, appSyncBatch, appSyncEvents, appSyncResolver } from './sources/appsync.ts';
import { cloudFront } from './sources/cloudfront.ts';
import { cloudWatchAlarm } from './sources/cloudwatch-alarm.ts';
import { cloudWatchLogs } from './sources/cloudwatch-logs.ts';
import { cognito } from './sources/cognito.ts';
import { customResource } from './sources/custom-resource.ts';
import { directInvoke } from './sources/direct-invoke.ts';
import { documentDb } from './sources/documentdb.ts';
import { dynamoDbStream } from './sources/dynamodb-stream.ts';
import { eventBridge } from './sources/eventbridge.ts';
import { createEventBridgePipes } from './sources/eventbridge-pipes.ts';
import { eventBridgeScheduler } from './sources/eventbridge-scheduler.ts';
import { firehose } from './sources/firehose.ts';
import { functionUrl } from './sources/function-url.ts';
import { kafka } from './sources/kafka.ts';
import { kinesis } from './sources/kinesis.ts';
import { requestAuthorizer, tokenAuthorizer } from './sources/lambda-authorizer.ts';
import { lex } from './sources/lex.ts';
import { s3 } from './sources/s3.ts';
import { ses } from './sources/ses.ts';
import { sns } from './sources/sns.ts';
import { sqs } from './sources/sqs.ts';
import { stepFunctions } from './sources/step-functions.ts';
import { vpcLatticeV1, vpcLatticeV2 } from './sources/vpc-lattice.ts';

/** Records of these arrive through EventBridge Pipes too. */
const eventBridgePipes = createEventBridgePipes([sqs, dynamoDbStream, kinesis, kafka, activeMq, rabbitMq]);

/**
 * Every event we know, in the order in which they are tried; the first that matches reads the event. Within HTTP the
 * special comes before the general: a request authorizer has the fields of a REST API or of an HTTP API, and for a
 * WebSocket API its connection too; a load balancer shares `httpMethod` with a REST API; a function URL and VPC Lattice
 * share version 2.0 with an HTTP API. Scheduler's own event has the form of EventBridge's. A batch of AppSync is an array as
 * what EventBridge Pipes deliver. A direct invocation has any form, so it comes last. The rest exclude each other, and stand with what a service uses most in front.
 */
export const eventSources: readonly EventSource[] = [
  tokenAuthorizer,
  requestAuthorizer,
  apiGatewayWebSocket,
  alb,
  functionUrl,
  vpcLatticeV2,
  vpcLatticeV1,
  apiGatewayRest,
  apiGatewayHttp,
  sqs,
  sns,
  eventBridgeScheduler,
  eventBridge,
  dynamoDbStream,
  kinesis,
  s3,
  ses,
  cloudFront,
  appSyncResolver,
  appSyncBatch,
  appSyncEvents,
  appSyncAuthorizer,
  eventBridgePipes,
  stepFunctions,
  kafka,
  firehose,
  activeMq,
  rabbitMq,
  documentDb,
  lex,
  cognito,
  cloudWatchLogs,
  cloudWatchAlarm,
  customResource,
  directInvoke,
];

/** Whether the answer to events of this source is an HTTP response, which may repeat the id in a header, and in which form. */
export function answersHttp(sourceName: string): EventSource['answersHttp'] {
  return eventSources.find((source) => source.name === sourceName)?.answersHttp;
}

/**
 * The name of the kind of event; undefined for what is none of them. Never throws.
 *
 * @param header under which the id is carried, whatever its case.
 */
export function sourceOf(
  event: unknown,
  context?: unknown,
  header: string = CORRELATION_ID_KEY,
): string | undefined {
  const key = header.toLowerCase();
  try {
    return eventSources.find((source) => source.matches(event, key, context))?.name;
  } catch {
    // A getter or a proxy that throws: not an event of Lambda's making.
    return undefined;
  }
}

/** What is delivered to a function without anybody waiting for its answer, besides batches of records. */
const ONE_WAY: ReadonlySet<string> = new Set(
  [eventBridge, eventBridgeScheduler, cloudWatchLogs, cloudWatchAlarm].map(({ name }) => name),
);

/** Whether events of this source are messages, or batches of them, rather than requests. */
export function isMessageSource(sourceName: string | undefined): boolean {
  return eventSources.some(
    ({ name, batch }) =>
      name === sourceName && (ONE_WAY.has(name) || (batch !== undefined && name !== 'appsync-batch')),
  );
}
