import { Readable } from 'node:stream';
import { types } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { receiveDocuments } from '../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { only } from '../../helpers/xray.ts';

let daemon: DocumentReceiver;

beforeAll(async () => {
  daemon = await receiveDocuments();
  process.env.AWS_XRAY_DAEMON_ADDRESS = daemon.address;
});
afterAll(() => daemon.stop());

/** The module as a process would load it with tracing switched one way or the other. */
async function load(tracing: 'true' | 'false') {
  vi.resetModules();
  process.env.POWERTOOLS_TRACE_ENABLED = tracing;
  const telemetry = await import('../../../src/telemetry/traced.ts');
  const { tracing: middleware } = await import('../../../src/middlewares/tracing.ts');
  const { responseCapture } = await import('../../../src/middlewares/response-capture.ts');
  const { default: middy } = await import('@middy/core');
  return { ...telemetry, middleware, responseCapture, middy };
}

describe('traced', () => {
  it('just runs while tracing is off', async () => {
    const { traced, annotate, middleware, middy } = await load('false');
    const one = traced('one', () => 1);
    const handler = middy().use(middleware()).handler(one);

    expect(one()).toBe(1);
    expect(await (handler({}, lambdaContext()) as Promise<unknown>)).toBe(1);
    expect(() => annotate('Key', 'value')).not.toThrow();
  });

  it('records the first invocation although the recorder is still loading when it begins', async () => {
    const { traced, annotate, middleware, middy } = await load('true');
    const price = traced('price', (quantity: number) => {
      annotate('Quantity', quantity);
      return quantity * 2;
    });
    const handler = middy()
      .use(middleware({ name: '## handler' }))
      .handler(() => price(21));
    const { header, traceId } = sampledTrace();
    process.env._X_AMZN_TRACE_ID = header;

    const result: unknown = await handler({}, lambdaContext());

    expect(result).toBe(42);
    const documents = await daemon.until((all) => all.length === 2);
    expect(only(documents, 'price')).toMatchObject({
      trace_id: traceId,
      parent_id: only(documents, '## handler').id,
      annotations: { Quantity: 21 },
    });
  });

  it('keeps what the function is: its name, its this, its result or promise, and its error', async () => {
    const { traced } = await load('true');
    class Till {
      readonly rate = 2;
      total = traced('total', function total(this: Till, amount: number) {
        return amount * this.rate;
      });
    }
    const error = new Error('boom');
    const fails = traced('fails', (): never => {
      throw error;
    });
    const rejects = traced('rejects', () => Promise.reject(error));

    expect(new Till().total(21)).toBe(42);
    expect(new Till().total.name).toBe('total');
    expect(fails).toThrow(error);
    await expect(rejects()).rejects.toBe(error);
  });

  it('runs the function and records nothing outside of an invocation', async () => {
    const { traced } = await load('true');
    daemon.clear();

    expect(traced('outside', () => 1)()).toBe(1);
    expect(await daemon.settled()).toEqual([]);
  });
});

