import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AsyncInvocations } from '../../../local/lambda/async-invocations.ts';
import type { DroppedEvent } from '../../../local/lambda/async-invocations.ts';
import type { AsyncEvent, InvokeRequest, InvokeResponse } from '../../../local/lambda/invocation.ts';
import {
  InvalidRequestError,
  RequestTooLargeError,
  ThrottledError,
  UnknownFunctionError,
} from '../../../local/lambda/invocation.ts';
import type { AsyncDefinition } from '../../../local/template/service.ts';
import type { EndedEvent } from '../../../local/lambda/destinations.ts';
import { fc } from '../../helpers/fast-check.ts';

type Outcome = 'succeeds' | 'fails' | 'throttled' | 'service-error' | 'unknown' | 'invalid' | 'too-large';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SIX_HOURS = 6 * 60 * MINUTE;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function answer(outcome: Outcome): Promise<InvokeResponse> {
  const response = { requestId: 'r-1', payload: '"the payload"', traceId: 't-1' };
  switch (outcome) {
    case 'succeeds':
      return Promise.resolve(response);
    case 'fails':
      return Promise.resolve({ ...response, functionError: 'Unhandled' });
    case 'throttled':
      return Promise.reject(new ThrottledError('all environments are busy'));
    case 'service-error':
      return Promise.reject(new Error('the service is starting'));
    case 'unknown':
      return Promise.reject(new UnknownFunctionError('no such function'));
    case 'invalid':
      return Promise.reject(new InvalidRequestError('no JSON'));
    case 'too-large':
      return Promise.reject(new RequestTooLargeError('more than 6 MB'));
  }
}

/** One event whose tries have these outcomes, the last one again and again, watched for a day. */
async function runEvent(outcomes: readonly Outcome[], settings: AsyncDefinition = {}) {
  const tries: { readonly at: number; readonly request: InvokeRequest }[] = [];
  const dropped: DroppedEvent[] = [];
  const told: AsyncEvent[] = [];
  const ended: EndedEvent[] = [];
  const acceptedAt = Date.now();
  const invocations = new AsyncInvocations({
    invoke: (request) => {
      const outcome = outcomes[Math.min(tries.length, outcomes.length - 1)] ?? 'succeeds';
      tries.push({ at: Date.now() - acceptedAt, request });
      return answer(outcome);
    },
    onDropped: (event) => dropped.push(event),
    onAsyncEvent: (event) => told.push(event),
    destinations: {
      settingsOf: () => settings,
      ended: (event) => {
        ended.push(event);
        return Promise.resolve();
      },
    },
  });
  invocations.accept({ functionName: 'shop-mail', payload: '{}', requestId: 'r-1' });
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  await invocations.stop();
  return { tries, times: tries.map(({ at }) => at), dropped, told, ended };
}

