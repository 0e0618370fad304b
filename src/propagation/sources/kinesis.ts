import { readBase64Body } from '../nested-body.ts';
import { property } from '../property.ts';
import { recordsSource } from './lambda-records.ts';

/**
 * Kinesis data streams: a record is its data. EventBridge may have put a whole event there. EventBridge Pipes deliver the
 * fields of `kinesis` beside the others. What the producer library has aggregated is binary, and carries nothing.
 */
export const kinesis = recordsSource({
  name: 'kinesis',
  eventSource: 'aws:kinesis',
  read: (record, key) => readBase64Body(property(property(record, 'kinesis') ?? record, 'data'), key),
});
