import { describe, expect, it } from 'vitest';
import { describeException } from '../../../src/telemetry/xray/exceptions.ts';
import { flagsOfError, flagsOfStatus } from '../../../src/telemetry/xray/failure.ts';

describe('the flags of a failure', () => {
  it.each([
    [new Error('boom'), { fault: true }],
    ['a string', { fault: true }],
    [Object.assign(new Error('no'), { statusCode: 404 }), { error: true }],
    [Object.assign(new Error('no'), { $metadata: { httpStatusCode: 500 } }), { fault: true }],
    [
      Object.assign(new Error('slow down'), {
        name: 'ThrottlingException',
        $metadata: { httpStatusCode: 400 },
      }),
      { error: true, throttle: true },
    ],
    [
      Object.assign(new Error('slow down'), { $retryable: { throttling: true } }),
      { error: true, throttle: true },
    ],
    [new DOMException('stop', 'AbortError'), { error: true }],
    [new DOMException('late', 'TimeoutError'), { fault: true }],
  ])('of %s are %o', (error, flags) => {
    expect(flagsOfError(error)).toEqual(flags);
  });

  it('are none for a status that is no failure', () => {
    expect(flagsOfStatus(302)).toEqual({});
  });
});

describe('the description of an exception', () => {
  it('shows no password of a URL', () => {
    const error = new TypeError('cannot fetch https://jane:s3cret@example.com/orders');
    expect(describeException(error, { remote: false, detail: 'full' })).toMatchObject([
      { message: 'cannot fetch https://…@example.com/orders' },
    ]);
  });
});
