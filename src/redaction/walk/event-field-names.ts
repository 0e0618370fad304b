/**
 * Names of fields and headers of Lambda's events that are no words of programs in general, and so not among the field
 * words: shown in a captured event, as AWS writes them, whoever the customer is.
 */
export const EVENT_FIELD_NAMES: readonly string[] = [
  // API Gateway and Cognito
  'x-forwarded-proto',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'cognitoAmr',
  'traceparent',
  // queues and brokers
  'kind',
  'redelivered',
  'rmqMessagesByQueue',
];
