import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBatcher } from '../../../local/console/api/batcher.ts';

describe('a batcher', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('hands over together what arrives within its time', () => {
    const taken: (readonly number[])[] = [];
    const batcher = createBatcher<number>((items) => taken.push(items), 100);
    batcher.add(1);
    vi.advanceTimersByTime(99);
    batcher.add(2);
    expect(taken).toEqual([]);
    vi.advanceTimersByTime(1);
    batcher.add(3);
    vi.advanceTimersByTime(100);
    expect(taken).toEqual([[1, 2], [3]]);
  });

  it('forgets what is dropped, and goes on', () => {
    const taken: (readonly number[])[] = [];
    const batcher = createBatcher<number>((items) => taken.push(items), 100);
    batcher.add(1);
    batcher.drop();
    vi.advanceTimersByTime(1000);
    batcher.add(2);
    vi.advanceTimersByTime(100);
    expect(taken).toEqual([[2]]);
  });
});
