import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRefresher } from '../../../local/console/api/refresher.ts';

const GAP = 300;

describe('a refresher', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('loads at once, and once more for any number of demands meanwhile', async () => {
    let loads = 0;
    const refresher = createRefresher(() => {
      loads++;
      return Promise.resolve();
    }, GAP);
    refresher.demand();
    refresher.demand();
    refresher.demand();
    expect(loads).toBe(1);
    await vi.advanceTimersByTimeAsync(GAP);
    expect(loads).toBe(2);
    await vi.advanceTimersByTimeAsync(10 * GAP);
    expect(loads).toBe(2);
  });

  it('never loads twice at a time', async () => {
    const pending: (() => void)[] = [];
    const refresher = createRefresher(() => new Promise((resolve) => pending.push(resolve)), GAP);
    refresher.demand();
    refresher.demand();
    await vi.advanceTimersByTimeAsync(10 * GAP);
    expect(pending).toHaveLength(1);
    pending[0]?.();
    await vi.advanceTimersByTimeAsync(GAP);
    expect(pending).toHaveLength(2);
  });

  it('loads no more once stopped', async () => {
    let loads = 0;
    const refresher = createRefresher(() => {
      loads++;
      return Promise.resolve();
    }, GAP);
    refresher.demand();
    refresher.demand();
    refresher.stop();
    await vi.advanceTimersByTimeAsync(10 * GAP);
    refresher.demand();
    expect(loads).toBe(1);
  });
});
