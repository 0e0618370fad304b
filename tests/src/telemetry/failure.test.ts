import { describe, expect, it } from 'vitest';
import { createTextGuard } from '../../../src/redaction/text-guard.ts';
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
  it('shows no password of a URL and no address that its message repeats', () => {
    const error = new TypeError(
      'cannot fetch https://jane:s3cret@example.com/orders for jane.doe@example.org',
    );
    const [exception] = describeException(error, { remote: false, detail: 'full', texts: createTextGuard() });

    expect(exception?.message).toContain('cannot fetch');
    expect(exception?.message).not.toMatch(/s3cret|jane/);
  });
});
