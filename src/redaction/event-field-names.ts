/**
 * Names of fields and headers of Lambda's events that are no words of programs in general: shown in a captured event, as
 * AWS writes them, whoever the customer is.
 */
export const EVENT_FIELD_NAMES: readonly string[] = [
  // API Gateway, ALB, AppSync, Cognito
  ...['x-forwarded-proto', 'sec-websocket-extensions', 'sec-websocket-key', 'sec-websocket-version'],
  ...['elb', 'cognitoAmr', 'arguments', 'selectionSetGraphQL', 'stash'],
  // Streams, queues and brokers
  ...['dynamodb', 'kinesis', 'redelivered', 'kind', 'awslogs', 'subsequenceNumber', 'bootstrapServers'],
  ...['rmqMessagesByQueue', 'sequencer', 'traceparent'],
  // SES
  ...['ses', 'virusVerdict', 'spfVerdict', 'dkimVerdict', 'dmarcVerdict'],
];
