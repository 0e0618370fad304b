import { describe, expect, it } from 'vitest';
import { runWithCorrelation } from '../../../src/propagation/correlation.ts';
import { logFailedRequest } from '../../../src/telemetry/log-failed-request.ts';
import { logger } from '../../../src/telemetry/logger.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';

describe('the shared logger', () => {
  it('writes the correlation id of the scope in which a line is written', () => {
    const logs = captureLogs();
    runWithCorrelation({ correlationId: 'order-1', source: 'sqs' }, () => {
      runWithCorrelation({ correlationId: 'order-2', source: 'sqs' }, () => logger.info('inner'));
      logger.info('outer', { orderId: 'o-1' });
    });
    logger.info('outside');

    const lines = logs.restore();
    expect(lines).toMatchObject([
      { message: 'inner', correlation_id: 'order-2' },
      { message: 'outer', correlation_id: 'order-1', orderId: 'o-1' },
      { message: 'outside' },
    ]);
    expect(lines[2]).not.toHaveProperty('correlation_id');
  });

  it('logs refused requests as information and failures as errors with their stack', () => {
    const logs = captureLogs();
    logFailedRequest({ statusCode: 404 });
    logFailedRequest(new Error('boom'));
    logFailedRequest('just text');

    expect(logs.restore()).toMatchObject([
      { level: 'INFO', status: 404 },
      { level: 'ERROR', error: { message: 'boom' } },
      { level: 'ERROR', error: { message: 'just text' } },
    ]);
  });
});
