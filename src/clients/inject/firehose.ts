import type { Fields, Injector } from './injector.ts';
import { injectEach, injectOne, unchanged, withMember } from './injector.ts';
import { payloadMessages } from './payload.ts';
import { SIZE_LIMITS } from './size-limits.ts';

const records = payloadMessages('Data', SIZE_LIMITS.firehose);
const injectRecord = injectOne(records);

export const injectPutRecord: Injector = (input, correlationId) => {
  if (typeof input.Record !== 'object' || input.Record === null) return unchanged(input);
  const { input: record, leftOut } = injectRecord(input.Record as Fields, correlationId);
  return withMember(input, 'Record', record, leftOut);
};

export const injectPutRecordBatch = injectEach('Records', records);
