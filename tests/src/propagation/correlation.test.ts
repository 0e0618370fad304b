import { describe, expect, it } from 'vitest';
import {
  correlationLogKeys,
  currentCorrelation,
  enterCorrelation,
  getCorrelationId,
  runWithCorrelation,
} from '../../../src/propagation/correlation.ts';
import { extractCorrelation, toCorrelationContext } from '../../../src/propagation/extract-correlation.ts';

describe('the correlation context', () => {
  it('gives the id, what came in, and log keys, anywhere in the call tree', async () => {
    const incoming = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    await runWithCorrelation({ correlationId: 'id-1', source: 'sqs', incoming }, async () => {
      await Promise.resolve();
      expect(getCorrelationId()).toBe('id-1');
      expect(currentCorrelation()?.incoming).toEqual(incoming);
      expect(correlationLogKeys()).toEqual({ correlation_id: 'id-1' });
    });
  });

  it('has no log keys outside of an invocation, and none after it', () => {
    expect(correlationLogKeys()).toEqual({});
    const scope = enterCorrelation({}, { correlationId: 'id-2', source: 'test' });
    expect(correlationLogKeys()).toEqual({ correlation_id: 'id-2' });
    scope.leave();
    expect(correlationLogKeys()).toEqual({});
  });

  it('is made of what was extracted, without what does not belong to a scope', () => {
    const headers = {
      'x-correlation-id': 'id-1',
      'X-Amzn-Trace-Id': 'Root=1-67891233-abcdef012345678912345678',
      baggage: 'tenant=shop',
    };
    expect(toCorrelationContext(extractCorrelation({ httpMethod: 'GET', headers }))).toEqual({
      correlationId: 'id-1',
      source: 'api-gateway-rest',
      incoming: { traceHeader: headers['X-Amzn-Trace-Id'], baggage: 'tenant=shop' },
    });
    expect(toCorrelationContext(extractCorrelation({}, { awsRequestId: 'request-1' }))).toEqual({
      correlationId: 'request-1',
      source: 'unknown',
    });
  });
});
