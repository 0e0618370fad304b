import { readSnsMessage } from '../nested-body.ts';
import { property } from '../property.ts';
import { recordsSource } from './lambda-records.ts';

/** SNS: attributes of the message; the message itself may be an event of another service. */
export const sns = recordsSource({
  name: 'sns',
  eventSource: 'aws:sns',
  read: (record, key) => readSnsMessage(property(record, 'Sns'), key),
});
