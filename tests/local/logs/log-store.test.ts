import { describe, expect, it } from 'vitest';
import type { InvocationReport, LogEvent } from '../../../local/lambda/invocation.ts';
import type { LogQuery } from '../../../local/logs/log-line.ts';
import { LOG_LEVELS, readLogLine } from '../../../local/logs/log-line.ts';
import { LogStore } from '../../../local/logs/log-store.ts';
import { fc, runs } from '../../helpers/fast-check.ts';

const START = Date.parse('2026-11-24T12:00:00Z');

describe('a log line', () => {
  it.each([
    [
      "of Powertools' logger",
      '{"level":"WARN","message":"stock is low","correlation_id":"order-7","function_request_id":"r-1","xray_trace_id":"1-2-3"}',
      {
        level: 'WARN',
        message: 'stock is low',
        correlationIds: ['order-7'],
        requestId: 'r-1',
        traceId: '1-2-3',
      },
    ],
    [
      "of the console, as Lambda's runtime writes it",
      '2026-11-24T12:00:00.123Z\t6f1c-9\tERROR\tno stock\n  at shelf 3',
      { level: 'ERROR', message: 'no stock\n  at shelf 3', requestId: '6f1c-9' },
    ],
    [
      'of the console before the first request',
      '2026-11-24T12:00:00.123Z\tundefined\tINFO\tstarting',
      { level: 'INFO', message: 'starting' },
    ],
    ['of pino', '{"level":50,"msg":"no","pid":4}', { level: 'ERROR', message: 'no' }],
    ['of winston', '{"level":"warning","message":{"a":1}}', { level: 'WARN', message: '{"a":1}' }],
    [
      'with a level that nobody knows',
      '{"level":"LOUD","message":"hey"}',
      { level: undefined, message: 'hey' },
    ],
    [
      'of an error that nobody caught',
      '{"level":"ERROR","message":{"errorType":"TypeError","errorMessage":"no","stackTrace":[]}}',
      { level: 'ERROR', message: 'TypeError: no' },
    ],
    ['of an error alone', '{"errorMessage":"no"}', { level: undefined, message: 'Error: no' }],
    ['of metrics', '{"_aws":{},"n":1}', { level: undefined, message: '{"_aws":{},"n":1}' }],
    ['that is cut JSON', '{"level":"ERROR","mess', { level: undefined, message: '{"level":"ERROR","mess' }],
    ['of anything else', '<b>hello</b>', { level: undefined, message: '<b>hello</b>' }],
    ['that is empty', '', { level: undefined, message: '' }],
    [
      'with fields of other types',
      '{"level":{},"message":7,"correlation_id":9}',
      { message: '7', correlationIds: [] },
    ],
  ])('%s says its level, its ids and its message', (_, text, expected) => {
    const read = readLogLine(event(text, { requestId: undefined }));
    expect(read).toMatchObject(
      Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
    );
    if (!('level' in expected) || expected.level === undefined) expect(read.level).toBeUndefined();
    expect('requestId' in read).toBe('requestId' in expected);
    expect(read).toMatchObject({ text, kind: 'function', functionKey: 'take-payment' });
  });

  it.each([
    ['START RequestId: r-1 Version: $LATEST', undefined],
    ['END RequestId: r-1', undefined],
    ['REPORT RequestId: r-1\tDuration: 3.00 ms\t', undefined],
    ['2026-11-24T12:00:00.000Z r-1 Task timed out after 6.00 seconds', 'ERROR'],
    ['RequestId: r-1 Error: Runtime exited with error: exit status 1\nRuntime.ExitError', 'ERROR'],
    ['{"type":"platform.start","record":{"requestId":"r-1"}}', undefined],
    [
      '{"type":"platform.report","record":{"requestId":"r-1","status":"success","metrics":{"durationMs":3}}}',
      undefined,
    ],
    ['{"type":"platform.report","record":{"requestId":"r-1","status":"timeout"}}', 'ERROR'],
  ])('of the Lambda service is told apart: %j has the level %s', (text, level) => {
    const read = readLogLine(event(text, { source: 'platform' }));
    expect([read.kind, read.level]).toEqual(['platform', level]);
  });

  it('is read whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"level":${json},"message":${json}}`),
        ),
        (text) => {
          const read = readLogLine(event(text));
          expect(read.text).toBe(text);
          expect(typeof read.message).toBe('string');
        },
      ),
      runs(200),
    );
  });
});

