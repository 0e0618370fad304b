import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FoundTraces } from '../../../local/running-instance.ts';
import type { TracePage } from '../../../local/xray/trace.ts';
import { freePorts } from '../../helpers/local-stack.ts';
import { embedded, entityId, segment, traceId } from '../xray/fixtures.ts';
import { lambdaLantern, startLantern } from './lantern-to-ask.ts';

const CLI = join(import.meta.dirname, '../../../local/cli.ts');
const FROM_SOURCES = '--conditions=lambda-lantern-source';
const now = Math.floor(Date.now() / 1000);

/** A complete trace of one segment that began so many seconds ago. */
function traceOf(number: number, ago: number, fields: object = {}) {
  const times = { start_time: now - ago, end_time: now - ago + number };
  return segment(number, { trace_id: traceId(number), ...times, ...fields });
}

describe('lambda-lantern traces', () => {
  it('writes a line for each trace that the filter finds, the newest first', async () => {
    const { url } = await startLantern([
      traceOf(1, 90, { name: 'shop', fault: true }),
      traceOf(2, 60, { name: 'shop' }),
      traceOf(3, 30, { name: 'shop', fault: true }),
    ]);

    const { code, stdout } = await lambdaLantern(['traces', '--url', url, '--filter', 'fault']);

    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('  ')[0])).toEqual([traceId(3), traceId(1)]);
    expect(lines[0]).toMatch(/ 3 s +fault +shop$/);
  });

  it.each([
    ['--sort', ['--sort', 'duration'], [3, 2, 1]],
    ['--limit', ['--limit', '1', '--sort', 'duration'], [3]],
    ['--last', ['--last', '70s'], [1, 2]],
    ['--from', ['--from', new Date((now - 70) * 1000).toISOString()], [1, 2]],
    ['--to', ['--to', String(now - 95)], [3]],
  ])('heeds %s', async (_option, options, numbers) => {
    const { url } = await startLantern([traceOf(1, 30), traceOf(2, 60), traceOf(3, 100)]);

    const { stdout } = await lambdaLantern(['traces', '--url', url, '--json', ...options]);

    const { traces } = JSON.parse(stdout) as FoundTraces;
    expect(traces.map(({ id }) => id)).toEqual(numbers.map(traceId));
  });

  it('goes on asking until there are as many as were asked for', async () => {
    const documents = Array.from({ length: 700 }, (_, index) => traceOf(index + 1, 800 - index));
    const { url } = await startLantern(documents);

    const { stdout } = await lambdaLantern(['traces', '--url', url, '--json', '--limit', '650']);
    const all = JSON.parse(stdout) as FoundTraces;
    expect(new Set(all.traces.map(({ id }) => id)).size).toBe(650);
    expect(all.hasMore).toBe(true);
  });

  it('tells a script by its exit code that nothing was found', async () => {
    const { url } = await startLantern([traceOf(1, 30)]);

    expect(await lambdaLantern(['traces', '--url', url, '--filter', 'fault'])).toMatchObject({
      code: 2,
      stdout: '',
      output: 'No trace was found.\n',
    });
  });

  it('shows where a filter is wrong, and what was meant', async () => {
    const { url } = await startLantern();

    const { code, stdout, output } = await lambdaLantern([
      'traces',
      '--url',
      url,
      '--filter',
      'ok AND fualt',
    ]);

    expect([code, stdout]).toEqual([1, '']);
    expect(output).toMatch(/fault/);
    expect(output).toMatch(/\n {2}ok AND fualt\n {9}\^{5}\n$/);
  });

  it('shows control characters of a trace, and obeys none', async () => {
    const { url } = await startLantern([traceOf(1, 30, { name: 'a\u001b[31m\u009b2J\r\nb' })]);

    const { stdout } = await lambdaLantern(['traces', '--url', url]);

    expect(stdout.trimEnd()).toContain('a\\u001b[31m\\u009b2J\\r\\nb');
    expect(stdout.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it.each([
    [['--limit', '0'], '--limit takes a number from 1'],
    [['--limit', 'ten'], '--limit takes a number from 1'],
    [['--last', '5'], '--last takes a time as'],
    [['--from', 'yesterday'], '--from takes a time'],
    [['--from', '1700000001', '--to', '1700000000'], '--from has to be before --to'],
    [['--last', '5m', '--from', '1700000000'], 'Expected --last, or --from and --to'],
    [['--sort', 'name'], '--sort takes start, duration, status'],
    [['--port', '3001', '--url', 'http://localhost:3001'], 'Expected --port or --url'],
    [['--port', 'http'], '--port takes a port number'],
    [['--url', 'localhost:3001'], 'Expected the address of a running Lantern'],
    [['--filtre', 'ok'], "Unknown option '--filtre'"],
    [['ok'], 'Expected nothing but options; got "ok"'],
  ])('refuses %j, and says what it takes', async (args, message) => {
    const { code, stdout, output } = await lambdaLantern(['traces', ...args]);

    expect([code, stdout]).toEqual([1, '']);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it('says what to start when nothing runs there, whichever way the address is given', async () => {
    const port = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const asked = [
      await lambdaLantern(['traces', '--port', String(port)]),
      await lambdaLantern(['trace', traceId(1), '--url', url]),
      await lambdaLantern(['traces'], { LANTERN_URL: url }),
    ];

    for (const { code, stdout, output } of asked) {
      expect([code, stdout]).toEqual([1, '']);
      expect(output).toContain(`No Lantern answers at ${url} (ECONNREFUSED)`);
      expect(output).toContain('lambda-lantern xray');
    }
  });

  it('says that what runs there is another program', async () => {
    const server = createServer((_request, response) => response.end('<h1>hello</h1>')).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;

    const { code, output } = await lambdaLantern(['traces', '--port', String(port)]);

    expect(code).toBe(1);
    expect(output).toContain('is no Lantern');
  });

  it('ends quietly when whoever reads has read enough', async () => {
    const { url } = await startLantern(Array.from({ length: 600 }, (_, index) => traceOf(index + 1, 700)));
    const script = `"$0" "$1" traces --url "$2" --limit 600 2>&1 | head -1; echo "\${PIPESTATUS[0]}"`;

    const { stdout } = await promisify(execFile)('bash', ['-c', script, process.execPath, CLI, url], {
      env: { ...process.env, NODE_OPTIONS: FROM_SOURCES },
    });

    expect(stdout.trimEnd().split('\n')).toEqual([expect.stringMatching(/^1-/), '0']);
  });
});

describe('colours', () => {
  /** What is written to a terminal of its own. */
  async function onTerminal(url: string, env: NodeJS.ProcessEnv): Promise<string> {
    const script = 'import pty, sys; pty.spawn(sys.argv[1:])';
    const command = [process.execPath, CLI, 'traces', '--url', url];
    const { stdout } = await promisify(execFile)('python3', ['-c', script, ...command], {
      env: { ...process.env, NODE_OPTIONS: FROM_SOURCES, CI: undefined, TERM: 'xterm', ...env },
    });
    return stdout;
  }

  it('are for a terminal, and for nobody who wants none', async () => {
    const { url } = await startLantern([traceOf(1, 30, { fault: true })]);

    expect(await onTerminal(url, { NO_COLOR: undefined })).toContain('\u001b[31mfault');
    expect(await onTerminal(url, { NO_COLOR: '1' })).not.toContain('\u001b[31m');
    const piped = await lambdaLantern(['traces', '--url', url], { NO_COLOR: undefined });
    expect(piped.stdout).not.toContain('\u001b');
  });
});

describe('lambda-lantern trace', () => {
  const call = embedded(2, {
    name: 'DynamoDB',
    namespace: 'aws',
    start_time: now - 9.5,
    end_time: now - 9,
    fault: true,
    aws: { operation: 'PutItem', table_name: 'orders' },
    cause: { exceptions: [{ type: 'ConditionalCheckFailedException', message: 'no\u001b[2Jway' }] },
  });
  const root = segment(1, {
    name: 'create-order',
    origin: 'AWS::Lambda::Function',
    trace_id: traceId(1),
    start_time: now - 10,
    end_time: now - 8,
    annotations: { CorrelationId: 'o-4711' },
    subsegments: [call],
  });
  const linked = segment(9, {
    name: 'fulfil-order',
    trace_id: traceId(9),
    start_time: now - 7,
    end_time: now - 6,
    links: [{ trace_id: traceId(1), id: entityId(2) }],
  });

  it('draws a tree with durations, self times, statuses and errors, and what is linked', async () => {
    const { url } = await startLantern([root, linked]);

    const { code, stdout } = await lambdaLantern(['trace', traceId(1), '--url', url]);

    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(new RegExp(`^Trace ${traceId(1)}, fault, 2 s, began 20`));
    expect(lines[1]).toBe('Correlation id o-4711');
    expect(lines[3]).toMatch(/^create-order \(AWS::Lambda::Function\) +0 ms +2 s +1\.5 s +ok$/);
    expect(lines[4]).toMatch(/^ {2}DynamoDB PutItem orders +500 ms +500 ms +500 ms +fault$/);
    expect(lines[5]).toBe('    ! ConditionalCheckFailedException: no\\u001b[2Jway');
    expect(lines.slice(6).join('\n')).toMatch(
      new RegExp(`Linked trace ${traceId(9)}[^]*fulfil-order +3 s +1 s`),
    );
  });

  it.each([
    ['a header', `Root=${traceId(1)};Parent=${entityId(4)};Sampled=1`],
    ['an id of OpenTelemetry', traceId(1).replace('1-', '').replaceAll('-', '')],
  ])('takes the id from %s', async (_what, id) => {
    const { url } = await startLantern([root]);

    const { code, stdout } = await lambdaLantern(['trace', id, '--url', url, '--json']);

    expect(code).toBe(0);
    expect((JSON.parse(stdout) as TracePage).trace.segments[0]?.name).toBe('create-order');
  });

  it('tells by its exit code that there is no such trace', async () => {
    const { url } = await startLantern([root]);

    expect(await lambdaLantern(['trace', traceId(7), '--url', url])).toMatchObject({
      code: 2,
      stdout: '',
      output: `There is no trace ${traceId(7)} at ${url}.\n`,
    });
  });

  it('refuses what is no id', async () => {
    const { code, output } = await lambdaLantern(['trace', 'o-4711']);

    expect(code).toBe(1);
    expect(output).toContain('Expected the id of a trace');
    expect(output).toContain('"o-4711"');
  });
});

describe('lambda-lantern', () => {
  it.each(['xray', 'traces', 'trace', 'logs', 'tail', 'mcp'])('explains %s with --help', async (command) => {
    const { code, stdout } = await lambdaLantern([command, '--help']);

    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: lambda-lantern ${command}`);
    expect(stdout).toContain('--port');
  });

  it.each([
    [[], 'no command was given'],
    [['track'], 'there is no "track"'],
    [['__proto__'], 'there is no "__proto__"'],
  ])('names the commands that there are for %j', async (args, message) => {
    const { code, output } = await lambdaLantern(args);

    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(output).toContain('xray, traces, trace, logs, tail, token, mcp');
  });
});
