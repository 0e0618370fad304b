import { describe, expect, it } from 'vitest';
import { entryPointOf, findCandidates } from '../../../local/console/compare/candidates.ts';
import { parseFilter } from '../../../local/xray/filter/parse-filter.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { noLosses, summary } from '../../fixtures/console/entities.ts';
import { segment, traceId } from '../xray/fixtures.ts';

const AT = 1_790_000_000;

interface Told {
  readonly name?: string;
  readonly method?: string;
  readonly path?: string;
  readonly seconds?: number;
  readonly fault?: boolean;
}

/** One trace a second; what is offered to be compared with the one of that number, by the numbers of the others. */
async function offered(of: number, told: readonly Told[]): Promise<readonly (readonly [number, string])[]> {
  const store = new TraceStore();
  for (const [number, each] of told.entries()) {
    const { name = 'shop', method = 'POST', path = '/orders', seconds = 0.5, fault = false } = each;
    store.put(
      segment(1, {
        trace_id: traceId(number),
        name,
        start_time: AT + number,
        end_time: AT + number + seconds,
        fault,
        http: { request: { method, url: `https://shop.example.com${path}` } },
      }),
    );
  }
  const candidates = await findCandidates(
    {
      traces: ({ filter, range, sort = 'start', ids }) =>
        Promise.resolve({
          ...store.search({
            filter: parseFilter(filter),
            sort,
            ...(range && { from: range.from / 1000, to: range.to / 1000 }),
            ...(ids && { ids }),
          }),
          losses: noLosses,
        }),
    },
    traceId(of),
  );
  return candidates.map(({ trace, reasons }) => [
    told.findIndex((_, number) => traceId(number) === trace.id),
    reasons.join(' '),
  ]);
}

describe('the traces to compare with', () => {
  it('are the one before, the fastest that was well, and the newest that failed', async () => {
    const told = [{ seconds: 0.1 }, { fault: true }, {}, {}, { seconds: 9 }, { fault: true }, {}];
    expect(await offered(3, told)).toEqual([
      [2, 'before'],
      [0, 'fast'],
      [5, 'failed'],
    ]);
  });

  it('are each offered once, and never the trace itself', async () => {
    expect(await offered(1, [{ seconds: 0.1 }, { seconds: 0.05 }])).toEqual([[0, 'before fast']]);
    expect(await offered(0, [{ fault: true }])).toEqual([]);
    expect(await offered(0, [{}, { fault: true }])).toEqual([[1, 'failed']]);
  });

  it('are of the same entry point: its service, method, and path but for ids', async () => {
    const others = [{ name: 'till' }, { method: 'GET' }, { path: '/refunds' }, { path: '/orders/o-7' }];
    expect(await offered(4, [...others, {}])).toEqual([]);
    const orders = [{ path: '/orders/o-7?all=1' }, { path: '/orders/91' }];
    expect(await offered(1, orders)).toEqual([[0, 'before fast']]);
  });

  it.each(['shop "a" & \\', 'a b', ''])('are found whatever the service is called: %j', async (name) => {
    expect(await offered(1, [{ name: name || 'x' }, { name: name || 'x' }])).toEqual([[0, 'before fast']]);
  });

  it.each(['post', 'X" OR ok', ''])('are found whatever the method is: %j', async (method) => {
    expect(await offered(1, [{ method }, { method }])).toEqual([[0, 'before fast']]);
  });

  it('are told apart by the whole name where there was no request', () => {
    const [one, other] = ['take-payment-1', 'take-payment-2'].map((name) =>
      entryPointOf(summary('a', { name })),
    );
    expect(one).not.toBe(other);
  });
});
