import { describe, expect, it } from 'vitest';
import { remoteCall } from '../../../src/clients/remote-call.ts';

describe('the headers of a call', () => {
  const headers = { traceparent: '00-a-b-01', tracestate: 'v=1', baggage: 'tenant=acme' };

  it.each([
    ['bank.example', ['traceparent', 'tracestate']],
    ['shop.example', ['traceparent', 'tracestate', 'baggage']],
  ])('carry the baggage to our own hosts only: %s', (host, names) => {
    const call = remoteCall('get', new URL(`https://${host}/`), ['shop.example']);
    const sent = call.headers(headers).filter(([, value]) => value !== undefined);
    expect(sent.map(([name]) => name).filter((name) => name in headers)).toEqual(names);
  });
});