describe('kept log lines', () => {
  it('are found by everything that is asked for', () => {
    const store = new LogStore();
    store.add(event('START RequestId: r-1 Version: $LATEST', { source: 'platform', requestId: 'r-1' }));
    store.add(
      event('{"level":"DEBUG","message":"asking Bank","correlation_id":"c-1"}', {
        requestId: 'r-1',
        timestamp: START + 10,
      }),
    );
    store.add(event('plain words', { requestId: 'r-2', functionKey: 'create-order', timestamp: START + 20 }));
    store.add(
      event('{"level":"ERROR","message":"the bank said no","correlation_id":"c-2"}', {
        requestId: 'r-2',
        functionKey: 'create-order',
        timestamp: START + 30,
      }),
    );
    store.report(report('r-1', '1-aa-1', true));
    store.report(report('r-2', '1-aa-2', false));
    const ids = (query: Partial<LogQuery>) => store.find({ limit: 9, ...query }).lines.map(({ id }) => id);

    expect(ids({})).toEqual([4, 3, 2, 1]);
    expect(ids({ level: 'INFO' })).toEqual([4, 3, 1]);
    expect(ids({ level: 'FATAL' })).toEqual([]);
    expect(ids({ functionKey: 'create-order' })).toEqual([4, 3]);
    expect(ids({ text: 'BANK' })).toEqual([4, 2]);
    expect(ids({ text: 'no bank' })).toEqual([4]);
    expect(ids({ platform: false })).toEqual([4, 3, 2]);
    expect(ids({ requestId: 'r-2' })).toEqual([4, 3]);
    expect(ids({ range: { from: START + 10, to: START + 30 } })).toEqual([3, 2]);
    // A line without an id of its own belongs to those of its invocation.
    expect(ids({ correlationId: 'c-1' })).toEqual([2, 1]);
    expect(ids({ correlationId: 'c-2' })).toEqual([4, 3]);
    expect(ids({ traceId: '1-aa-1' })).toEqual([2, 1]);
    // What was not recorded cannot be looked at.
    expect(ids({ traceId: '1-aa-2' })).toEqual([]);
    expect(ids({ traceId: '1-aa-1', level: 'INFO', text: 'start' })).toEqual([1]);
    expect(store.find({ limit: 1, requestId: 'r-1' }).lines[0]).toMatchObject({ traceId: '1-aa-1' });
    expect(store.find({ limit: 1, requestId: 'r-2' }).lines[0]).not.toHaveProperty('traceId');
  });

  it('belong to one record of a batch, where they say which, and to all where they do not', () => {
    const store = new LogStore();
    for (const id of ['c-1', 'c-2']) store.add(event(`{"message":"one","correlation_id":"${id}"}`));
    store.add(event('END RequestId: r-1', { source: 'platform' }));
    const found = (correlationId: string) =>
      store.find({ limit: 9, correlationId }).lines.map(({ id }) => id);
    expect([found('c-1'), found('c-2'), found('c-3')]).toEqual([[3, 1], [3, 2], []]);
    expect(store.find({ limit: 1 }).lines[0]?.correlationIds).toEqual(['c-1', 'c-2']);
  });

  it('are read a page at a time, each once, whatever is asked for', () => {
    const levels = fc.array(fc.constantFrom(...LOG_LEVELS), { maxLength: 60 });
    fc.assert(
      fc.property(
        levels,
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom(...LOG_LEVELS),
        (lines, limit, level) => {
          const store = new LogStore();
          for (const each of lines) store.add(event(JSON.stringify({ level: each, message: each })));
          const read: number[] = [];
          let before: number | undefined;
          do {
            const page = store.find({ level, limit, ...(before !== undefined && { before }) });
            expect(page.lines.length).toBeLessThanOrEqual(limit);
            read.push(...page.lines.map(({ id }) => id));
            before = page.cursor;
          } while (before !== undefined);
          const wanted = lines.flatMap((each, index) =>
            LOG_LEVELS.indexOf(each) >= LOG_LEVELS.indexOf(level) ? index + 1 : [],
          );
          expect(read).toEqual(wanted.toReversed());
          const half = Math.floor(lines.length / 2);
          expect(store.find({ limit: 99, after: half }).lines).toHaveLength(lines.length - half);
        },
      ),
      runs(60),
    );
  });

  it('are bounded by count and by bytes; the oldest go, and are counted', () => {
    const byCount = new LogStore({ maxLines: 3 });
    for (let index = 1; index <= 10; index += 1)
      byCount.add(event(`line ${index}`, { requestId: `r-${index}` }));
    const { lines, evicted, newest } = byCount.find({ limit: 99 });
    expect([lines.map(({ message }) => message), evicted, newest]).toEqual([
      ['line 10', 'line 9', 'line 8'],
      7,
      10,
    ]);

    const byBytes = new LogStore({ maxBytes: 100 });
    for (const text of ['ä'.repeat(30), 'b'.repeat(40), 'c']) byBytes.add(event(text));
    expect(byBytes.find({ limit: 9 }).lines.map(({ text }) => text[0])).toEqual(['c', 'b']);
    byBytes.add(event('d'.repeat(101)));
    expect(byBytes.find({ limit: 9 })).toMatchObject({ lines: [], evicted: 4, newest: 4 });
  });

  it('answer no more than a few megabytes at once', () => {
    const store = new LogStore();
    for (let index = 0; index < 40; index += 1) store.add(event('x'.repeat(200_000)));
    const { lines, cursor } = store.find({ limit: 1000 });
    expect(lines).toHaveLength(20);
    expect(cursor).toBe(lines.at(-1)?.id);
  });

  it('of traced invocations can be cleared: the others stay, and their invocations are still known', () => {
    const store = new LogStore({ maxBytes: 100 });
    store.add(event('plain, of a trace', { requestId: 'r-1' }));
    store.add(event('of no invocation', { requestId: undefined }));
    store.add(
      event('{"message":"own","xray_trace_id":"1-2-3","correlation_id":"c"}', { requestId: undefined }),
    );
    store.report(report('r-1', '1-5f84c7a1-000000000000000000000001', true));
    store.clearTraced();
    expect(store.find({ limit: 9 })).toMatchObject({
      lines: [{ text: 'of no invocation' }],
      newest: 3,
      evicted: 0,
    });

    store.add(event('not sampled', { requestId: 'r-2' }));
    store.report(report('r-2', '1-5f84c7a1-000000000000000000000002', false));
    store.add(event('{"correlation_id":"c"}', { requestId: 'r-2' }));
    store.clearTraced();
    expect(store.find({ limit: 9, correlationId: 'c' }).lines.map(({ text }) => text)).toEqual([
      '{"correlation_id":"c"}',
      'not sampled',
    ]);
    store.add(event('x'.repeat(75)));
    expect(store.find({ limit: 9 })).toMatchObject({ lines: [{ id: 6 }, { id: 5 }], evicted: 2 });
  });

  it('tell who listens of each that comes, until it ends', () => {
    const store = new LogStore();
    const heard: number[] = [];
    const end = store.subscribe((newest) => heard.push(newest));
    store.add(event('a'));
    store.add(event('b'));
    end();
    store.add(event('c'));
    expect(heard).toEqual([1, 2]);
  });
});

function event(
  message: string,
  fields: { [Key in keyof LogEvent]?: LogEvent[Key] | undefined } = {},
): LogEvent {
  const whole = {
    functionName: 'shop-local-take-payment',
    functionKey: 'take-payment',
    logGroup: '/aws/lambda/shop-local-take-payment',
    logStream: '2026/11/24/[$LATEST]1',
    requestId: 'r-1',
    timestamp: START,
    source: 'stdout',
    message,
    ...fields,
  };
  return Object.fromEntries(
    Object.entries(whole).filter(([, value]) => value !== undefined),
  ) as unknown as LogEvent;
}

function report(requestId: string, traceId: string, sampled: boolean): InvocationReport {
  return {
    functionName: 'shop-local-take-payment',
    functionKey: 'take-payment',
    requestId,
    startedAt: START,
    duration: 1,
    billedDuration: 1,
    memorySize: 128,
    maxMemoryUsed: 60,
    traceId,
    sampled,
    status: 'success',
  };
}
