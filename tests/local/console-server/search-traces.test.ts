import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilterRefusal, ServiceGraph, TraceListing } from '../../../local/console-contract.ts';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import type { Differences } from '../../../local/xray/differences.ts';
import type { Durations } from '../../../local/xray/durations.ts';
import { LocalXRay } from '../../../local/start-xray.ts';
import type { KnownTerms } from '../../../local/xray/trace.ts';
import { shopService } from '../../fixtures/console/entities.ts';
import { embedded, segment, traceId } from '../xray/fixtures.ts';

let server: ConsoleServer;
let xray: LocalXRay;
let url: string;

beforeEach(async () => {
  xray = new LocalXRay({ region: 'local', accountId: '000000000000', onNotice: () => undefined });
  server = new ConsoleServer({
    store: xray.store,
    xray: xray.api,
    port: 0,
    staticDirectory: import.meta.dirname,
    serviceInfo: () => shopService,
  });
  ({ url } = await server.start());
  const lasts = [3, 1, 2];
  for (const [index, duration] of lasts.entries()) {
    const start_time = 1000 + index * 10;
    xray.store.put(
      segment(1, {
        trace_id: traceId(index),
        name: `shop-${index}`,
        start_time,
        end_time: start_time + duration,
        fault: index === 1,
        annotations: { order: `o ${index}` },
        subsegments: [
          embedded(2, { name: 'bank', namespace: 'remote', start_time, end_time: start_time + 1 }),
        ],
      }),
    );
  }
});

afterEach(() => server.stop());

