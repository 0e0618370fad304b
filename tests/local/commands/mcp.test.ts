import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import { embedded, segment, traceId } from '../xray/fixtures.ts';
import { startLambdaLantern, startLantern } from './lantern-to-ask.ts';

const CLI = join(import.meta.dirname, '../../../local/cli.ts');
const now = Math.floor(Date.now() / 1000);

/** The protocol's own client, speaking to the program as an agent's host does. */
async function connect(url: string): Promise<Client> {
  const client = new Client({ name: 'a-test', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [CLI, 'mcp', '--url', url],
      env: { ...(process.env as Record<string, string>), NODE_OPTIONS: '--conditions=lambda-lantern-source' },
    }),
  );
  onTestFinished(() => client.close());
  return client;
}

interface Answer {
  readonly isError: boolean;
  readonly text: string;
}

async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Answer> {
  const { content, isError = false } = await client.callTool({ name, arguments: args });
  const [first] = content as Array<{ type: string; text?: string }>;
  return { isError, text: first?.text ?? '' };
}

/** A root that lasts so many seconds, most of which it waits for a table. */
function order(number: number, seconds: number): SegmentDocument {
  const start = now - 100 - number;
  return segment(number, {
    name: 'create-order',
    trace_id: traceId(number),
    start_time: start,
    end_time: start + seconds,
    subsegments: [
      embedded(1000 + number, {
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: start + seconds * 0.1,
        end_time: start + seconds * 0.9,
        aws: { operation: 'Query', table_name: 'orders' },
      }),
    ],
  });
}

describe('lambda-lantern mcp', () => {
  it('offers tools that only read, each with what it takes', async () => {
    const { url } = await startLantern();
    const { tools } = await (await connect(url)).listTools();

    expect(tools.map(({ name }) => name)).toEqual([
      'find_traces',
      'read_trace',
      'why_slow',
      'what_differs',
      'find_logs',
      'alarms',
    ]);
    for (const { description, inputSchema, annotations } of tools) {
      expect(description).toMatch(/\w/);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(annotations).toMatchObject({ readOnlyHint: true });
    }
  });

  it('finds traces, reads one, and says why it was slow and how it stands among others', async () => {
    const { url } = await startLantern([order(1, 0.2), order(2, 0.3), order(3, 4)]);
    const client = await connect(url);

    const found = await call(client, 'find_traces', {
      filter: 'service("orders") AND duration > 1',
      last: '1h',
    });
    expect(found.text.split('\n')).toEqual([expect.stringContaining(traceId(3))]);

    const read = await call(client, 'read_trace', { id: traceId(3) });
    expect(read.text).toMatch(/^create-order .*\n {2}DynamoDB Query orders +400 ms +3\.2 s +3\.2 s +ok$/m);

    const why = await call(client, 'why_slow', { id: `Root=${traceId(3)};Sampled=1` });
    expect(why.text).toContain('create-order took 4 s');
    expect(why.text).toContain('Among 2 other traces that begin with create-order it is slower than 2');
    expect(why.text).toMatch(/80 % +orders \(does not report\)|80 % +DynamoDB/);
    expect(why.text).toMatch(/3\.2 s +80 % +DynamoDB/);
    expect([found, read, why].map(({ isError }) => isError)).toEqual([false, false, false]);
  });

  it('takes a level in any case, and says which there are', async () => {
    const client = await connect((await startLantern()).url);

    expect(await call(client, 'find_logs', { level: 'error' })).toMatchObject({ isError: false });
    const { isError, text } = await call(client, 'find_logs', { level: 'loud' });
    expect([isError, text]).toEqual([true, expect.stringMatching(/TRACE, DEBUG, INFO, WARN.*"loud"/)]);
  });

  it('says what slow traces have more often than the others', async () => {
    const kinds = Array.from({ length: 40 }, (_, index) => {
      const isSlow = index % 2 === 0;
      return { ...order(index + 1, isSlow ? 4 : 0.2), annotations: { Size: isSlow ? 'gigantic' : 'small' } };
    });
    const { url } = await startLantern(kinds);

    const { isError, text } = await call(await connect(url), 'what_differs', { filter: 'duration > 1' });

    expect(isError).toBe(false);
    expect(text).toContain('20 traces that the filter finds, against 20 others.');
    expect(text).toMatch(
      /^20 of 20 against 0 of 20 {2}annotation: .*gigantic.* {2}annotation.Size = "gigantic"$/m,
    );
  });

  it.each([
    ['what_differs', { filter: 'duration >' }, /duration >/],
    ['find_traces', { filter: 'fualt' }, /fault[^]*\n {2}fualt\n {2}\^{5}$/],
    ['find_traces', { last: 'yesterday' }, /--last takes a time|takes a time as/],
    ['find_traces', { limit: 1e9 }, /limit|100/],
    ['read_trace', { id: traceId(7) }, /There is no trace/],
    ['why_slow', { id: 'the slow one' }, /There is no trace "the slow one"/],
  ])('answers a mistake in %s %j with what would be right', async (tool, args, message) => {
    const { url } = await startLantern();

    const { isError, text } = await call(await connect(url), tool, args);

    expect(isError).toBe(true);
    expect(text).toMatch(message);
  });

  it('bounds what an agent reads at once, and says what is left out', async () => {
    const rows = Array.from({ length: 900 }, (_, index) =>
      embedded(index + 10, { name: `step ${'x'.repeat(50)}` }),
    );
    const { url } = await startLantern([
      segment(1, { trace_id: traceId(1), subsegments: rows.slice(0, 450) }),
      segment(2, { trace_id: traceId(1), subsegments: rows.slice(450) }),
    ]);
    const client = await connect(url);

    const short = await call(client, 'read_trace', { id: traceId(1), rows: 10 });
    expect(short.text.trimEnd()).toMatch(/… and 892 more rows$/);
    const long = await call(client, 'read_trace', { id: traceId(1), rows: 1000 });
    expect(long.text.length).toBeLessThan(21_000);
    expect(long.text).toMatch(/… and \d+ more lines; ask for less\.$/);
  });

  it('says that the service has no alarms', async () => {
    const { url } = await startLantern();
    expect(await call(await connect(url), 'alarms')).toEqual({
      isError: false,
      text: 'The service has no alarms.',
    });
  });

  it('begins although no Lantern runs, and says so to whoever asks', async () => {
    const lantern = await startLantern();
    const { url } = lantern;
    await lantern.stop();
    const client = await connect(url);

    const { isError, text } = await call(client, 'find_traces');

    expect(isError).toBe(true);
    expect(text).toContain(`No Lantern answers at ${url}`);
  });

  it('ends when its client leaves, with nothing but the protocol on standard output', async () => {
    const { url } = await startLantern();
    const client = await connect(url);
    await call(client, 'alarms');
    const run = startLambdaLantern(['mcp', '--url', url]);

    expect(await run.exited).toBe(0);
    expect(run.output()).toBe('');
  });
});
