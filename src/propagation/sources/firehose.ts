import type { EventSource } from '../event-source.ts';
import { readBase64Body } from '../nested-body.ts';
import { elements, property } from '../property.ts';

/** Firehose, a transformation: a record is its data. SNS delivers envelopes to a stream. */
export const firehose: EventSource = {
  name: 'firehose',
  matches: (event) =>
    typeof property(event, 'deliveryStreamArn') === 'string' && Array.isArray(property(event, 'records')),
  read: () => ({}),
  batch: {
    records: (event) => elements(property(event, 'records')),
    owns: (record) =>
      typeof property(record, 'recordId') === 'string' && typeof property(record, 'data') === 'string',
    read: (record, key) => readBase64Body(property(record, 'data'), key),
  },
};
