import { readBase64Body } from '../nested-body.ts';
import { property } from '../property.ts';
import { ID_MEMBER } from '../readings.ts';
import { recordsSource } from './lambda-records.ts';

/** Kinesis data streams: a record is its data. EventBridge may have put a whole event there. */
export const kinesis = recordsSource({
  name: 'kinesis',
  eventSource: 'aws:kinesis',
  readings: [
    {
      event: 'Kinesis data stream',
      id: [`${ID_MEMBER} of the JSON data, or of the \`detail\` of an EventBridge event in it`],
      senders: ['Kinesis', 'EventBridge', 'Scheduler'],
    },
  ],
  read: (record) => readBase64Body(property(property(record, 'kinesis'), 'data')),
});
