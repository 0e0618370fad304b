import { describe, expect, it } from 'vitest';
import { TraceHeaders } from '../../../local/messaging/trace-headers.ts';

describe('remembered trace headers', () => {
  it('are forgotten when their message is deleted', () => {
    const headers = new TraceHeaders();
    headers.attach('m', 'Root=1');
    headers.received('m', 'first receipt');
    headers.received('m', 'second receipt');

    headers.deleted('first receipt');
    expect(headers.has('m')).toBe(true);

    headers.deleted('second receipt');
    expect(headers.has('m')).toBe(false);
  });

  it('are bounded: the oldest goes first', () => {
    const headers = new TraceHeaders();
    const count = 60_000;

    for (let index = 0; index < count; index += 1) headers.attach(String(index), 'Root=1');

    expect(headers.has('0')).toBe(false);
    expect(headers.has(String(count - 1))).toBe(true);
  });
});
