import { isObject } from '../../json.ts';
import type { Subsegment } from '../document.ts';

/** What a call works on: a node of the service graph that does not report for itself. */
export interface Resource {
  readonly name: string;
  /** As X-Ray calls it: of a resource, of a service of AWS, or `remote`. */
  readonly type: string;
}

/** The attributes by which calls name what they work on, most specific first, and what that is. */
const RESOURCES: ReadonlyArray<readonly [attribute: string, type: string]> = [
  ['table_name', 'AWS::DynamoDB::Table'],
  ['table_names', 'AWS::DynamoDB::Table'],
  ['queue_url', 'AWS::SQS::Queue'],
  ['queue_name', 'AWS::SQS::Queue'],
  ['topic_arn', 'AWS::SNS::Topic'],
  ['bucket_name', 'AWS::S3::Bucket'],
  ['function_name', 'AWS::Lambda::Function'],
  ['state_machine_arn', 'AWS::StepFunctions::StateMachine'],
  ['execution_arn', 'AWS::StepFunctions::StateMachine'],
  ['event_bus_name', 'AWS::Events::EventBus'],
  ['event_bus_names', 'AWS::Events::EventBus'],
  ['stream_name', 'AWS::Kinesis::Stream'],
  ['stream_arn', 'AWS::Kinesis::Stream'],
  ['delivery_stream_name', 'AWS::KinesisFirehose::DeliveryStream'],
  ['schedule_name', 'AWS::Scheduler::Schedule'],
];

/** Where messages wait, or go on from: who receives them does so in a trace of its own. */
export const MESSAGING_TYPES: ReadonlySet<string> = new Set([
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::Events::EventBus',
  'AWS::Kinesis::Stream',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Scheduler::Schedule',
  'AWS::StepFunctions::StateMachine',
  'AWS::Lambda::Function',
  'AWS::SQS',
  'AWS::SNS',
  'AWS::EventBridge',
  'AWS::Kinesis',
]);

/** Undefined for work inside of the service. */
export function resourceOf(call: Subsegment): Resource | undefined {
  if (call.namespace === 'aws') return awsResource(call);
  if (call.namespace !== 'remote') return undefined;
  return isObject(call.sql)
    ? { name: call.name, type: 'Database::SQL' }
    : { name: call.name, type: 'remote' };
}

function awsResource({ name, aws = {} }: Subsegment): Resource {
  for (const [attribute, type] of RESOURCES) {
    const value = aws[attribute];
    const text: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof text === 'string' && text !== '') return { name: lastPart(text, attribute), type };
  }
  return { name, type: `AWS::${name.replace(/\s/g, '')}` };
}

/** Of a URL or an ARN its last part. An alias of a function is that function, an execution one of its state machine. */
function lastPart(text: string, attribute: string): string {
  const named = /(?:^|:)(?:function|execution|express):([^:]+)/.exec(text)?.[1];
  if (named !== undefined) return named;
  if (attribute === 'function_name') return text.split(':')[0] ?? text;
  const part = text.startsWith('arn:') || attribute === 'queue_url' ? text.split(/[:/]/).at(-1) : text;
  return part === undefined || part === '' ? text : part;
}
