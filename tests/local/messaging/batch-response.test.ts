import { describe, expect, it } from 'vitest';
import { readBatchResponse } from '../../../local/messaging/batch-response.ts';

const ids = new Set(['a', 'b', 'c']);

describe('the response to a batch', () => {
  it.each(['', 'null', '{}', '{"batchItemFailures":null}', '{"batchItemFailures":[]}', '{"else":1}'])(
    'means complete success when it is %j',
    (payload) => {
      expect(readBatchResponse(payload, ids)).toEqual({ failed: new Set() });
    },
  );

  it('names the messages that failed', () => {
    const payload =
      '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"c"},{"itemIdentifier":"a"}]}';
    expect(readBatchResponse(payload, ids)).toEqual({ failed: new Set(['a', 'c']) });
  });

  it.each([
    '{"batchItemFailures":',
    '"ok"',
    '[]',
    '7',
    '{"batchItemFailures":"a"}',
    '{"batchItemFailures":{}}',
    '{"batchItemFailures":["a"]}',
    '{"batchItemFailures":[null]}',
    '{"batchItemFailures":[{"itemIdentifier":""}]}',
    '{"batchItemFailures":[{"itemIdentifier":null}]}',
    '{"batchItemFailures":[{"itemidentifier":"a"}]}',
    '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"unknown"}]}',
  ])('is malformed when it is %j', (payload) => {
    expect(readBatchResponse(payload, ids)).toHaveProperty('malformed');
  });
});
