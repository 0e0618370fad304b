import type { Carried } from '../carried.ts';
import { carriedIn, orElse } from '../carried.ts';
import { readNestedBody } from '../nested-body.ts';
import { property } from '../property.ts';
import { ID_ATTRIBUTE, ID_IN_BAGGAGE, ID_MEMBER, W3C_HEADERS } from '../readings.ts';
import { recordsSource } from './lambda-records.ts';

const TRACE_HEADER = 'system attribute `AWSTraceHeader`';

/** SQS: every message carries its own id, or holds the event of another service that does. */
export const sqs = recordsSource({
  name: 'sqs',
  eventSource: 'aws:sqs',
  readings: [
    {
      event: 'SQS',
      id: [ID_ATTRIBUTE, `${ID_MEMBER} of the JSON body`, ID_IN_BAGGAGE],
      trace: [TRACE_HEADER, `message attributes ${W3C_HEADERS}`],
      senders: ['SQS', 'Scheduler'],
    },
    {
      event: 'SNS in SQS, enveloped',
      id: [`${ID_ATTRIBUTE} of the envelope in the body`, `${ID_MEMBER} of its JSON message`, ID_IN_BAGGAGE],
      trace: [TRACE_HEADER, `message attributes of the envelope ${W3C_HEADERS}`],
      senders: ['SNS'],
    },
    {
      event: 'SNS in SQS, raw message delivery',
      id: [ID_ATTRIBUTE, `${ID_MEMBER} of the JSON body`, ID_IN_BAGGAGE],
      trace: [TRACE_HEADER, `message attributes ${W3C_HEADERS}`],
      senders: ['SNS'],
    },
    {
      event: 'EventBridge in SQS',
      id: [`${ID_MEMBER} of the \`detail\` in the body`],
      trace: [TRACE_HEADER],
      senders: ['EventBridge'],
    },
    { event: 'S3 in SQS', trace: [TRACE_HEADER] },
  ],
  read: readSqsRecord,
});

function readSqsRecord(record: unknown): Carried {
  const traceHeader = property(property(record, 'attributes'), 'AWSTraceHeader');
  const attributes = carriedIn(property(record, 'messageAttributes'), (attribute) =>
    property(attribute, 'stringValue'),
  );
  return orElse({ traceHeader }, orElse(attributes, readNestedBody(property(record, 'body'))));
}
