import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createTextGuard } from '../../../src/redaction/text-guard.ts';
import { describeException } from '../../../src/telemetry/describe-exception.ts';
import { flagsOfError, flagsOfStatus } from '../../../src/telemetry/failure.ts';

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
  const fields = ['name', 'message', 'stack', 'cause', 'errors', 'statusCode', '$metadata', '$retryable'];
  const throwing = (field: string, error: object) =>
    Object.defineProperty(error, field, {
      get() {
        throw new Error('a getter');
      },
    });

  it.each([
    ...fields.map((field) => ({
      what: `whose ${field} throws`,
      thrown: throwing(field, new RangeError('x')),
    })),
    { what: 'of many whose errors throw', thrown: throwing('errors', new AggregateError([])) },
    { what: 'whose errors are no list', thrown: Object.assign(new AggregateError([]), { errors: 7 }) },
    {
      what: 'that is caused by such',
      thrown: new Error('outer', { cause: throwing('message', new RangeError()) }),
    },
    {
      what: 'that is a hostile proxy',
      thrown: new Proxy(new Error('x'), {
        get: () => {
          throw new Error('a trap');
        },
        getPrototypeOf: () => {
          throw new Error('a trap');
        },
      }),
    },
  ])('is there for an error $what, with its flags', ({ thrown }) => {
    expect(flagsOfError(thrown)).toEqual({ fault: true });
    const described = describeException(thrown, {
      detail: 'full',
      texts: createTextGuard(),
    });
    expect(described[0]).toMatchObject({
      type: expect.any(String) as string,
    });
    expect(JSON.stringify(described)).not.toMatch(/a getter|a trap/);
  });

  it('knows errors of another realm, and what is behind them', () => {
    const foreign: unknown = runInNewContext(
      'new AggregateError([new RangeError("one")], "both", { cause: new TypeError("inner") })',
    );
    const described = describeException(foreign, {
      detail: 'full',
      texts: createTextGuard(),
    });
    expect(described.map(({ type }) => type)).toEqual(['AggregateError', 'TypeError', 'RangeError']);
    expect(described[0]).toMatchObject({ message: 'both', cause: 1 });
  });

  it('shows no password of a URL and no address that its message repeats', () => {
    const error = new TypeError(
      'cannot fetch https://jane:s3cret@example.com/orders for jane.doe@example.org',
    );
    const [exception] = describeException(error, {
      detail: 'full',
      texts: createTextGuard(),
    });

    expect(exception?.message).toContain('cannot fetch');
    expect(exception?.message).not.toMatch(/s3cret|jane/);
  });
});
