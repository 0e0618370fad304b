/** Input fields that name what a call works on, under the names X-Ray has for them. */
const RESOURCE_FIELDS: ReadonlyArray<readonly [field: string, name: string]> = [
  ['TableName', 'table_name'],
  ['QueueUrl', 'queue_url'],
  ['TopicArn', 'topic_arn'],
  ['FunctionName', 'function_name'],
  ['Bucket', 'bucket_name'],
  ['stateMachineArn', 'state_machine_arn'],
  ['executionArn', 'execution_arn'],
  ['StreamName', 'stream_name'],
  ['StreamARN', 'stream_arn'],
  ['DeliveryStreamName', 'delivery_stream_name'],
];

/** Fields whose name says too little: `Name` is a schedule only in a call to Scheduler. */
const RESOURCE_FIELDS_OF: Readonly<Record<string, ReadonlyArray<readonly [field: string, name: string]>>> = {
  Scheduler: [
    ['Name', 'schedule_name'],
    ['GroupName', 'schedule_group_name'],
  ],
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a call works on, as X-Ray shows it and names the nodes of its service map after. Only ever the resource, never the
 * data: no item key, no object key, no phone number.
 */
export function describeResource(service: string, input: Fields): Record<string, string | string[]> {
  const described: Record<string, string | string[]> = {};
  for (const [field, name] of [...RESOURCE_FIELDS, ...(RESOURCE_FIELDS_OF[service] ?? [])]) {
    const value = input[field];
    if (typeof value === 'string') described[name] = value;
  }
  if (service === 'DynamoDB') {
    const tables = tablesOf(input);
    if (tables.length > 0) described.table_names = tables;
  }
  if (service === 'EventBridge') {
    const buses = unique(entriesOf(input.Entries).map(({ EventBusName }) => EventBusName));
    if (buses.length > 1) described.event_bus_names = buses;
    else if (buses[0] !== undefined) described.event_bus_name = buses[0];
  }
  return described;
}

/** The tables of a batch (keys of `RequestItems`) or a transaction (`TransactItems`). */
function tablesOf({ RequestItems, TransactItems }: Fields): string[] {
  const batch = typeof RequestItems === 'object' && RequestItems !== null ? Object.keys(RequestItems) : [];
  const transaction = entriesOf(TransactItems).flatMap((item) =>
    entriesOf(Object.values(item)).map(({ TableName }) => TableName),
  );
  return unique([...batch, ...transaction]);
}

function entriesOf(value: unknown): Fields[] {
  return Array.isArray(value)
    ? value.filter((each): each is Fields => typeof each === 'object' && each !== null)
    : [];
}

function unique(values: readonly unknown[]): string[] {
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}
