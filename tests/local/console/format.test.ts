import { describe, expect, it } from 'vitest';
import { entryOf, entryText } from '../../../local/console/entry/entry.ts';
import { formatDuration } from '../../../local/xray/format-duration.ts';
import { formatAgo, formatExact, formatUntil, toIso } from '../../../local/console/format/time.ts';
import { lossesText } from '../../../local/console/list/losses-text.ts';
import { hrefOf, parseRoute } from '../../../local/console/routing/route.ts';
import { noLosses } from '../../fixtures/console/entities.ts';

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [0.00005, '0.05 ms'],
    [0.0042, '4.2 ms'],
    [0.00999, '10 ms'],
    [0.4126, '413 ms'],
    [0.99964, '1 s'],
    [1.236, '1.24 s'],
    [12.34, '12.3 s'],
    [59.96, '1 min'],
    [123, '2 min 3 s'],
    [3600, '1 h'],
    [3905, '1 h 5 min'],
    [-1, '–'],
    [Number.NaN, '–'],
  ])('of %d seconds reads %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('a time', () => {
  it.each([
    [-3, 'just now'],
    [4, 'just now'],
    [42, '42 s ago'],
    [125, '2 min ago'],
    [7200, '2 h ago'],
    [200_000, '2 d ago'],
  ])('%d seconds back reads %s', (seconds, text) => {
    expect(formatAgo(1_790_000_000 - seconds, 1_790_000_000)).toBe(text);
  });

  it.each([
    [-3, 'now'],
    [0.4, 'now'],
    [42, 'in 42 s'],
    [125, 'in 2 min'],
    [7200, 'in 2 h'],
    [200_000, 'in 2 d'],
  ])('%d seconds ahead reads %s', (seconds, text) => {
    expect(formatUntil(1_790_000_000 + seconds, 1_790_000_000)).toBe(text);
  });

  it('is exact to the millisecond', () => {
    expect(formatExact(1_790_000_000.123)).toMatch(/^2026-09-\d\d \d\d:\d\d:20\.123$/);
    expect(toIso(1_790_000_000)).toBe('2026-09-21T14:13:20.000Z');
  });

  it('that no calendar knows is said to be unknown', () => {
    expect(formatExact(1e20)).toBe('an unknown time');
    expect(toIso(Number.NaN)).toBeUndefined();
  });
});

describe('an entry', () => {
  it('is the method and the path of the request', () => {
    const entry = entryOf({
      name: 'shop',
      http: { method: 'GET', url: 'https://h/orders/1?x=1', status: 200 },
    });
    expect(entry).toEqual({ method: 'GET', target: '/orders/1?x=1', httpStatus: '200' });
    expect(entryText(entry)).toBe('GET /orders/1?x=1');
  });

  it('is the name of the root where there was no request', () => {
    expect(entryText(entryOf({ name: 'shop-local-fulfil-order' }))).toBe('shop-local-fulfil-order');
  });

  it.each([
    ['/طلبات/١٢?q=%D9%A1', '/طلبات/١٢?q=١'],
    ['/caf%C3%A9/%E6%B3%A8%E6%96%87', '/café/注文'],
    ['/a%2Fb%20c%25?d=%26', '/a%2Fb%20c%25?d=%26'],
    ['/broken/%E6%B3', '/broken/%E6%B3'],
    ['/%FF%FE/%C3%A9', '/%FF%FE/é'],
    ['/unseen/%E2%80%AE/%C2%A0/%E2%80%8B', '/unseen/%E2%80%AE/%C2%A0/%E2%80%8B'],
  ])('shows letters of a path as they were typed, and nothing that could not be seen: %s', (path, shown) => {
    expect(entryOf({ name: 'root', http: { url: `https://shop.example${path}` } })).toEqual({
      target: shown,
    });
  });

  it('ignores what is no text', () => {
    const http = JSON.parse('{"method":{},"url":[],"status":null}') as { method: string };
    expect(entryOf({ name: 'root', http })).toEqual({ target: 'root' });
  });
});

describe('losses', () => {
  it('are not mentioned when there are none', () => {
    expect(lossesText(noLosses)).toBeUndefined();
  });

  it('are each said with their number', () => {
    const invalidReasons = { ParseError: 1, InvalidTraceId: 2 };
    const losses = { evictedTraces: 12, refusedDocuments: 2, droppedDatagrams: 1092 };
    expect(lossesText({ invalid: 3, invalidReasons, ...losses })).toBe(
      'Not everything is shown: 12 older traces dropped to make room; 2 documents refused because the trace was full; 1092 datagrams lost because too many came at once; 3 messages received and not kept (InvalidTraceId 2, ParseError 1).',
    );
  });
});

describe('a file of traces that cannot be written', () => {
  const text =
    'Traces are in memory alone and end with Lantern: their file cannot be written (database or disk is full).';

  it.each([
    ['alone', noLosses, text],
    [
      'after what was lost',
      { ...noLosses, refusedDocuments: 1 },
      `Not everything is shown: 1 document refused because the trace was full. ${text}`,
    ],
  ])('is said %s', (_, losses, expected) => {
    expect(lossesText({ ...losses, fileFailure: 'database or disk is full' })).toBe(expected);
  });
});

describe('a route', () => {
  it('is read back from the path it was written to', () => {
    const traceId = '1-6a1b2c3d/<odd> id';
    expect(parseRoute(hrefOf({ page: 'trace', traceId }))).toEqual({ page: 'trace', traceId });
    expect(parseRoute(hrefOf({ page: 'alarm', name: traceId }))).toEqual({ page: 'alarm', name: traceId });
  });

  it('carries the time of the page, and the alarm that led there', () => {
    const minute = { kind: 'between', from: 1, to: 2 } as const;
    expect(hrefOf({ page: 'metrics' }, { kind: 'last', ms: 900_000 })).toBe('/metrics?last=15m');
    expect(hrefOf({ page: 'list' }, minute, 'a & b')).toBe('/traces?from=1&to=2&alarm=a%20%26%20b');
    expect(hrefOf({ page: 'list' }, undefined, 'a')).toBe('/traces?alarm=a');
    expect(hrefOf({ page: 'list' })).toBe('/traces');
  });

  it.each([
    ['/', 'list'],
    ['/traces', 'list'],
    ['/traces/', 'list'],
    ['/alarms', 'alarms'],
    ['/alarms/x', 'alarm'],
    ['/metrics', 'metrics'],
    ['/metrics/x', 'unknown'],
    ['/traces/a/b', 'unknown'],
    ['/traces/%E0%A4%A', 'unknown'],
    ['/elsewhere', 'unknown'],
  ])('of %s is the page "%s"', (path, page) => {
    expect(parseRoute(path).page).toBe(page);
  });
});
