/** What the AWS SDK knows of a call once it has an answer, from a response or from an error. */
export interface AwsAnswer {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

/**
 * Input fields that X-Ray shows, and the name it shows them under: the resource, never the data. Service map nodes are
 * named after them.
 */
const RESOURCE_FIELDS: Readonly<Record<string, string>> = {
  TableName: 'table_name',
  QueueUrl: 'queue_url',
  TopicArn: 'topic_arn',
  FunctionName: 'function_name',
};

/** The `aws` block of the subsegment for one call. */
export function describeAwsCall(
  commandName: string,
  input: object,
  region: string | undefined,
  answer: AwsAnswer = {},
): Record<string, unknown> {
  const described: Record<string, unknown> = { operation: commandName.replace(/Command$/, '') };
  if (region !== undefined) described.region = region;
  for (const [field, name] of Object.entries(RESOURCE_FIELDS)) {
    const value = (input as Record<string, unknown>)[field];
    if (typeof value === 'string') described[name] = value;
  }
  if (answer.requestId !== undefined) described.request_id = answer.requestId;
  // X-Ray counts repetitions, the SDK counts attempts.
  if (answer.attempts !== undefined) described.retries = answer.attempts - 1;
  return described;
}
