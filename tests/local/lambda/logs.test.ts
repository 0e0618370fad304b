import { devNull } from 'node:os';
import { describe, expect, it } from 'vitest';
import { until } from '../../helpers/until.ts';
import { functionDefinition } from './definition.ts';
import { sharedService, startService } from './harness.ts';

function json(text: string | undefined): unknown {
  return JSON.parse(text ?? '');
}

describe('the log of a function', () => {
  const shared = sharedService();

  it('has START, the function’s own lines, END and REPORT, in this order', async () => {
    const { invoke, logs, messages } = await startService([
      functionDefinition({ handler: 'awaits.handler' }),
    ]);
    const { requestId } = await invoke();
    const lines = logs.map(({ message }) => message);
    expect(lines[0]).toMatch(/^\S+Z\t-\tINFO\tsaid while loading$/);
    expect(logs[0]).toMatchObject({
      functionName: 'shop-local-actions',
      functionKey: 'actions',
      logGroup: '/aws/lambda/shop-local-actions',
      source: 'stdout',
    });
    expect(logs[0]).not.toHaveProperty('requestId');
    expect(messages(requestId)).toEqual(lines.slice(1));
    expect(lines[1]).toBe(`START RequestId: ${requestId} Version: $LATEST`);
    expect(lines[2]).toBe(`END RequestId: ${requestId}`);
    expect(lines[3]).toMatch(
      new RegExp(
        `^REPORT RequestId: ${requestId}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\t` +
          'Max Memory Used: \\d+ MB\tInit Duration: \\d+\\.\\d\\d ms\t\n' +
          'XRAY TraceId: 1-[0-9a-f]{8}-[0-9a-f]{24}\tSegmentId: [0-9a-f]{16}\tSampled: true\t$',
      ),
    );
    expect(new Set(logs.map(({ logStream }) => logStream)).size).toBe(1);
  });

  it('keeps lines whole across chunks, and the last one without a line break', async () => {
    const { invoke, messages } = shared;
    const long = 'y'.repeat(200_000);
    const writes = [
      { stream: 'stdout', text: 'half a ' },
      { stream: 'stderr', text: 'on stderr\n' },
      { stream: 'stdout', text: `line\n${long}\nthe end` },
    ];
    const { requestId } = await invoke({ action: 'print', writes });
    expect(messages(requestId, 'stdout')).toEqual(['half a line', long, 'the end']);
    expect(messages(requestId, 'stderr')).toEqual(['on stderr']);
    expect(messages(requestId).at(-1)).toContain('REPORT');
  });

  it('gives each line to its invocation when invocations overlap and follow each other', async () => {
    const { invoke, messages } = await startService(undefined, { concurrencyLimit: 2 });
    const print = (text: string) => invoke({ action: 'print', writes: [{ stream: 'stdout', text }] });
    for (const round of ['1', '2', '3']) {
      const texts = [`a${round}`, `b${round}`];
      const responses = await Promise.all(texts.map(print));
      expect(responses.map(({ requestId }) => messages(requestId, 'stdout'))).toEqual(
        texts.map((text) => [text]),
      );
    }
  });

  it('keeps the last words of a function that crashes', async () => {
    const { invoke, messages } = await startService([functionDefinition({ handler: 'init-throws.handler' })]);
    const { requestId } = await invoke();
    expect(messages(undefined)[0]).toContain('TABLE_NAME is not set');
    expect(messages(requestId)[0]).toContain('START');
    expect(messages(requestId).at(-1)).toContain('Status: error\tError Type: RangeError\t');
  });

  it('gives a line that a function leaves behind to its last invocation', async () => {
    const { invoke, messages } = await startService(undefined, { freeze: false });
    const { requestId } = await invoke({
      action: 'leave-undone',
      file: devNull,
    });
    const line = await until(
      () => messages(requestId, 'stdout').find((each) => each.includes('done later')),
      'the line',
    );
    expect(line).toMatch(new RegExp(`^\\S+Z\t${requestId}\tINFO\tdone later$`));
  });

  it('has console calls as one event each, with time, request id and level', async () => {
    const { invoke, messages } = shared;
    const { requestId } = await invoke({ action: 'console' });
    const lines = messages(requestId, 'stdout');
    expect(lines.map((line) => line.replace(/^\S+Z\t/, ''))).toEqual([
      `${requestId}\tINFO\ttwo\nlines { a: 1 }`,
      `${requestId}\tWARN\t{ orderId: 7 }`,
      expect.stringContaining(`${requestId}\tERROR\tfailed: TypeError: bad item\n    at `) as string,
      `${requestId}\tDEBUG\tdetails`,
      `${requestId}\tFATAL\tover`,
    ]);
  });
});

