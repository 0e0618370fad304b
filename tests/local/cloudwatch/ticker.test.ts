import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Ticker } from '../../../local/cloudwatch/ticker.ts';
import { until } from '../../helpers/until.ts';

describe('a ticker', () => {
  it('calls at the ends of periods, never twice at once, and goes on after a failure', async () => {
    const ends: number[] = [];
    const errors: unknown[] = [];
    let atOnce = 0;
    const ticker = new Ticker(
      50,
      async (end) => {
        atOnce += 1;
        ends.push(end);
        expect(Date.now()).toBeGreaterThanOrEqual(end);
        await sleep(70);
        expect(atOnce).toBe(1);
        atOnce -= 1;
        if (ends.length === 2) throw new Error('no');
      },
      (error) => errors.push(error),
    );
    ticker.start();
    await until(() => ends.length >= 4, 'four ends');
    await ticker.stop();
    const seen = ends.length;
    await sleep(120);

    expect(ends).toHaveLength(seen);
    expect(ends.every((end) => end % 50 === 0)).toBe(true);
    expect(new Set(ends).size).toBe(seen);
    expect(errors).toEqual([new Error('no')]);
    expect(atOnce).toBe(0);
  });
});
