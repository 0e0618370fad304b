import type { Injector } from './injector.ts';
import { injectEach, injectOne, unchanged } from './injector.ts';
import { payloadMessages } from './payload.ts';
import { SIZE_LIMITS } from './size-limits.ts';

const records = payloadMessages('Data', SIZE_LIMITS.firehose);
const injectRecord = injectOne(records);

export const injectPutRecord: Injector = (input, correlationId) => {
  if (typeof input.Record !== 'object' || input.Record === null) return unchanged(input);
  const { input: Record, leftOut } = injectRecord({ ...input.Record }, correlationId);
  return { input: { ...input, Record }, leftOut };
};

export const injectPutRecordBatch = injectEach('Records', records);
