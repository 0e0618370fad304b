import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampledTrace } from '../../helpers/lambda.ts';
import { runNode } from '../../helpers/run.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** Of an event of 17 kB; what an invocation of Middy alone leaves is some 100 bytes. */
const MOST_BYTES = 2000;

describe('the memory of an invocation', () => {
  it.each([
    ['off', { POWERTOOLS_TRACE_ENABLED: 'false' }, '1'],
    ['on and the invocation is not sampled', { POWERTOOLS_TRACE_ENABLED: 'true' }, '0'],
    ['on and the invocation is sampled', { POWERTOOLS_TRACE_ENABLED: 'true' }, '1'],
    ['that of OpenTelemetry', { POWERTOOLS_TRACE_ENABLED: 'true', LANTERN_RECORDER: 'opentelemetry' }, '1'],
  ])('is free without a full collection of garbage where tracing is %s', async (_, env, sampled) => {
    const run = runNode(['--expose-gc', join(FIXTURES, 'memory-of-invocations.ts')], FIXTURES, {
      ...env,
      _X_AMZN_TRACE_ID: sampledTrace().header.replace('Sampled=1', `Sampled=${sampled}`),
    });

    expect(await run.exited, run.output()).toBe(0);
    const { bytes } = JSON.parse(run.stdout()) as { bytes: number };
    expect(bytes).toBeLessThan(MOST_BYTES);
  });
});