describe('the log of a function in JSON', () => {
  const definition = functionDefinition({ logFormat: 'JSON' });
  const shared = sharedService([definition]);

  it('has console calls as objects, from INFO up', async () => {
    const { invoke, messages } = shared;
    const { requestId } = await invoke({ action: 'console' });
    const [info, warn, error, fatal, ...others] = messages(requestId, 'stdout').map(json);
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
    expect(info).toEqual({ timestamp, level: 'INFO', requestId, message: 'two\nlines { a: 1 }' });
    expect(warn).toEqual({ timestamp, level: 'WARN', requestId, message: { orderId: 7 } });
    expect(error).toMatchObject({ level: 'ERROR', errorType: 'TypeError', errorMessage: 'bad item' });
    expect(error).toHaveProperty('stackTrace.0', 'TypeError: bad item');
    expect(fatal).toMatchObject({ level: 'FATAL', message: 'over' });
    expect(others).toEqual([]);
  });

  it('passes on as it is what the function writes itself', async () => {
    const { invoke, messages } = shared;
    const text = '{"level":"INFO","message":"from a logger"}\n';
    const { requestId } = await invoke({ action: 'print', writes: [{ stream: 'stdout', text }] });
    expect(messages(requestId, 'stdout')).toEqual([text.trim()]);
  });

  it('has platform events instead of START, END and REPORT', async () => {
    const { invoke, messages, reports, segments } = await startService([definition]);
    const { requestId } = await invoke();
    const [start, report, ...others] = messages(requestId, 'platform').map(json);
    expect(start).toMatchObject({
      type: 'platform.start',
      record: { requestId, functionArn: definition.arn, version: '$LATEST' },
    });
    expect(report).toMatchObject({
      type: 'platform.report',
      record: {
        requestId,
        metrics: {
          durationMs: reports[0]?.duration,
          billedDurationMs: reports[0]?.billedDuration,
          memorySizeMB: 256,
          maxMemoryUsedMB: reports[0]?.maxMemoryUsed,
          initDurationMs: reports[0]?.initDuration,
        },
        tracing: { spanId: segments()[1]?.id, type: 'X-Amzn-Trace-Id' },
        status: 'success',
      },
    });
    expect(others).toEqual([]);
  });

  it.each([
    [{ action: 'throw' }, { status: 'error', errorType: 'TypeError' }],
    [{ action: 'kill' }, { status: 'error', errorType: 'Runtime.ExitError' }],
    [{ action: 'wait', milliseconds: 60_000 }, { status: 'timeout' }],
  ])('says how an invocation ended: %o', async (event, record) => {
    const { invoke, messages } = await startService([{ ...definition, timeout: 1 }]);
    const { requestId } = await invoke(event);
    expect(json(messages(requestId, 'platform').at(-1))).toMatchObject({ type: 'platform.report', record });
  });
});

describe('the levels of a log in JSON', () => {
  it.each([
    [undefined, ['INFO', 'WARN', 'ERROR', 'FATAL']],
    ['TRACE', ['INFO', 'WARN', 'ERROR', 'DEBUG', 'FATAL']],
    ['DEBUG', ['INFO', 'WARN', 'ERROR', 'DEBUG', 'FATAL']],
    ['WARN', ['WARN', 'ERROR', 'FATAL']],
    ['FATAL', ['FATAL']],
  ] as const)('leave out what is below the application’s %s', async (applicationLogLevel, levels) => {
    const { invoke, messages } = await startService([
      functionDefinition({ logFormat: 'JSON', ...(applicationLogLevel && { applicationLogLevel }) }),
    ]);
    const { requestId } = await invoke({ action: 'console' });
    const lines = messages(requestId, 'stdout').map((line) => (json(line) as { level: string }).level);
    expect(lines).toEqual(levels);
  });

  it.each([
    [undefined, {}, ['platform.start', 'platform.report']],
    ['DEBUG', {}, ['platform.start', 'platform.report']],
    ['WARN', {}, []],
    ['WARN', { action: 'throw' }, ['platform.report']],
  ] as const)('leave out what is below the system’s %s: %o', async (systemLogLevel, event, types) => {
    const { invoke, messages } = await startService([
      functionDefinition({ logFormat: 'JSON', ...(systemLogLevel && { systemLogLevel }) }),
    ]);
    const { requestId } = await invoke(event);
    const lines = messages(requestId, 'platform').map((line) => (json(line) as { type: string }).type);
    expect(lines).toEqual(types);
  });

  it('count in text logs for nothing', async () => {
    const { invoke, messages } = await startService([
      functionDefinition({ applicationLogLevel: 'ERROR', systemLogLevel: 'WARN' }),
    ]);
    const { requestId } = await invoke({ action: 'console' });
    expect(messages(requestId, 'stdout')).toHaveLength(5);
    expect(messages(requestId, 'platform')).toHaveLength(3);
  });
});

describe('the report of an invocation', () => {
  it('bills duration and init, and tells the process’s peak memory', async () => {
    const { invoke, reports } = await startService();
    const { requestId, traceId } = await invoke({ action: 'wait', milliseconds: 100 });
    await invoke();
    const [cold, warm] = reports;
    expect(cold).toMatchObject({
      requestId,
      traceId,
      functionKey: 'actions',
      memorySize: 256,
      sampled: true,
    });
    expect(cold?.duration).toBeGreaterThan(90);
    expect(cold?.billedDuration).toBe(Math.ceil((cold?.duration ?? 0) + (cold?.initDuration ?? 0)));
    expect(cold?.maxMemoryUsed).toBeGreaterThan(20);
    expect(warm?.billedDuration).toBe(Math.ceil(warm?.duration ?? 0));
    expect(warm?.maxMemoryUsed).toBeGreaterThanOrEqual(cold?.maxMemoryUsed ?? 0);
  });

  it('comes with the end of the log, at most 4 KB', async () => {
    const { invoke } = await startService();
    const text = 'ü'.repeat(5000);
    const { logTail = '' } = await invoke({ action: 'print', writes: [{ stream: 'stdout', text }] });
    expect(Buffer.byteLength(logTail)).toBeLessThanOrEqual(4096);
    expect(logTail).toMatch(/^ü+\nEND/);
    expect(logTail).toContain('REPORT RequestId');
  });
});
