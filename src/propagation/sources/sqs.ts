import { CORRELATION_ID_KEY } from '../correlation-id.ts';
import type { Carried, EventSource } from '../event-source.ts';
import { property, propertyIgnoringCase } from '../event-source.ts';

/** SQS: every record carries its own id; a record that SNS put there may carry it inside SNS's envelope. */
export const sqs: EventSource = {
  name: 'sqs',
  matches: (event) => property(firstRecord(event), 'eventSource') === 'aws:sqs',
  read: (event) => {
    const records = recordsOf(event);
    return records.length === 1 ? readSqsRecord(records[0]) : {};
  },
  records: (event) => recordsOf(event).map(readSqsRecord),
};

/** What one SQS record carries: its own attribute first, then that of the SNS envelope in its body. */
export function readSqsRecord(record: unknown): Carried {
  const attribute = propertyIgnoringCase(property(record, 'messageAttributes'), CORRELATION_ID_KEY);
  const traceHeader = property(property(record, 'attributes'), 'AWSTraceHeader');
  return {
    correlationId: property(attribute, 'stringValue') ?? idInEnvelope(property(record, 'body')),
    ...(typeof traceHeader === 'string' && { traceHeader }),
  };
}

/** SNS without raw delivery wraps the message: the attributes are fields of a JSON body. */
function idInEnvelope(body: unknown): unknown {
  if (typeof body !== 'string' || !body.includes('"MessageAttributes"')) return undefined;
  let envelope: unknown;
  try {
    envelope = JSON.parse(body);
  } catch {
    return undefined;
  }
  const attribute = propertyIgnoringCase(property(envelope, 'MessageAttributes'), CORRELATION_ID_KEY);
  return property(attribute, 'Value');
}

function recordsOf(event: object): readonly unknown[] {
  const records = property(event, 'Records');
  return Array.isArray(records) ? (records as unknown[]) : [];
}

function firstRecord(event: object): unknown {
  return recordsOf(event)[0];
}
