import { randomUUID } from 'node:crypto';
import type { WireRequest } from './aws-endpoint.ts';

/** What a function gets: its event, and the part of its context that a caller decides. */
export interface Delivery {
  readonly event: unknown;
  readonly context?: { readonly clientContext?: unknown };
}

const ACCOUNT = '000000000000';
const REGION = 'eu-west-1';

type Fields = Readonly<Record<string, unknown>>;

/** EventBridge to Lambda: one event for each entry of PutEvents. */
export function deliverPutEvents(request: WireRequest): Delivery[] {
  return list(json(request).Entries).map((entry) => ({
    event: {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType,
      source: entry.Source,
      account: ACCOUNT,
      time: '2026-01-01T00:00:00Z',
      region: REGION,
      resources: entry.Resources ?? [],
      detail: JSON.parse(String(entry.Detail)) as unknown,
    },
  }));
}

/** A Lambda invocation: the payload as it is, and the client context unless the invocation is asynchronous. */
export function deliverInvoke({ headers, body }: WireRequest): Delivery[] {
  const clientContext = headers['x-amz-client-context'];
  const isAsynchronous = headers['x-amz-invocation-type'] === 'Event';
  return [
    {
      event: body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as unknown),
      ...(typeof clientContext === 'string' &&
        !isAsynchronous && {
          context: {
            clientContext: JSON.parse(Buffer.from(clientContext, 'base64').toString('utf8')) as unknown,
          },
        }),
    },
  ];
}

/** A Lambda task of Step Functions that is given the input of its execution. */
export function deliverExecution(request: WireRequest): Delivery[] {
  return [{ event: JSON.parse(String(json(request).input)) as unknown }];
}

/** EventBridge Scheduler to Lambda: the input of the target is the event. */
export function deliverSchedule(request: WireRequest): Delivery[] {
  return [{ event: JSON.parse(String((json(request).Target as Fields).Input)) as unknown }];
}

/** A Kinesis data stream to Lambda. */
export function deliverPutRecords(request: WireRequest): Delivery[] {
  const input = json(request);
  const records = input.Records === undefined ? [input] : list(input.Records);
  return [
    {
      event: {
        Records: records.map((record, index) => ({
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey: record.PartitionKey,
            sequenceNumber: `4959033827149025660855969253836157095759157556913715${index}`,
            data: record.Data,
            approximateArrivalTimestamp: 1_767_225_600.123,
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: `shardId-000000000006:4959033827149025660855969253836157095759157556913715${index}`,
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: `arn:aws:iam::${ACCOUNT}:role/lambda-role`,
          awsRegion: REGION,
          eventSourceARN: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/orders`,
        })),
      },
    },
  ];
}

/** A Firehose stream to the function that transforms its records. */
export function deliverDeliveryStream(request: WireRequest): Delivery[] {
  const input = json(request);
  const records = input.Records === undefined ? [input.Record as Fields] : list(input.Records);
  return [
    {
      event: {
        invocationId: randomUUID(),
        deliveryStreamArn: `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/orders`,
        region: REGION,
        records: records.map((record) => ({
          recordId: randomUUID(),
          approximateArrivalTimestamp: 1_767_225_600_123,
          data: record.Data,
        })),
      },
    },
  ];
}

function json({ body }: WireRequest): Fields {
  return JSON.parse(body.toString('utf8')) as Fields;
}

function list(value: unknown): Fields[] {
  if (!Array.isArray(value)) throw new Error(`Expected a list, got ${JSON.stringify(value)}`);
  return value as Fields[];
}
