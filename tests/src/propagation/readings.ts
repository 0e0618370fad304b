/** The clients of ours that cause events; the names of AWS services are the AWS SDK's. */
export type Sender =
  'HTTP' | 'SNS' | 'SQS' | 'EventBridge' | 'Lambda' | 'SFN' | 'Kinesis' | 'Firehose' | 'Scheduler';

/** One line of the table in docs/correlation.md: what is read from one kind of event. Markdown. */
export interface Reading {
  /** The event, in AWS's words. */
  readonly event: string;
  /** Where the id is looked for, in this order; absent where the event has no place for one. */
  readonly id?: readonly string[];
  /** Where trace context is looked for. */
  readonly trace?: readonly string[];
  /** Which clients of ours may have sent it, and so what they write. */
  readonly senders?: readonly Sender[];
}

/* The words that several lines share. */
const ID_HEADER = 'header `x-correlation-id`';
const ID_ATTRIBUTE = 'message attribute `x-correlation-id`';
const ID_MEMBER = 'top-level member `x-correlation-id`';
const ID_IN_BAGGAGE = '`baggage` member `x-correlation-id` or `correlation-id`';
const W3C_HEADERS = '`traceparent`, `tracestate`, `baggage`';

/** What every source with HTTP headers reads. */
const HTTP_READS = {
  id: [ID_HEADER, ID_IN_BAGGAGE],
  trace: ['`X-Amzn-Trace-Id`', W3C_HEADERS],
} as const;

const KAFKA_READS = {
  id: ['record header `x-correlation-id`', ID_IN_BAGGAGE],
  trace: [`record headers \`X-Amzn-Trace-Id\`, ${W3C_HEADERS}`],
} as const;

const TRACE_HEADER = 'system attribute `AWSTraceHeader`';

