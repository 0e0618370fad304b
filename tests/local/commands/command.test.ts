import { describe, expect, it, vi } from 'vitest';
import { instanceFrom, readSpan, readTimes } from '../../../local/commands/command.ts';
import { DEFAULT_URL } from '../../../local/running-instance.ts';
import { fc, runs } from '../../helpers/fast-check.ts';

describe('where an instance runs', () => {
  it.each([
    [{ port: '4001' }, 'http://127.0.0.1:1', 'http://127.0.0.1:4001'],
    [{ url: 'http://localhost:4001/traces?x=1' }, 'http://127.0.0.1:1', 'http://localhost:4001'],
    [{}, 'http://127.0.0.1:4001', 'http://127.0.0.1:4001'],
    [{}, '', DEFAULT_URL],
    [{}, undefined, DEFAULT_URL],
  ])('is for %j and LANTERN_URL=%s %s', (options, variable, url) => {
    vi.stubEnv('LANTERN_URL', variable);
    expect(instanceFrom(options).url).toBe(url);
    vi.unstubAllEnvs();
  });
});

describe('a time on the command line', () => {
  it.each([
    ['250ms', 250],
    ['1.5s', 1500],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('%s is %d ms long', (text, milliseconds) => {
    expect(readSpan('last', text)).toBe(milliseconds);
  });

  it.each(['', '5', 's', '-1s', '1 s', '1e3s', '5sec', '١s'])('is not %j', (text) => {
    expect(() => readSpan('slow', text)).toThrow(/^--slow takes a time as .*got "/);
  });

  it('is the same moment in every way of writing it', () => {
    const moments = fc.integer({ min: 1_000_000_000, max: 9_999_999_999 });
    fc.assert(
      fc.property(moments, (seconds) => {
        const from = seconds * 1000;
        const ways = [String(seconds), String(from), new Date(from).toISOString()];
        for (const text of ways) expect(readTimes({ from: text }).from).toBe(from);
        expect(readTimes({ to: String(seconds) })).toEqual({ from: 0, to: from });
      }),
      runs(100),
    );
  });

  it('begins a while ago with --last', () => {
    const { from = 0, to = 0 } = readTimes({ last: '1h' });
    expect(Date.now() - from).toBeGreaterThanOrEqual(3_600_000);
    expect(to).toBeGreaterThan(Date.now());
    expect(readTimes({ last: '999999d' }).from).toBe(0);
  });
});
