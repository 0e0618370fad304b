import { describe, expect, it } from 'vitest';
import { until } from '../../../scripts/demo/until.ts';

describe('until', () => {
  it('asks until there is an answer', async () => {
    let asked = 0;
    const answer = await until(() => Promise.resolve((asked += 1) === 3 ? 'three' : undefined), {
      what: 'it was asked three times',
      deadlineMs: 10_000,
    });
    expect(answer).toBe('three');
  });

  it('says in vain for what it waited, and how things stand', async () => {
    const options = { what: 'the alarm is OK', deadlineMs: 1, state: () => ' The alarm is ALARM.' };
    await expect(until(() => Promise.resolve(undefined), options)).rejects.toThrow(
      'Waited 0.001 s in vain until the alarm is OK. The alarm is ALARM.',
    );
  });

  it('gives up when it is told to', async () => {
    const interruption = new AbortController();
    const waiting = until(() => Promise.resolve(undefined), {
      what: 'never',
      deadlineMs: 60_000,
      signal: interruption.signal,
    });
    interruption.abort();
    await expect(waiting).rejects.toThrow(/abort/);
  });
});
