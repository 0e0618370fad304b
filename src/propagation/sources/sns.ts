import { readSnsMessage } from '../nested-body.ts';
import { property } from '../property.ts';
import { ID_ATTRIBUTE, ID_IN_BAGGAGE, ID_MEMBER, W3C_HEADERS } from '../readings.ts';
import { recordsSource } from './lambda-records.ts';

/** SNS: attributes of the message; the message itself may be an event of another service. */
export const sns = recordsSource({
  name: 'sns',
  eventSource: 'aws:sns',
  readings: [
    {
      event: 'SNS',
      id: [
        ID_ATTRIBUTE,
        `${ID_MEMBER} of the JSON message, or of the \`detail\` of an EventBridge event in it`,
        ID_IN_BAGGAGE,
      ],
      trace: [`message attributes ${W3C_HEADERS}`],
      senders: ['SNS', 'EventBridge', 'Scheduler'],
    },
  ],
  read: (record) => readSnsMessage(property(record, 'Sns')),
});
