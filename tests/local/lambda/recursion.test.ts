import { describe, expect, it } from 'vitest';
import type { InvokeRequest } from '../../../local/lambda/invocation.ts';
import { RecursiveInvocationError } from '../../../local/lambda/invocation.ts';
import { stopLoops } from '../../../local/lambda/recursion.ts';
import { beginTrace } from '../../../local/lambda/trace-context.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { functionDefinition } from './definition.ts';

const ROOT = 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1';

/** Invokes, and gives back the header that the function would have: what it sends takes that along. */
function chain(allowsLoops = false) {
  const dropped: string[] = [];
  const problems: string[] = [];
  const functions = ['shop-local-a', 'shop-local-b'].map((name) =>
    functionDefinition({ name, ...(allowsLoops && { allowsLoops }) }),
  );
  let header = '';
  const invoke = stopLoops(
    (request) => {
      ({ header } = beginTrace(request, 'PassThrough'));
      return Promise.resolve({ requestId: '1', payload: '{}', traceId: '' });
    },
    {
      functionOf: (name) => functions.find((fn) => fn.name === name),
      onDropped: (name) => dropped.push(name),
      onProblem: (message) => problems.push(message),
    },
  );
  const send = async (functionName: string, request: Partial<InvokeRequest>): Promise<string> => {
    await invoke({ functionName, payload: '{}', ...request });
    return header;
  };
  return { send, dropped, problems };
}

describe('a function that is invoked by what it has sent itself', () => {
  it.each(['traceHeader', 'linkedTraceHeaders'] as const)(
    'runs 16 times in a chain, and no more (%s)',
    async (by) => {
      const { send, dropped, problems } = chain();
      let header: string | undefined;
      let invocations = 0;
      const next = () =>
        send('shop-local-a', header === undefined ? {} : { [by]: by === 'traceHeader' ? header : [header] });
      for (; invocations < 16; invocations += 1) header = await next();
      await expect(next()).rejects.toBeInstanceOf(RecursiveInvocationError);
      expect(dropped).toEqual(['shop-local-a']);
      expect(problems).toEqual([
        expect.stringMatching(/^shop-local-a is part of a loop: it was invoked 16 times/),
      ]);
    },
  );

  it('is found by way of another function as well', async () => {
    const { send, dropped } = chain();
    let header = `${ROOT};Lineage=1:a87bd80c:3`;
    for (let round = 0; round < 16; round += 1) {
      for (const name of ['shop-local-a', 'shop-local-b']) header = await send(name, { traceHeader: header });
    }
    // What others have counted goes along.
    expect(header).toContain('a87bd80c:3|');
    await expect(send('shop-local-a', { traceHeader: header })).rejects.toThrow('part of a loop');
    expect(dropped).toEqual(['shop-local-a']);
  });

  it('goes on where the template allows that', async () => {
    const { send, dropped } = chain(true);
    let header = ROOT;
    for (let round = 0; round < 40; round += 1) header = await send('shop-local-a', { traceHeader: header });
    expect(dropped).toEqual([]);
  });

  it('is another chain where one event leads to many', async () => {
    const { send, dropped } = chain();
    const first = await send('shop-local-a', { traceHeader: ROOT });
    for (let each = 0; each < 40; each += 1) await send('shop-local-b', { traceHeader: first });
    expect(dropped).toEqual([]);
  });

  it('keeps the trace and all other fields of any header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string(), { maxLength: 5 }), async (parts) => {
        const { send } = chain();
        const header = await send('shop-local-a', { traceHeader: [ROOT, ...parts].join(';') });
        expect(header).toContain('Root=1-67891233-abcdef012345678912345678');
        expect(header.match(/Lineage=/g)).toHaveLength(1);
      }),
      runs(50),
    );
  });
});
