import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import type { MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { completeOf, handlerOf, isHandler, named } from '../../contract/documents.ts';
import { invoke } from '../../contract/invoke.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { recorderOfTests, RECORDERS } from '../../helpers/recorders.ts';
import { startWebServer } from '../clients/web-server.ts';
import type { WebServer } from '../clients/web-server.ts';
import { annotate, getCorrelationId, observability, observedFetch, traced } from '../../../src/index.ts';

describe.each(RECORDERS)('with the recorder %s', async (recorder) => {
  const { daemon, tracer } = await recorderOfTests(recorder);
  let server: WebServer;

  beforeAll(async () => {
    server = await startWebServer();
  });
  afterEach(() => server.clear());
  afterAll(() => server.stop());

  function pipeline(name = '## handler') {
    return middy().use(observability({ tracing: { tracer, name }, capture: false }));
  }
  function wait(ms: number) {
    return traced('wait', () => sleep(ms));
  }

  describe('the handler leaves with its answer', () => {
    const late: ReadonlyArray<readonly [string, () => unknown]> = [
      ['a traced function', () => traced('late', () => sleep(30))()],
      [
        'a function below a finished one',
        () => traced('middle', () => void traced('late', () => sleep(30))())(),
      ],
      ['a call', () => traced('middle', () => void observedFetch(`${server.url}/wait/30`).catch(() => 0))()],
      [
        'a function that never ends',
        () => traced('middle', () => void traced('never', () => new Promise(() => 0))())(),
      ],
    ];

    it.each(late)('while %s is open below', async (_what, begin) => {
      const { traceId } = await invoke(
        pipeline().handler(() => {
          return traced('place', () => {
            begin();
            return Promise.resolve();
          })();
        }),
      );

      const documents = completeOf(await daemon.until((all) => completeOf(all).some(isHandler)), traceId);
      expect(named(documents, 'place').parent_id).toBe(handlerOf(documents).id);
    });

    // OpenTelemetry's ends with the invocation, and says so: a span is not sent twice.
    it.runIf(recorder === 'xray')(
      'and what was late is sent when it ends, although the one above it has long ended',
      async () => {
        await invoke(
          pipeline().handler(() =>
            traced('place', () => {
              void sleep(1).then(wait(30));
              return Promise.resolve();
            })().then(() => sleep(10)),
          ),
        );
        await daemon.until((all) => completeOf(all).filter(({ name }) => name === 'wait').length === 2);

        const last = completeOf(daemon.documents).findLast(({ name }) => name === 'wait');
        expect(last?.parent_id).toBe(named(daemon.documents, 'place').id);
        expect(JSON.stringify(last)).not.toContain('unfinished');
      },
    );
  });

  describe('work that outlives its invocation', () => {
    it('begins nothing in its trace, and sends its header no more', async () => {
      let poll = (): Promise<unknown> => Promise.resolve();
      let goOn = (): void => undefined;
      const released = new Promise<void>((resolve) => (goOn = resolve));
      let polled: Promise<unknown> | undefined;
      await invoke(
        pipeline().handler(() => {
          traced('start', () => {
            polled = released.then(() => poll());
          })();
        }),
      );
      const before = await daemon.settled();
      poll = () => {
        annotate('Late', 1);
        return traced('poll', () => observedFetch(server.url))();
      };
      goOn();
      await polled;

      expect(await daemon.settled()).toEqual(before);
      expect(server.last().headers).not.toHaveProperty('x-amzn-trace-id');
    });
  });

  describe('a pipeline within another', () => {
    const event = (id: string) => ({ httpMethod: 'GET', headers: { 'x-correlation-id': id } });
    let inner: MiddyfiedHandler;
    beforeAll(() => {
      inner = pipeline('## inner').handler(async () => {
        await wait(1)();
        return getCorrelationId();
      });
    });
    const call = (id: string, context: unknown) => inner(event(id), context as Context) as Promise<unknown>;

    const contexts: ReadonlyArray<readonly [string, (context: Context) => unknown]> = [
      ['the same context', (context) => context],
      ['a context of its own', () => ({})],
    ];

    it.each(contexts)('stands below it, and gives its scope back: %s', async (_what, given) => {
      let seen: unknown[] = [];
      const outer = pipeline('## outer').handler(async (_event: unknown, context: Context) => {
        seen = [await call('inner-1', given(context)), getCorrelationId()];
        annotate('After', true);
        traced('after', () => 1)();
      });
      await invoke(outer, { event: event('outer') });

      expect(seen).toEqual(['inner-1', 'outer']);
      const outerSpan = named(await daemon.settled(), '## outer');
      expect(named(daemon.documents, '## inner').parent_id).toBe(outerSpan.id);
      expect(named(daemon.documents, 'wait').parent_id).toBe(named(daemon.documents, '## inner').id);
      expect(named(daemon.documents, 'after').parent_id).toBe(outerSpan.id);
      expect(outerSpan.annotations).toMatchObject({ After: true, CorrelationId: 'outer' });
    });

    it('stands below the function that called it, beside others that run at the same time', async () => {
      let seen: unknown;
      const outer = pipeline('## outer').handler((_event: unknown, context: Context) =>
        traced('route', async () => {
          const ids = await Promise.all(['inner-1', 'inner-2', 'inner-3'].map((id) => call(id, context)));
          seen = [...ids, getCorrelationId()];
        })(),
      );
      await invoke(outer, { event: event('outer') });

      expect(seen).toEqual(['inner-1', 'inner-2', 'inner-3', 'outer']);
      const route = named(await daemon.settled(), 'route');
      expect(
        completeOf(daemon.documents)
          .filter(({ name }) => name === '## inner')
          .map(({ parent_id }) => parent_id),
      ).toEqual([route.id, route.id, route.id]);
    });
  });

  describe('an invocation of ten thousand functions', () => {
    const MANY = 10_000;
    const down: (depth: number) => Promise<number> = traced(
      'down',
      async (depth: number): Promise<number> => {
        await Promise.resolve();
        return depth === 0 ? 0 : 1 + (await down(depth - 1));
      },
    );
    const one = traced('one', async (at: number) => {
      await sleep(1);
      return at;
    });

    // X-Ray's bound; OpenTelemetry's SDKs have bounds of their own.
    it.runIf(recorder === 'xray').each([
      ['deep', () => down(MANY - 1), MANY - 1],
      [
        'wide',
        async () => (await Promise.all(Array.from({ length: MANY }, (_, at) => one(at)))).at(-1),
        MANY - 1,
      ],
    ])(
      'answers as it does untraced, and counts what its trace has no room for: %s',
      async (_what, run, answer) => {
        const logs = captureLogs();
        const { response } = await invoke(pipeline().handler(async () => ({ answer: await run() })));
        logs.restore();

        expect(response).toEqual({ answer });
        const documents = completeOf(await daemon.settled());
        const { metadata } = handlerOf(documents) as { metadata?: Record<string, Record<string, number>> };
        const leftOut = metadata?.lantern?.subsegmentsLeftOut ?? 0;
        const kept = new Set(documents.map(({ id }) => id)).size - 1;
        expect(kept).toBeGreaterThan(1000);
        expect(kept + leftOut).toBe(MANY);
      },
    );
  });
});
