import { describe, expect, it } from 'vitest';
import type { FunctionResource } from 'lambda-lantern-local/template';
import { adviseReport } from '../../../plugin/advise/advise-report.ts';
import type { Measured } from '../../../plugin/advise/measure.ts';
import { adviseOn } from '../../../plugin/advise/advise.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { functionNamed } from '../dashboard/inventories.ts';

/** Ten million invocations of 100 ms in 15 days, at half of its memory, far from every limit. */
const usual: Measured = {
  invocations: 10_000_000,
  durationSum: 1e9,
  durationMaximum: 1500,
  durationP99: 400,
  concurrencyMaximum: 80,
  memoryMaximum: 300,
  coldStarts: undefined,
  logBytes: undefined,
  provisioned: [],
};

function on(seen: Partial<Measured>, fn: Partial<FunctionResource> = {}) {
  return adviseOn(functionNamed('pay', { architecture: 'arm64', ...fn }), { ...usual, ...seen }, 15);
}

function topics(seen: Partial<Measured>, fn: Partial<FunctionResource> = {}) {
  return on(seen, fn)
    .map(({ topic }) => topic)
    .filter((topic) => topic !== 'tracing');
}

describe('advice', () => {
  it.each<
    [string, Partial<Measured>, Partial<FunctionResource>, RegExp, readonly [number, number] | undefined]
  >([
    [
      'memory that is not used',
      { memoryMaximum: 90 },
      {},
      /at most 90 of 512 MB were used \(18 %\).*Try 192 MB/,
      [0, 8.33],
    ],
    [
      'memory that is used up',
      { memoryMaximum: 480 },
      {},
      /480 of 512 MB were used \(94 %\).*Give it more/,
      undefined,
    ],
    [
      'a dearer architecture',
      {},
      { architecture: 'x86_64' },
      /runs on x86_64 for 16.67 USD a month.*arm64/,
      [0, 3.33],
    ],
    [
      'environments that nobody uses',
      { provisioned: [{ qualifier: 'live', concurrency: 10, utilization: 0.2, spillover: 0 }] },
      {},
      /at most 20 % of the 10 environments of live were in use.*2 would have done/,
      [34.56, 43.2],
    ],
    [
      'environments that are too few',
      { provisioned: [{ qualifier: 'live', concurrency: 10, utilization: 1, spillover: 42 }] },
      {},
      /42 invocations of live found none of its 10 environments free/,
      [-4.32, 0],
    ],
    [
      'a timeout that is near',
      { durationMaximum: 5500 },
      {},
      /took 5.5 s of a timeout of 6 s.*slowest traces/,
      undefined,
    ],
    [
      'a timeout that is far',
      { durationMaximum: 1500 },
      { timeout: 300 },
      /took 1.5 s of a timeout of 300 s. 5 s would do/,
      undefined,
    ],
    [
      'cold starts',
      { coldStarts: 2_000_000 },
      {},
      /20 % of 10000000 invocations began with a cold start/,
      undefined,
    ],
    [
      'log lines',
      { logBytes: 2e11 },
      {},
      /20000 bytes of log lines for each invocation, 200.00 USD a month/,
      [0, 150],
    ],
  ])('is given on %s', (_what, seen, fn, sentence, saving) => {
    const [found] = on(seen, fn).filter(({ topic }) => topic !== 'tracing');
    expect(`${found?.finding}. ${found?.advice}`).toMatch(sentence);
    if (saving === undefined) expect(found?.saving).toBeUndefined();
    else {
      expect(found?.saving?.from).toBeCloseTo(saving[0], 1);
      expect(found?.saving?.to).toBeCloseTo(saving[1], 1);
    }
  });

  it('is silent where nothing stands out, and where nothing was measured', () => {
    expect(topics({})).toEqual([]);
    const nothing = { durationSum: undefined, durationMaximum: undefined, memoryMaximum: undefined };
    expect(topics({ ...nothing, invocations: 1 })).toEqual([]);
  });

  it('says of a function that is never called only that', () => {
    expect(on({ invocations: 0 })).toEqual([
      {
        function: 'pay',
        topic: 'unused',
        finding: 'no invocation in 15 days',
        advice: 'Remove it, or find out what no longer calls it.',
      },
    ]);
  });

  it('never promises more than a function costs, and no range that is upside down', () => {
    const seen = fc.record({
      invocations: fc.integer({ min: 1, max: 1e9 }),
      durationSum: fc.double({ min: 0, max: 1e12, noNaN: true }),
      memoryMaximum: fc.option(fc.integer({ min: 1, max: 10_240 }), { nil: undefined }),
      logBytes: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined }),
    });
    fc.assert(
      fc.property(seen, fc.integer({ min: 128, max: 10_240 }), (measured, memorySize) => {
        const compute = (measured.durationSum / 1000) * (memorySize / 1024) * 2 * 0.000_016_666_7;
        for (const { saving, topic } of on(measured, { memorySize, architecture: 'x86_64' })) {
          if (saving === undefined) continue;
          expect(saving.from).toBeLessThanOrEqual(saving.to);
          if (topic === 'memory' || topic === 'architecture') expect(saving.to).toBeLessThanOrEqual(compute);
        }
      }),
      runs(200),
    );
  });

  it('is a report for people, and says what is worth what', () => {
    const advice = on({ memoryMaximum: 90, durationMaximum: 5500 });
    const report = adviseReport(
      { service: 'shop', stage: 'production', region: 'eu-west-1' },
      { days: 15, advice, unknown: ['Nothing can be said of other.'] },
    );
    expect(report).toContain('pay, memory: saves up to 8.33 USD a month');
    expect(report).toContain('pay, timeout\n');
    expect(report).toContain('Nothing can be said of other.');
    expect(report.split('\n').every((line) => line.length <= 120)).toBe(true);
  });
});
