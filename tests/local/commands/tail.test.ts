import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { begun, segment, traceId } from '../xray/fixtures.ts';
import { lambdaLantern, put, startLambdaLantern, startLantern } from './lantern-to-ask.ts';

const now = Math.floor(Date.now() / 1000);

function traceOf(number: number, seconds: number, fields: object = {}) {
  const times = { start_time: now - 50, end_time: now - 50 + seconds };
  return segment(number, { trace_id: traceId(number), ...times, ...fields });
}

describe('lambda-lantern tail', () => {
  it('tells each trace once, when it has come, until it is interrupted', async () => {
    const { url } = await startLantern([traceOf(1, 1)]);
    const run = startLambdaLantern(['tail', '--url', url]);
    await run.until('Following');

    await put(url, [begun(traceOf(2, 1))]);
    await put(url, [traceOf(2, 1)]);
    await run.until(traceId(2));
    await put(url, [traceOf(3, 2, { fault: true })]);
    await run.until(traceId(3));

    run.child.kill('SIGINT');
    expect(await run.exited).toBe(0);
    const lines = run.stdout().trimEnd().split('\n');
    expect(lines.map((line) => line.split('  ')[0])).toEqual([traceId(2), traceId(3)]);
    expect(lines[1]).toMatch(/2 s {2}fault/);
  });

  it.each([
    [['--failed'], [3, 5]],
    [
      ['--slow', '4s'],
      [4, 5],
    ],
    [
      ['--failed', '--slow', '4s'],
      [3, 4, 5],
    ],
    [['--filter', 'service("segment-4")'], [4]],
  ])('tells with %j what is asked for', async (options, numbers) => {
    const { url } = await startLantern();
    const run = startLambdaLantern(['tail', '--url', url, '--json', ...options]);
    await run.until('Following');

    await put(url, [
      traceOf(2, 1),
      traceOf(3, 1, { error: true }),
      traceOf(4, 4),
      traceOf(5, 5, { fault: true }),
    ]);
    for (const number of numbers) await run.until(traceId(number));

    const told = run.stdout().trimEnd().split('\n');
    const traces = told.map((line) => JSON.parse(line) as { event: string; id: string });
    expect(traces.map(({ event }) => event)).toEqual(numbers.map(() => 'trace'));
    expect(traces.map(({ id }) => id).sort()).toEqual(numbers.map(traceId));
  });

  it('tells again of a trace that ends differently', async () => {
    const { url } = await startLantern();
    const run = startLambdaLantern(['tail', '--url', url]);
    await run.until('Following');

    await put(url, [traceOf(2, 1)]);
    await run.until(/ok +segment-2/);
    await put(url, [{ ...traceOf(3, 1, { fault: true }), trace_id: traceId(2) }]);

    await run.until(/fault +segment-2/);
  });

  it('tells what is lost', async () => {
    const { url, daemonAddress } = await startLantern();
    const run = startLambdaLantern(['tail', '--url', url]);
    await run.until('Following');
    const socket = createSocket('udp4');

    socket.send('{"format":"json","version":1}\nnonsense', Number(daemonAddress.split(':')[1]), '127.0.0.1');

    await run.until(/not everything is kept .*"invalid":1/);
    socket.close();
  });

  it('ends with an error when what it follows ends', async () => {
    const lantern = await startLantern();
    const run = startLambdaLantern(['tail', '--url', lantern.url]);
    await run.until('Following');

    await lantern.stop();

    expect(await run.exited).toBe(1);
    expect(run.output()).toMatch(/has ended\.\n$/);
  });

  it('refuses at once a filter that cannot be read', async () => {
    const { url } = await startLantern();

    const { code, output } = await lambdaLantern(['tail', '--url', url, '--filter', 'fualt']);

    expect(code).toBe(1);
    expect(output).toContain('fault');
  });
});
