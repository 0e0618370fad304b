import { describe, expect, it, onTestFinished } from 'vitest';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import { LogStore } from '../../../local/logs/log-store.ts';
import type { FoundLines } from '../../../local/running-instance.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { shopService } from '../../fixtures/console/entities.ts';
import { lambdaLantern, startLambdaLantern } from './lantern-to-ask.ts';

const HOUR_MS = 3_600_000;

/** A page whose functions have written these lines, an hour after each other, the last one now. */
async function startWithLines(lines: Lines): Promise<string> {
  return (await startWith(lines)).url;
}

type Lines = ReadonlyArray<readonly [functionKey: string, message: string]>;

async function startWith(lines: Lines): Promise<{ url: string; logs: LogStore; stop: () => Promise<void> }> {
  const logs = new LogStore();
  const store = new TraceStore();
  const server = new ConsoleServer({
    store,
    logs,
    port: 0,
    staticDirectory: import.meta.dirname,
    serviceInfo: () => shopService,
  });
  const { url } = await server.start();
  onTestFinished(async () => {
    await server.stop();
    store.close();
  });
  for (const [index, [functionKey, message]] of lines.entries()) {
    add(logs, functionKey, message, Date.now() - (lines.length - 1 - index) * HOUR_MS);
  }
  return { url, logs, stop: () => server.stop() };
}

function add(logs: LogStore, functionKey: string, message: string, timestamp = Date.now()): void {
  logs.add({
    functionName: `shop-local-${functionKey}`,
    functionKey,
    logGroup: `/aws/lambda/shop-local-${functionKey}`,
    logStream: '1',
    requestId: `request-${functionKey}`,
    timestamp,
    source: message.startsWith('START') ? 'platform' : 'stdout',
    message,
  });
}

function line(level: string, message: string, correlationId: string): string {
  return JSON.stringify({ level, message, correlation_id: correlationId });
}

const ORDER = [
  ['create-order', 'START RequestId: 1'],
  ['create-order', line('INFO', 'placed', 'o-1')],
  ['fulfil-order', line('WARN', 'payment is slow', 'o-1')],
  ['take-payment', line('ERROR', 'declined\nat pay.ts:3', 'o-2')],
] as const;

describe('lambda-lantern logs', () => {
  it('writes the lines of one business request through all functions, as they came', async () => {
    const url = await startWithLines(ORDER);

    const { code, stdout } = await lambdaLantern([
      'logs',
      '--correlation-id',
      'o-1',
      '--no-platform',
      '--url',
      url,
    ]);

    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^20\S+Z {2}create-order {2}INFO {3}placed$/),
      expect.stringMatching(/^20\S+Z {2}fulfil-order {2}WARN {3}payment is slow$/),
    ]);
  });

  it.each([
    [
      ['--level', 'warn'],
      ['payment is slow', 'declined\nat pay.ts:3'],
    ],
    [
      ['--function', 'create-order'],
      ['START RequestId: 1', 'placed'],
    ],
    [['--request', 'request-take-payment'], ['declined\nat pay.ts:3']],
    [['--text', 'SLOW payment'], ['payment is slow']],
    [['--limit', '1'], ['declined\nat pay.ts:3']],
    [
      ['--last', '90m'],
      ['payment is slow', 'declined\nat pay.ts:3'],
    ],
  ])('heeds %j', async (options, messages) => {
    const url = await startWithLines(ORDER);

    const { stdout } = await lambdaLantern(['logs', '--url', url, '--json', ...options]);

    expect((JSON.parse(stdout) as FoundLines).lines.map(({ message }) => message)).toEqual(messages);
  });

  it('goes on asking until there are as many as were asked for', async () => {
    const url = await startWithLines(
      Array.from({ length: 1300 }, (_, index) => ['f', `line ${index}`] as const),
    );

    const { stdout } = await lambdaLantern(['logs', '--url', url, '--json', '--limit', '1200']);

    const { lines, hasMore } = JSON.parse(stdout) as FoundLines;
    expect(lines.map(({ message }) => message)).toEqual(
      Array.from({ length: 1200 }, (_, index) => `line ${index + 100}`),
    );
    expect(hasMore).toBe(true);
  });

  it('tells by its exit code that there is no such line, and what it takes', async () => {
    const url = await startWithLines(ORDER);

    expect(await lambdaLantern(['logs', '--url', url, '--correlation-id', 'o-3'])).toMatchObject({
      code: 2,
      stdout: '',
    });
    const wrong = await lambdaLantern(['logs', '--url', url, '--level', 'loud']);
    expect(wrong.code).toBe(1);
    expect(wrong.output).toMatch(/level.*WARN.*loud/);
  });

  it('shows control characters of a line, and obeys none', async () => {
    const url = await startWithLines([['f', 'a\u001b[2J\u009bb']]);
    const { stdout } = await lambdaLantern(['logs', '--url', url]);
    expect(stdout).toContain('a\\u001b[2J\\u009bb');
  });
});

