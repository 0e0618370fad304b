import { describe, expect, it } from 'vitest';
import { splitByPayload, sqsEvent, sqsRecord } from '../../../local/messaging/sqs-event.ts';

const source = { queueArn: 'arn:aws:sqs:eu-central-1:000000000000:orders', region: 'eu-central-1' };
const records = ['one', 'two', 'three', 'four', 'fiv€'].map((Body) =>
  sqsRecord({ MessageId: Body, ReceiptHandle: Body, Body }, source),
);

describe('the parts of a batch', () => {
  it('are one, when the payload limit allows', () => {
    expect(splitByPayload(records)).toEqual([records]);
    expect(splitByPayload([])).toEqual([]);
  });

  it('keep the order, stay below the limit, and are as few as possible', () => {
    const limit = Buffer.byteLength(sqsEvent(records.slice(0, 3))) + 1;

    const parts = splitByPayload(records, limit);

    expect(parts.map((part) => part.length)).toEqual([3, 2]);
    expect(parts.flat()).toEqual(records);
    expect(Math.max(...parts.map((part) => Buffer.byteLength(sqsEvent(part))))).toBeLessThanOrEqual(limit);
  });

  it('have one record at least, however large', () => {
    expect(splitByPayload(records, 1)).toHaveLength(records.length);
  });
});
