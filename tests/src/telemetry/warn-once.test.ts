import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadLogger } from '../../../src/telemetry/process-logger.ts';
import { createWarnOnce } from '../../../src/telemetry/process-logger.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';

// From then on a line is written at once.
beforeAll(() => loadLogger());
afterEach(() => {
  delete process.env.AWS_LAMBDA_MAX_CONCURRENCY;
});

describe('a warning that is said once', () => {
  it('is not said again, unless it is about something else', () => {
    const logs = captureLogs();
    const warnOnce = createWarnOnce();
    warnOnce('a');
    warnOnce('a');
    warnOnce('a', undefined, 'another a');

    expect(logs.restore().map(({ message }) => message)).toEqual(['a', 'a']);
  });

  it('never fails, whatever the logger does', () => {
    // Powertools' logger then asks for the store of the invocation, and throws because there is none.
    process.env.AWS_LAMBDA_MAX_CONCURRENCY = '64';

    expect(() => createWarnOnce()('a')).not.toThrow();
  });
});
