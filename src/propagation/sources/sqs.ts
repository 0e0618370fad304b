import type { Carried } from '../carried.ts';
import { carriedIn, orElse } from '../carried.ts';
import { readNestedBody } from '../nested-body.ts';
import { property } from '../property.ts';
import { recordsSource } from './lambda-records.ts';

/** SQS: every message carries its own id, or holds the event of another service that does. */
export const sqs = recordsSource({
  name: 'sqs',
  eventSource: 'aws:sqs',
  read: readSqsRecord,
});

function readSqsRecord(record: unknown, key: string): Carried {
  const traceHeader = property(property(record, 'attributes'), 'AWSTraceHeader');
  const attributes = carriedIn(key, property(record, 'messageAttributes'), (attribute) =>
    property(attribute, 'stringValue'),
  );
  return orElse({ traceHeader }, orElse(attributes, readNestedBody(property(record, 'body'), key)));
}
