import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Cause } from '../../../local/xray/document.ts';
import { tracing } from '../../../src/middlewares/tracing.ts';
import type { Tracer } from '../../../src/telemetry/tracer.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { only, startTracer } from '../../helpers/xray.ts';

const NAME = '## handler';
let daemon: DocumentReceiver;
let tracer: Tracer;

beforeAll(async () => {
  ({ daemon, tracer } = await startTracer());
});
afterEach(() => {
  delete process.env._X_AMZN_TRACE_ID;
  daemon.clear();
});
afterAll(() => daemon.stop());

/** A pipeline with tracing outermost, as users write it, run once in a sampled invocation. */
async function invoke(pipeline: middy.MiddyfiedHandler) {
  const trace = sampledTrace();
  process.env._X_AMZN_TRACE_ID = trace.header;
  const outcome = await pipeline({}, lambdaContext()).then(
    (response: unknown) => ({ response }),
    (error: unknown) => ({ error }),
  );
  return { trace, outcome };
}

const traced = () => middy().use(tracing({ tracer, name: NAME }));
const ok = () => ({ statusCode: 200 });
const fails = () => {
  throw new TypeError('boom');
};

const endings: Record<string, { pipeline: () => middy.MiddyfiedHandler; fault?: boolean }> = {
  'the handler returns': { pipeline: () => traced().handler(ok) },
  'the handler throws': { pipeline: () => traced().handler(fails), fault: true },
  'the handler throws something that is not an Error': {
    pipeline: () =>
      traced().handler(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- exactly this is what is tested
        throw 'just a string';
      }),
    fault: true,
  },
  'the handler throws undefined': {
    pipeline: () =>
      traced().handler(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- exactly this is what is tested
        throw undefined;
      }),
    fault: true,
  },
  'another middleware replies early from before': {
    pipeline: () =>
      traced()
        .before(() => ({ statusCode: 204 }))
        .handler(ok),
  },
  'another middleware throws in before': { pipeline: () => traced().before(fails).handler(ok), fault: true },
  'a middleware before ours throws in before': {
    pipeline: () =>
      middy()
        .before(fails)
        .use(tracing({ tracer, name: NAME }))
        .handler(ok),
    fault: true,
  },
  'a middleware inside ours throws in after': {
    pipeline: () => traced().after(fails).handler(ok),
    fault: true,
  },
  'a middleware outside ours throws in after': {
    pipeline: () =>
      middy()
        .after(fails)
        .use(tracing({ tracer, name: NAME }))
        .handler(ok),
  },
  'a middleware inside ours replies in after': {
    pipeline: () =>
      traced()
        .after(() => ({ statusCode: 202 }))
        .handler(ok),
  },
  'a middleware inside ours replies in onError': {
    pipeline: () =>
      traced()
        .onError(() => ({ statusCode: 503 }))
        .handler(fails),
    fault: true,
  },
  'an error handler sets the response': {
    pipeline: () =>
      traced()
        .use(httpErrorHandler({ logger: false }))
        .handler(fails),
    fault: true,
  },
  'a hook of onError throws': { pipeline: () => traced().onError(fails).handler(fails), fault: true },
  'Middy ends the handler before Lambda would': {
    pipeline: () =>
      middy({ timeoutEarlyInMillis: 5980 })
        .use(tracing({ tracer, name: NAME }))
        .handler(() => new Promise(() => undefined)),
    fault: true,
  },
};

