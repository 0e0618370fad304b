import type { Fields } from './injector.ts';
import { injectEach, injectOne } from './injector.ts';
import { payloadMessages } from './payload.ts';
import { byteLength, SIZE_LIMITS } from './size-limits.ts';

/** The partition key counts too ("PutRecords" of the Kinesis API reference). */
const records = payloadMessages(
  'Data',
  SIZE_LIMITS.kinesis,
  ({ Data, PartitionKey }: Fields) => byteLength(Data) + byteLength(PartitionKey),
);

export const injectPutRecord = injectOne(records);
export const injectPutRecords = injectEach('Records', records);