describe('the captured result of a traced function', () => {
  const resultOf = async (
    build: (modules: Awaited<ReturnType<typeof load>>) => () => unknown,
    policy: object | false = {},
  ) => {
    const modules = await load('true');
    daemon.clear();
    const { middleware, middy, responseCapture } = modules;
    const pipeline = middy().use(middleware({ name: '## handler' }));
    if (policy !== false) pipeline.use(responseCapture(policy));
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;
    const run = build(modules);
    await pipeline.handler(async () => {
      try {
        const result = await run();
        if (types.isGeneratorObject(result))
          for await (const each of result as unknown as AsyncIterable<unknown>) expect(each).toBe('Jane Doe');
      } catch {
        return undefined;
      }
      return undefined;
    })({}, lambdaContext());
    const documents = await daemon.until((all) => all.length === 2);
    return (only(documents, 'inner').metadata?.lantern ?? {}) as { result?: unknown };
  };
  const order = { id: 'o-1', customer: { name: 'Jane Doe' }, total: 1198 };

  it('is left out unless it is asked for', async () => {
    expect(await resultOf(({ traced }) => traced('inner', () => order))).toEqual({});
  });

  it.each([
    ['a function', () => order],
    ['an async function', () => Promise.resolve(order)],
  ])('of %s is shown by the policy of the pipeline', async (_what, fn: () => unknown) => {
    const policy = { allow: ['id'] };

    expect(await resultOf(({ traced }) => traced('inner', fn, { capture: true }), policy)).toEqual({
      result: { id: 'o-1', customer: { name: '<string, below 16 characters>' }, total: '<number>' },
    });
  });

  it('is shown by a policy of its own, and by the default one in a pipeline that captures nothing', async () => {
    const capture = { allow: ['total'] };

    expect(await resultOf(({ traced }) => traced('inner', () => order, { capture }))).toMatchObject({
      result: { id: '<string, below 16 characters>', total: 1198 },
    });
    expect(
      await resultOf(({ traced }) => traced('inner', () => order, { capture: true }), false),
    ).toMatchObject({ result: { id: '<string, below 16 characters>', total: '<number>' } });
    expect(
      await resultOf(({ traced }) => traced('inner', () => order, { capture: true }), { mode: 'off' }),
    ).toEqual({});
  });

  it.each([
    [
      'a generator',
      function* () {
        yield 'Jane Doe';
      },
      '<generator>',
    ],
    [
      'an async generator',
      async function* () {
        yield await Promise.resolve('Jane Doe');
      },
      '<generator>',
    ],
    ['a stream', () => Readable.from(['Jane Doe']), '<Readable>'],
    ['an error that is returned', () => new RangeError('for Jane Doe'), '<RangeError>'],
    ['a proxy that throws', () => revokedProxy(), '<unreadable>'],
  ])('of %s is its type', async (_what, fn: () => unknown, shown) => {
    const policy = { mode: 'values' };

    expect(await resultOf(({ traced }) => traced('inner', fn, { capture: true }), policy)).toEqual({
      result: shown,
    });
  });

  it('is absent where the function throws: that is recorded as an error', async () => {
    const fails = () => Promise.reject(new Error('no stock'));

    expect(await resultOf(({ traced }) => traced('inner', fails, { capture: true }))).toEqual({});
  });

  it('is not computed for an invocation that is not recorded, and never what a stream holds', async () => {
    const { traced } = await load('true');
    let reads = 0;
    const watched = {
      get id() {
        reads += 1;
        return 'o-1';
      },
    };

    expect(traced('inner', () => watched, { capture: true })()).toBe(watched);
    expect(reads).toBe(0);
  });

  it('leaves the room of the trace to others, however often the function runs', async () => {
    const rows = () => Array.from({ length: 3000 }, (_, at) => ({ at, text: 'some words '.repeat(10) }));
    const policy = { mode: 'values', budget: { items: 3000, bytes: 60_000 } };

    const { result } = await resultOf(({ traced }) => traced('inner', rows, { capture: true }), policy);
    expect(JSON.stringify(result).length).toBeLessThan(8192);
    expect(JSON.stringify(result)).toMatch(/[\d,]+ more items/);
  });

  it.each(['true', 'false'] as const)('refuses wrong options, tracing being %s', async (tracing) => {
    const { traced } = await load(tracing);
    const fn = () => 1;

    expect(() => traced('inner', fn, { captured: true } as never)).toThrow(
      'traced() has no option "captured"; it has capture',
    );
    expect(() => traced('inner', fn, { capture: 'yes' } as never)).toThrow(
      'a redaction policy, but got "yes"',
    );
    expect(() => traced('inner', fn, { capture: { allowed: [] } } as never)).toThrow('no option "allowed"');
  });

  it.each([undefined, null, 'inner', {}])('refuses %o in the place of the function', async (fn) => {
    const { traced } = await load('true');

    expect(() => traced('inner', fn as never)).toThrow(
      `traced() takes a name and a function, but got ${typeof fn} for the function`,
    );
  });
});

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