describe('an asynchronous event', () => {
  it.each<[string, Outcome[], number[], string | undefined]>([
    ['is tried once when it succeeds', ['succeeds'], [0], undefined],
    [
      'is tried after one and two minutes when the function fails',
      ['fails', 'fails', 'succeeds'],
      [0, MINUTE, 3 * MINUTE],
      undefined,
    ],
    ['is given up after two retries', ['fails'], [0, MINUTE, 3 * MINUTE], 'It failed 3 times: "the payload"'],
    [
      'is tried after one second, then twice as long each time, while it is throttled',
      ['throttled', 'throttled', 'throttled', 'succeeds'],
      [0, SECOND, 3 * SECOND, 7 * SECOND],
      undefined,
    ],
    [
      'is treated alike when the service is at fault',
      ['service-error', 'throttled', 'succeeds'],
      [0, SECOND, 3 * SECOND],
      undefined,
    ],
    [
      'loses no retry by being throttled, and waits no longer for having failed',
      ['fails', 'throttled', 'fails', 'throttled', 'fails'],
      [0, MINUTE, MINUTE + SECOND, 3 * MINUTE + SECOND, 3 * MINUTE + 3 * SECOND],
      'It failed 3 times: "the payload"',
    ],
    ['is given up at once where the function does not exist', ['unknown'], [0], 'no such function'],
    ['is given up at once where it is no JSON', ['invalid'], [0], 'no JSON'],
    ['is given up at once where it is too large', ['throttled', 'too-large'], [0, SECOND], 'more than 6 MB'],
  ])('%s', async (_what, outcomes, times, reason) => {
    const run = await runEvent(outcomes);
    expect(run.times).toEqual(times);
    expect(run.dropped).toHaveLength(reason === undefined ? 0 : 1);
    if (reason !== undefined) expect(run.dropped[0]?.reason).toContain(reason);
  });

  it.each<[string, Outcome[], AsyncDefinition, number[], Partial<EndedEvent>]>([
    [
      'without retries',
      ['fails'],
      { maximumRetryAttempts: 0 },
      [0],
      { condition: 'RetriesExhausted', invokeCount: 1 },
    ],
    [
      'with one',
      ['fails'],
      { maximumRetryAttempts: 1 },
      [0, MINUTE],
      { condition: 'RetriesExhausted', invokeCount: 2 },
    ],
    [
      'once it is too old',
      ['fails'],
      { maximumEventAge: 90 },
      [0, MINUTE],
      { condition: 'EventAgeExceeded', invokeCount: 2 },
    ],
    [
      'without having run',
      ['throttled'],
      { maximumEventAge: 60 },
      [0, 1, 3, 7, 15, 31].map((seconds) => seconds * SECOND),
      {
        condition: 'EventAgeExceeded',
        invokeCount: 0,
        refusal: { status: 429, message: 'all environments are busy' },
      },
    ],
    ['when it succeeds', ['fails', 'succeeds'], {}, [0, MINUTE], { condition: 'Success', invokeCount: 2 }],
    [
      'where its function does not exist',
      ['unknown'],
      {},
      [0],
      { condition: 'RetriesExhausted', invokeCount: 0 },
    ],
  ])('ends as it is configured: %s', async (_what, outcomes, settings, times, end) => {
    const run = await runEvent(outcomes, settings);
    expect(run.times).toEqual(times);
    expect(run.ended).toEqual([expect.objectContaining(end)]);
    expect(run.dropped).toHaveLength(end.condition === 'Success' ? 0 : 1);
    expect('response' in (run.ended[0] ?? {})).toBe((end.invokeCount ?? 0) > 0);
  });

  it('is said to have failed once where it is not tried again', async () => {
    const { dropped } = await runEvent(['fails'], { maximumRetryAttempts: 0 });
    expect(dropped).toMatchObject([{ reason: 'It failed once: "the payload"' }]);
  });

  it('is given up after six hours of throttling, with five minutes between the tries in the end', async () => {
    const { times, dropped } = await runEvent(['throttled']);
    const last = times.at(-1) ?? 0;
    expect(last).toBeLessThanOrEqual(SIX_HOURS);
    expect(last).toBeGreaterThan(SIX_HOURS - 5 * MINUTE);
    expect(last - (times.at(-2) ?? 0)).toBe(5 * MINUTE);
    expect(dropped).toMatchObject([{ requestId: 'r-1', reason: expect.stringContaining('busy') as string }]);
  });

  it('keeps its request id and its trace', async () => {
    const { tries } = await runEvent(['fails', 'throttled', 'succeeds']);
    expect(new Set(tries.map(({ request }) => JSON.stringify(request))).size).toBe(1);
    expect(tries[0]?.request.traceHeader).toMatch(/^Root=1-/);
  });

  it.each([
    { events: 40, places: 3, outcome: 'succeeds', tries: 1 },
    { events: 25, places: 1, outcome: 'fails', tries: 3 },
  ] as const)(
    'takes the place of one that has run: $events at $places at once, each of which $outcome',
    async ({ events, places, outcome, tries }) => {
      let running = 0;
      const ran = new Map<string, number>();
      const dropped: DroppedEvent[] = [];
      const invocations = new AsyncInvocations({
        invoke: async ({ requestId = '' }) => {
          if (running === places) return answer('throttled');
          running += 1;
          await new Promise((resolve) => setTimeout(resolve, 10));
          running -= 1;
          ran.set(requestId, (ran.get(requestId) ?? 0) + 1);
          return answer(outcome);
        },
        onDropped: (event) => dropped.push(event),
      });
      for (let index = 0; index < events; index += 1) {
        invocations.accept({ functionName: 'shop-mail', payload: '{}', requestId: `r-${index}` });
      }
      await vi.advanceTimersByTimeAsync(5 * MINUTE);
      await invocations.stop();
      expect([...ran.values()]).toEqual(Array.from({ length: events }, () => tries));
      expect(dropped).toHaveLength(outcome === 'fails' ? events : 0);
    },
  );

  const outcomes = fc.array(
    fc.constantFrom<Outcome>('succeeds', 'fails', 'throttled', 'service-error', 'unknown'),
    { minLength: 1, maxLength: 60 },
  );

  it('ends once, in time, whatever happens to it', async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, async (sequence) => {
        const { times, dropped, told } = await runEvent(sequence);
        const happened = times.map((_, index) => sequence[Math.min(index, sequence.length - 1)]);
        const failures = happened.filter((outcome) => outcome === 'fails').length;
        expect(failures).toBeLessThanOrEqual(3);
        expect(times.every((time) => time <= SIX_HOURS)).toBe(true);
        expect(dropped).toHaveLength(happened.at(-1) === 'succeeds' ? 0 : 1);
        // What CloudWatch counts says the same.
        const counted = (kind: AsyncEvent['kind']) => told.filter((event) => event.kind === kind).length;
        expect([counted('received'), counted('tried')]).toEqual([1, times.length]);
        expect(counted('dropped')).toBe(dropped.length);
        // The waits after failures are as they would be without throttles between them, and the other way round.
        const waits = (kind: (outcome: Outcome | undefined) => boolean) =>
          times.flatMap((time, index) => {
            const next = times[index + 1];
            return next !== undefined && kind(happened[index]) ? [next - time] : [];
          });
        expect([MINUTE, 2 * MINUTE]).toEqual(expect.arrayContaining(waits((outcome) => outcome === 'fails')));
        expect(waits((outcome) => outcome === 'throttled' || outcome === 'service-error')).toEqual(
          waits((outcome) => outcome === 'throttled' || outcome === 'service-error').map((_, index) =>
            Math.min(SECOND * 2 ** index, 5 * MINUTE),
          ),
        );
      }),
    );
  });
});