describe('lambda-lantern logs --follow', () => {
  it('writes the newest there are, and then those that come, each once, until it is interrupted', async () => {
    const { url, logs } = await startWith(ORDER);
    const run = startLambdaLantern(['logs', '--follow', '--limit', '2', '--url', url]);
    await run.until('Following');

    add(logs, 'create-order', 'first');
    await run.until('first');
    for (let number = 0; number < 1200; number += 1) add(logs, 'create-order', `line ${number}.`);
    await run.until('line 1199.');

    run.child.kill('SIGINT');
    expect(await run.exited).toBe(0);
    const messages = run.stdout().match(/(?:payment is slow|declined|placed|first|line \d+\.)$/gm);
    expect(messages).toEqual([
      'payment is slow',
      'declined',
      'first',
      ...Array.from({ length: 1200 }, (_, number) => `line ${number}.`),
    ]);
  });

  it.each([
    [
      ['--function', 'take-payment'],
      ['declined\nat pay.ts:3', 'of o-2', 'of o-1'],
    ],
    [
      ['--function', 'take-payment', '--level', 'error'],
      ['declined\nat pay.ts:3', 'of o-1'],
    ],
    [
      ['--correlation-id', 'o-1', '--no-platform'],
      ['placed', 'payment is slow', 'of o-1'],
    ],
    [['--text', 'OF o-1'], ['of o-1']],
    [
      ['--last', '30m', '--function', 'take-payment'],
      ['declined\nat pay.ts:3', 'of o-2', 'of o-1'],
    ],
  ])('follows with %j what is asked for, a line of JSON for each', async (options, expected) => {
    const { url, logs } = await startWith(ORDER);
    const run = startLambdaLantern(['logs', '--follow', '--json', '--url', url, ...options]);
    await run.until('Following');

    add(logs, 'take-payment', line('INFO', 'of o-2', 'o-2'));
    add(logs, 'create-order', line('DEBUG', 'of nobody', 'o-9'));
    add(logs, 'take-payment', line('FATAL', 'of o-1', 'o-1'));
    await run.until('"of o-1"');

    const told = run.stdout().trimEnd().split('\n');
    expect(told.map((each) => (JSON.parse(each) as { message: string }).message)).toEqual(expected);
  });

  it('tells of a line once it is known to be of the request, although it came before', async () => {
    const { url, logs } = await startWith([]);
    const run = startLambdaLantern(['logs', '--follow', '--correlation-id', 'o-7', '--url', url]);
    await run.until('Following');

    add(logs, 'ship', 'plain words');
    add(logs, 'ship', line('INFO', 'shipped', 'o-7'));
    await run.until('shipped');
    add(logs, 'ship', 'more words');
    await run.until('more words');

    expect(run.stdout().match(/plain words|shipped|more words/g)).toEqual([
      'plain words',
      'shipped',
      'more words',
    ]);
  });

  it('ends with an error when what it follows ends, and refuses what it cannot follow', async () => {
    const { url, stop } = await startWith(ORDER);
    const run = startLambdaLantern(['logs', '--follow', '--url', url]);
    await run.until('Following');
    await stop();
    expect(await run.exited).toBe(1);
    expect(run.output()).toMatch(/has ended\.\n$/);

    const wrong = await lambdaLantern(['logs', '--follow', '--to', '2026-11-30T14:05:00Z', '--url', url]);
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.output).toMatch(/--follow.*--to/);
    const nobody = await lambdaLantern(['logs', '--follow', '--url', url]);
    expect(nobody.code).toBe(1);
    expect(nobody.output).toContain('No Lantern answers');
  });
});