/** The lines of each event source, by its name. */
export const READINGS: Readonly<Record<string, readonly Reading[]>> = {
  'api-gateway-authorizer-token': [{ event: 'API Gateway Lambda authorizer, token' }],
  'api-gateway-authorizer-request': [
    {
      event: 'API Gateway Lambda authorizer, request (payload formats 1.0 and 2.0)',
      ...HTTP_READS,
      senders: ['HTTP'],
    },
  ],
  'api-gateway-websocket': [
    { event: 'API Gateway WebSocket API, `$connect`', ...HTTP_READS, senders: ['HTTP'] },
    { event: 'API Gateway WebSocket API, message', id: [`${ID_MEMBER} of the JSON body`] },
  ],
  alb: [
    {
      event: 'Application Load Balancer (single and multi-value headers)',
      ...HTTP_READS,
      senders: ['HTTP'],
    },
  ],
  'function-url': [{ event: 'Lambda function URL', ...HTTP_READS, senders: ['HTTP'] }],
  'vpc-lattice-v2': [{ event: 'VPC Lattice, event version 2.0', ...HTTP_READS, senders: ['HTTP'] }],
  'vpc-lattice-v1': [{ event: 'VPC Lattice, event version 1.0', ...HTTP_READS, senders: ['HTTP'] }],
  'api-gateway-rest': [
    {
      event: 'API Gateway REST API, or HTTP API with payload format 1.0 (single and multi-value headers)',
      ...HTTP_READS,
      senders: ['HTTP'],
    },
  ],
  'api-gateway-http': [
    { event: 'API Gateway HTTP API with payload format 2.0', ...HTTP_READS, senders: ['HTTP'] },
  ],
  'eventbridge-pipes': [
    {
      event: 'EventBridge Pipes: records of SQS, Kinesis, DynamoDB streams, Kafka and MQ',
      id: ['each record, as its own source is read, also where a template has parsed its body'],
      trace: ['as the source of the record'],
      senders: ['SQS', 'SNS', 'Kinesis'],
    },
    { event: 'EventBridge Pipes: what a template or an enrichment makes of a record', id: [ID_MEMBER] },
  ],
  cloudfront: [
    {
      event: 'CloudFront, Lambda@Edge (requests and responses, of viewers and origins)',
      ...HTTP_READS,
      senders: ['HTTP'],
    },
  ],
  documentdb: [
    {
      event: 'DocumentDB change stream',
      id: ['member `x-correlation-id` of `fullDocument`, where the application stores one'],
    },
  ],
  lex: [
    {
      event: 'Lex (version 2 and 1)',
      id: [
        "`requestAttributes['x-correlation-id']`",
        "`sessionAttributes['x-correlation-id']`",
        ID_IN_BAGGAGE,
      ],
      trace: [`either: \`x-amzn-trace-id\`, ${W3C_HEADERS}`],
    },
  ],
  'appsync-events': [{ event: 'AppSync Events, a handler of a namespace', ...HTTP_READS, senders: ['HTTP'] }],
  sqs: [
    {
      event: 'SQS',
      id: [ID_ATTRIBUTE, `${ID_MEMBER} of the JSON body`, ID_IN_BAGGAGE],
      trace: [TRACE_HEADER, `message attributes ${W3C_HEADERS}`],
      senders: ['SQS', 'Scheduler'],
    },
    {
      event: 'SNS in SQS, enveloped',
      id: [`${ID_ATTRIBUTE} of the envelope in the body`, `${ID_MEMBER} of its JSON message`, ID_IN_BAGGAGE],
      trace: [TRACE_HEADER, `message attributes of the envelope ${W3C_HEADERS}`],
      senders: ['SNS'],
    },
    {
      event: 'SNS in SQS, raw message delivery',
      id: [ID_ATTRIBUTE, `${ID_MEMBER} of the JSON body`, ID_IN_BAGGAGE],
      trace: [TRACE_HEADER, `message attributes ${W3C_HEADERS}`],
      senders: ['SNS'],
    },
    {
      event: 'EventBridge in SQS',
      id: [`${ID_MEMBER} of the \`detail\` in the body`],
      trace: [TRACE_HEADER],
      senders: ['EventBridge'],
    },
    { event: 'S3 in SQS', trace: [TRACE_HEADER] },
  ],
  sns: [
    {
      event: 'SNS',
      id: [
        ID_ATTRIBUTE,
        `${ID_MEMBER} of the JSON message, or of the \`detail\` of an EventBridge event in it`,
        ID_IN_BAGGAGE,
      ],
      trace: [`message attributes ${W3C_HEADERS}`],
      senders: ['SNS', 'EventBridge', 'Scheduler'],
    },
  ],
  'eventbridge-scheduler': [{ event: 'EventBridge Scheduler, target without `Input`' }],
  eventbridge: [
    { event: 'EventBridge', id: [`${ID_MEMBER} of \`detail\``], senders: ['EventBridge', 'Scheduler'] },
  ],
  dynamodb: [
    {
      event: 'DynamoDB stream',
      id: ['string attribute `x-correlation-id` of `NewImage`, where the application stores one'],
    },
  ],
  kinesis: [
    {
      event: 'Kinesis data stream',
      id: [`${ID_MEMBER} of the JSON data, or of the \`detail\` of an EventBridge event in it`],
      senders: ['Kinesis', 'EventBridge', 'Scheduler'],
    },
  ],
  s3: [{ event: 'S3' }],
  ses: [
    {
      event: 'SES',
      id: [`mail ${ID_HEADER}`, ID_IN_BAGGAGE],
      trace: [`mail headers \`X-Amzn-Trace-Id\`, ${W3C_HEADERS}`],
    },
  ],
  appsync: [{ event: 'AppSync resolver', ...HTTP_READS, senders: ['HTTP'] }],
  'appsync-batch': [{ event: 'AppSync resolver, batch', ...HTTP_READS, senders: ['HTTP'] }],
  'appsync-authorizer': [{ event: 'AppSync Lambda authorizer', ...HTTP_READS, senders: ['HTTP'] }],
  'step-functions': [
    {
      event: 'Step Functions task, given the context object',
      id: [ID_MEMBER, `${ID_MEMBER} of \`Execution.Input\``],
      senders: ['SFN'],
    },
  ],
  kafka: [
    { event: 'Amazon MSK', ...KAFKA_READS },
    { event: 'Self-managed Kafka', ...KAFKA_READS },
  ],
  firehose: [
    {
      event: 'Firehose transformation',
      id: [
        `${ID_MEMBER} of the JSON data, or of the \`detail\` of an EventBridge event in it`,
        `${ID_ATTRIBUTE} of an SNS envelope in the data`,
      ],
      senders: ['Firehose', 'SNS', 'EventBridge', 'Scheduler'],
    },
  ],
  'active-mq': [
    {
      event: 'Amazon MQ for ActiveMQ',
      id: ['property `x-correlation-id`', '`correlationId` (JMS)', ID_IN_BAGGAGE],
      trace: [`properties \`X-Amzn-Trace-Id\`, ${W3C_HEADERS}`],
    },
  ],
  'rabbit-mq': [
    {
      event: 'Amazon MQ for RabbitMQ',
      id: ['header `x-correlation-id`', '`basicProperties.correlationId` (AMQP)', ID_IN_BAGGAGE],
      trace: [`headers \`X-Amzn-Trace-Id\`, ${W3C_HEADERS}`],
    },
  ],
  cognito: [
    {
      event: 'Cognito user pool trigger',
      id: ["`request.clientMetadata['x-correlation-id']`", ID_IN_BAGGAGE],
      trace: [`\`request.clientMetadata\`: \`x-amzn-trace-id\`, ${W3C_HEADERS}`],
    },
  ],
  'cloudwatch-logs': [{ event: 'CloudWatch Logs subscription' }],
  'cloudwatch-alarm': [{ event: 'CloudWatch alarm action' }],
  'cloudformation-custom-resource': [
    {
      event: 'CloudFormation custom resource',
      id: ["`ResourceProperties['x-correlation-id']`"],
    },
  ],
  'direct-invoke': [
    {
      event: 'Lambda Invoke',
      id: ["client context `custom['x-correlation-id']` (synchronous only)", ID_MEMBER],
      senders: ['Lambda'],
    },
    { event: 'Step Functions task, given its input', id: [ID_MEMBER], senders: ['SFN'] },
    { event: 'EventBridge Scheduler, target with `Input`', id: [ID_MEMBER], senders: ['Scheduler'] },
    { event: 'IoT rule', id: [`${ID_MEMBER} of what the rule selects`] },
  ],
};

/** The lines of one event source. */
export function readingsOf(source: string): readonly Reading[] {
  const readings = READINGS[source];
  if (readings === undefined) {
    throw new Error(
      `Nothing says what the event source "${source}" reads: describe it in tests/src/propagation/readings.ts`,
    );
  }
  return readings;
}
