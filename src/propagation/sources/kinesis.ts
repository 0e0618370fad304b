import { readBase64Body } from '../nested-body.ts';
import { property } from '../property.ts';
import { recordsSource } from './lambda-records.ts';

/** Kinesis data streams: a record is its data. EventBridge may have put a whole event there. */
export const kinesis = recordsSource({
  name: 'kinesis',
  eventSource: 'aws:kinesis',
  read: (record) => readBase64Body(property(property(record, 'kinesis'), 'data')),
});
