import { describe, expect, it, onTestFinished } from 'vitest';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import { LogStore } from '../../../local/logs/log-store.ts';
import type { FoundLines } from '../../../local/running-instance.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { shopService } from '../../fixtures/console/entities.ts';
import { lambdaLantern } from './lantern-to-ask.ts';

const HOUR_MS = 3_600_000;

/** A page whose functions have written these lines, an hour after each other, the last one now. */
async function startWithLines(
  lines: ReadonlyArray<readonly [functionKey: string, message: string]>,
): Promise<string> {
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
    logs.add({
      functionName: `shop-local-${functionKey}`,
      functionKey,
      logGroup: `/aws/lambda/shop-local-${functionKey}`,
      logStream: '1',
      requestId: `request-${functionKey}`,
      timestamp: Date.now() - (lines.length - 1 - index) * HOUR_MS,
      source: message.startsWith('START') ? 'platform' : 'stdout',
      message,
    });
  }
  return url;
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