describe('tracing', () => {
  it.each(Object.entries(endings))(
    'sends one closed handler subsegment when %s',
    async (_ending, { pipeline, fault }) => {
      const { trace } = await invoke(pipeline());

      const handler = only(await daemon.settled(), NAME);
      expect(handler).toMatchObject({ type: 'subsegment', trace_id: trace.traceId, parent_id: trace.parent });
      expect(handler.end_time).toBeGreaterThanOrEqual(handler.start_time);
      expect(handler.in_progress).toBeUndefined();
      expect(handler.fault === true).toBe(fault === true);
    },
  );

  it('records what was thrown first, with its causes, although an error handler replaced it', async () => {
    const cause = new RangeError('the cause');
    const pipeline = traced()
      .use(httpErrorHandler({ logger: false }))
      .handler(() => {
        throw new TypeError('the failure', { cause });
      });

    const { outcome } = await invoke(pipeline);

    expect(outcome).toMatchObject({ response: { statusCode: 500 } });
    const { cause: recorded } = only(await daemon.until((all) => all.length > 0), NAME);
    const [thrown, caused] = (recorded as Cause).exceptions ?? [];
    expect(thrown).toMatchObject({ type: 'TypeError', message: 'the failure', cause: caused?.id });
    expect(caused).toMatchObject({ type: 'RangeError', message: 'the cause' });
    expect(thrown?.stack?.[0]?.path).toContain('tracing.test.ts');
    expect(thrown?.stack?.[0]?.line).toBeGreaterThan(0);
  });

  it('marks the status of the answer: 4xx as error, 429 as throttle, 5xx as fault', async () => {
    for (const [status, flags] of [
      [404, { error: true }],
      [429, { error: true, throttle: true }],
      [502, { fault: true }],
    ] as const) {
      daemon.clear();
      await invoke(traced().handler(() => ({ statusCode: status })));

      const { error, throttle, fault } = only(await daemon.until((all) => all.length > 0), NAME);
      expect({ error, throttle, fault }).toEqual({
        error: undefined,
        throttle: undefined,
        fault: undefined,
        ...flags,
      });
    }
  });

  it('hangs what runs in parallel under the function that started it', async () => {
    const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const branch = (name: string, ms: number) =>
      tracer.trace(name, async () => {
        await sleep(ms);
        await tracer.trace(`inside ${name}`, () => sleep(1));
      });
    await invoke(
      traced().handler(async () => {
        await Promise.all([branch('slow', 30), branch('quick', 5)]);
      }),
    );

    const documents = await daemon.until((all) => all.some(({ name }) => name === NAME));
    const handler = only(documents, NAME);
    expect(only(documents, 'slow').parent_id).toBe(handler.id);
    expect(only(documents, 'quick').parent_id).toBe(handler.id);
    expect(only(documents, 'inside slow').parent_id).toBe(only(documents, 'slow').id);
    expect(only(documents, 'inside quick').parent_id).toBe(only(documents, 'quick').id);
  });

  it('sends the handler although a child never ends, and the child again when it does', async () => {
    let endChild: (() => void) | undefined;
    let child: Promise<unknown> | undefined;
    await invoke(
      traced().handler(() => {
        child = tracer.trace('late', () => new Promise<void>((resolve) => (endChild = resolve)));
      }),
    );

    const before = [...(await daemon.until((all) => all.some(({ name }) => name === NAME)))];
    expect(only(before, 'late')).toMatchObject({
      parent_id: only(before, NAME).id,
      metadata: { lantern: { unfinished: expect.any(String) as unknown } },
    });

    daemon.clear();
    endChild?.();
    await child;
    const again = only(await daemon.until((all) => all.length > 0), 'late');
    expect(again.id).toBe(only(before, 'late').id);
    expect(again.metadata).not.toHaveProperty('lantern.unfinished');
  });

  it('describes an error once, where it was thrown, and refers to it from the functions it passed', async () => {
    await invoke(traced().handler(() => tracer.trace('inner', fails)));

    const documents = await daemon.until((all) => all.some(({ name }) => name === NAME));
    const { exceptions } = only(documents, 'inner').cause as Cause;
    expect(exceptions).toHaveLength(1);
    expect(only(documents, NAME).cause).toBe(exceptions?.[0]?.id);
  });

  it('annotates the service and whether it was a cold start', async () => {
    process.env.POWERTOOLS_SERVICE_NAME = 'order-shop';
    await invoke(traced().handler(ok));
    delete process.env.POWERTOOLS_SERVICE_NAME;

    const { annotations } = only(await daemon.until((all) => all.length > 0), NAME);
    expect(annotations).toMatchObject({ Service: 'order-shop' });
    expect(typeof annotations?.ColdStart).toBe('boolean');
  });

  it.each([
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
    'nonsense',
    undefined,
  ])('records nothing for the header %s, and the handler runs as usual', async (header) => {
    if (header === undefined) delete process.env._X_AMZN_TRACE_ID;
    else process.env._X_AMZN_TRACE_ID = header;
    const response: unknown = await traced().handler(() => tracer.trace('inner', ok))({}, lambdaContext());

    expect(response).toEqual({ statusCode: 200 });
    expect(await daemon.settled()).toEqual([]);
  });

  it('keeps overlapping invocations apart', async () => {
    const pipeline = traced().handler(async (event: unknown) => {
      const { index } = event as { index: number };
      await new Promise((resolve) => setTimeout(resolve, (index * 7) % 13));
      tracer.annotate('Index', index);
      await tracer.trace('inner', async () => {
        await new Promise((resolve) => setTimeout(resolve, (index * 5) % 11));
        tracer.annotate('Index', index);
      });
    });
    const traces = Array.from({ length: 64 }, sampledTrace);
    await Promise.all(
      traces.map(async ({ header }, index) => {
        process.env._X_AMZN_TRACE_ID = header;
        await pipeline({ index }, lambdaContext());
      }),
    );

    const documents = await daemon.until((all) => all.length === 128);
    traces.forEach(({ traceId, parent }, index) => {
      const own = documents.filter((document) => document.trace_id === traceId);
      expect(own.map(({ annotations }) => annotations?.Index)).toEqual([index, index]);
      expect(only(own, NAME).parent_id).toBe(parent);
      expect(only(own, 'inner').parent_id).toBe(only(own, NAME).id);
    });
  });

  it('leaves the scope of an invocation behind when it has ended', async () => {
    await invoke(traced().handler(ok));
    await daemon.until((all) => all.length > 0);
    daemon.clear();

    tracer.trace('after the invocation', ok);

    expect(tracer.recording).toBe(false);
    expect(await daemon.settled()).toEqual([]);
  });
});