async function read<T>(path: string, query: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${url}${path}?${new URLSearchParams(query).toString()}`);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

function numbersIn({ traces }: TraceListing): number[] {
  return traces.map(({ id }) => [0, 1, 2].findIndex((number) => traceId(number) === id));
}

describe('the list of traces', () => {
  it.each([
    [{}, [2, 1, 0]],
    [{ sort: 'duration' }, [0, 2, 1]],
    [{ sort: 'status' }, [1, 2, 0]],
    [{ sort: 'start-asc' }, [0, 1, 2]],
    [{ sort: 'duration-asc' }, [1, 2, 0]],
    [{ sort: 'status-asc' }, [0, 2, 1]],
    [{ filter: 'annotation.order = "o 2"' }, [2]],
    [{ filter: 'fault OR duration >= 3' }, [1, 0]],
    [{ filter: 'ok', from: '1019000', to: '1021000' }, [2]],
    [{ filter: '' }, [2, 1, 0]],
    [{ limit: '2', sort: 'duration' }, [0, 2]],
    [{ filter: 'ok', id: traceId(2) }, [2]],
    [{ filter: 'fault', id: traceId(2) }, []],
  ])('of %o has what was asked for, in its order', async (query, numbers) => {
    expect(numbersIn(await read<TraceListing>('/api/traces', query))).toEqual(numbers);
  });

  it('goes on from a cursor', async () => {
    const first = await read<TraceListing>('/api/traces', { limit: '2' });
    const second = await read<TraceListing>('/api/traces', { limit: '2', cursor: first.cursor ?? '' });
    expect([...numbersIn(first), ...numbersIn(second)]).toEqual([2, 1, 0]);
    expect(second).not.toHaveProperty('cursor');
  });

  it('knows groups', async () => {
    const body = JSON.stringify({ GroupName: 'slow', FilterExpression: 'duration > 2.5' });
    await fetch(`${url}/CreateGroup`, { method: 'POST', body });
    const listing = await read<TraceListing>('/api/traces', { filter: 'group.name = "slow"' });
    expect(numbersIn(listing)).toEqual([0]);
  });

  it.each(['/api/traces', '/api/graph'])('is told where a filter is wrong by %s', async (path) => {
    const filter = 'ok AND durration > 3';
    const response = await fetch(`${url}${path}?filter=${encodeURIComponent(filter)}`);
    expect(response.status).toBe(400);
    const { message, position, length, expected } = (await response.json()) as FilterRefusal;
    expect(filter.slice(position, position + length)).toBe('durration');
    expect(message).toContain('duration');
    expect(expected.length).toBeGreaterThan(0);
  });

  it.each([
    [
      'sort=loudness',
      /Expected "sort" to be start, duration, status, start-asc, duration-asc, status-asc; got "loudness"/,
    ],
    ['cursor=x', /"cursor" cannot be used/],
  ])('refuses %s', async (query, message) => {
    const response = await fetch(`${url}/api/traces?${query}`);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toMatch(message);
  });
});

describe('how long traces took', () => {
  it.each([
    [{}, [2, 2, 3], { fault: 1, ok: 2 }],
    [{ filter: 'fault' }, [1], { fault: 1 }],
    [{ from: '1019000', to: '1021000' }, [2], { ok: 1 }],
  ])('is counted, of %o', async (query, lasts, statuses) => {
    const { bins, isComplete } = await read<Durations>('/api/durations', query);
    expect(isComplete).toBe(true);
    const counts: Record<string, number> = {};
    for (const { counts: each } of bins) {
      for (const [status, count] of Object.entries(each)) counts[status] = (counts[status] ?? 0) + count;
    }
    expect(counts).toEqual(statuses);
    expect(Object.values(counts).reduce((sum, each) => sum + each)).toBe(lasts.length);
  });

  it('tells what differs between those that match and the rest', async () => {
    for (let number = 10; number < 30; number += 1) {
      const isSlow = number >= 24;
      xray.store.put(
        segment(1, {
          trace_id: traceId(number),
          start_time: 2000,
          end_time: isSlow ? 2009 : 2001,
          annotations: { sku: isSlow ? 'teapot' : 'tea', order: `o ${number}` },
        }),
      );
    }
    const answer = await read<Differences>('/api/differences', {
      filter: 'annotation.sku AND duration > 5',
      within: 'annotation.sku',
    });
    expect(answer).toMatchObject({ selected: 6, rest: 14 });
    expect(answer.differences.slice(0, 2)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ filter: 'annotation.sku = "teapot"', selected: 6, rest: 0 }),
        expect.objectContaining({ filter: 'annotation.sku = "tea"', selected: 0, rest: 14 }),
      ]),
    );
    const response = await fetch(`${url}/api/differences?within=nonsense`);
    expect(response.status).toBe(400);
  });
});

describe('the graph', () => {
  it.each([
    [{}, ['shop-0', 'shop-1', 'shop-2']],
    [{ filter: 'fault' }, ['shop-1']],
    [{ from: '1019000', to: '1021000' }, ['shop-2']],
    [{ trace: traceId(0) }, ['shop-0']],
    [{ trace: traceId(77) }, []],
  ])('of %o has the services of these traces', async (query, names) => {
    const { services } = await read<ServiceGraph>('/api/graph', query);
    const roots = services.filter(({ Root }) => Root === true).map(({ Name }) => Name);
    expect(roots.toSorted()).toEqual(names);
    expect(services.some(({ Name }) => Name === 'bank')).toBe(names.length > 0);
  });
});

describe('what is known', () => {
  it('can be offered to who writes a filter', async () => {
    const { services, annotations } = await read<KnownTerms>('/api/known');
    expect(services).toEqual(['bank', 'shop-0', 'shop-1', 'shop-2']);
    expect(annotations).toEqual([
      { key: 'order', values: expect.arrayContaining(['o 0', 'o 2']) as string[] },
    ]);
  });

  it('is looked through for a text, in whatever case', async () => {
    const { services, annotations } = await read<KnownTerms>('/api/known', { containing: 'O 2' });
    expect(services).toEqual([]);
    expect(annotations).toEqual([{ key: 'order', values: ['o 2'] }]);
    expect((await read<KnownTerms>('/api/known', { containing: 'BANK' })).services).toEqual(['bank']);
  });
});
