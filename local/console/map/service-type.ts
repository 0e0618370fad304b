/** What a node is, for people and for its sign. */
export interface ServiceKind {
  /** In words. */
  readonly label: string;
  readonly sign: Sign;
}

export type Sign =
  | 'client'
  | 'api'
  | 'service'
  | 'function'
  | 'table'
  | 'queue'
  | 'topic'
  | 'bucket'
  | 'workflow'
  | 'event'
  | 'remote';

/** X-Ray's types (`origin` of a segment, and those of inferred services) that have a sign of their own. */
const KINDS: ReadonlyMap<string, ServiceKind> = new Map([
  ['client', { label: 'Caller', sign: 'client' }],
  ['remote', { label: 'Remote service', sign: 'remote' }],
  ['AWS::ApiGateway::Stage', { label: 'API Gateway', sign: 'api' }],
  ['AWS::ApiGatewayV2::Stage', { label: 'API Gateway', sign: 'api' }],
  ['AWS::AppSync::GraphQLAPI', { label: 'AppSync API', sign: 'api' }],
  ['AWS::Lambda', { label: 'Lambda service', sign: 'service' }],
  ['AWS::Lambda::Function', { label: 'Lambda function', sign: 'function' }],
  ['AWS::DynamoDB::Table', { label: 'DynamoDB table', sign: 'table' }],
  ['Database::SQL', { label: 'SQL database', sign: 'table' }],
  ['AWS::SQS::Queue', { label: 'SQS queue', sign: 'queue' }],
  ['AWS::SNS', { label: 'SNS topic', sign: 'topic' }],
  ['AWS::SNS::Topic', { label: 'SNS topic', sign: 'topic' }],
  ['AWS::S3::Bucket', { label: 'S3 bucket', sign: 'bucket' }],
  ['AWS::StepFunctions::StateMachine', { label: 'State machine', sign: 'workflow' }],
  ['AWS::Events::EventBus', { label: 'Event bus', sign: 'event' }],
  ['AWS::Scheduler::Schedule', { label: 'Schedule', sign: 'event' }],
  ['AWS::Kinesis::Stream', { label: 'Kinesis stream', sign: 'queue' }],
  ['AWS::KinesisFirehose::DeliveryStream', { label: 'Delivery stream', sign: 'queue' }],
]);

/** Any other type is said as it is written, without what all types of AWS begin with. */
export function kindOf(type: string | undefined): ServiceKind {
  return (
    KINDS.get(type ?? '') ?? {
      label: type === undefined || type === '' ? 'Service' : type.replace(/^AWS::/, '').replaceAll('::', ' '),
      sign: 'service',
    }
  );
}
