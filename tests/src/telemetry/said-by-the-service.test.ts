import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import { describe, expect, it } from 'vitest';
import { exceptionsOf, handlerOf, isHandler, named } from '../../contract/documents.ts';
import { invoke } from '../../contract/invoke.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { fakeRecorder } from '../../helpers/fake-recorder.ts';
import { fc } from '../../helpers/fast-check.ts';
import { lambdaContext } from '../../helpers/lambda.ts';
import { recorderOfTests, RECORDERS } from '../../helpers/recorders.ts';
import { observability, putMetadata, recordError, traced } from '../../../src/index.ts';
import type { ResponseCaptureOptions } from '../../../src/index.ts';

describe.each(RECORDERS)('with the recorder %s', async (recorder) => {
  const { daemon, tracer } = await recorderOfTests(recorder);

  async function run(fn: () => unknown, capture: ResponseCaptureOptions = {}) {
    const invoked = await invoke(
      middy()
        .use(observability({ tracing: { tracer, name: '## handler' }, capture }))
        .handler(async () => ({ result: await fn() })),
    );
    await daemon.until((all) => all.some(isHandler));
    const documents = await daemon.settled();
    return { ...invoked, handler: handlerOf(documents, invoked.traceId), documents };
  }
  /** Beside it, the namespace has what OpenTelemetry says of the function, and X-Ray's documents have no place for. */
  function ofService({ metadata }: { metadata?: unknown }) {
    const all = Object.entries((metadata as { default?: object } | undefined)?.default ?? {});
    const own = all.filter(([key]) => !/^(?:aws|cloud|faas)\./.test(key));
    return own.length === 0 ? undefined : Object.fromEntries<unknown>(own);
  }

  describe('putMetadata()', () => {
    const cart = { total: 12, email: 'jane.doe@example.com', items: [{ sku: 'tea' }] };

    it.each<readonly [string, ResponseCaptureOptions, unknown]>([
      [
        'its shape by default',
        {},
        { total: '<number>', email: '<string, below 256 characters>', items: expect.anything() as unknown },
      ],
      ['values that the policy allows', { allow: ['total'] }, expect.objectContaining({ total: 12 })],
      [
        'values but what is somebody’s in values mode',
        { mode: 'values' },
        { total: 12, email: '[contact]', items: [{ sku: 'tea' }] },
      ],
    ])('shows %s, on the step that runs', async (_what, capture, expected) => {
      const { documents, handler } = await run(
        traced('step', () => putMetadata('cart', cart)),
        capture,
      );

      expect(ofService(named(documents, 'step'))).toEqual({ cart: expected });
      expect(ofService(handler)).toBeUndefined();
      expect(JSON.stringify(documents)).not.toContain('jane');
    });

    it('takes its key for a name: one that is allowed, one that is denied, one that is data', async () => {
      const logs = captureLogs();
      const { handler, documents } = await run(
        () => {
          putMetadata('total', 12);
          putMetadata('password', 'hunter2!');
          putMetadata('jane.doe@example.com', 1);
          putMetadata('__proto__', { polluted: true });
        },
        { allow: ['total', 'password'] },
      );
      const warnings = logs.restore().filter(({ level }) => level === 'WARN');

      expect(ofService(handler)).toMatchObject({ total: 12 });
      expect(JSON.stringify(documents)).not.toMatch(/hunter2|jane|polluted/);
      // Once in a process, whatever records.
      if (recorder === RECORDERS[0]) expect(warnings).toHaveLength(1);
    });

    it('shows nothing where the policy shows nothing', async () => {
      const { handler } = await run(() => putMetadata('cart', cart), { mode: 'off' });
      expect(ofService(handler)).toBeUndefined();
    });

    it('never throws and never costs the document, whatever it is given', async () => {
      const hostile = new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('hostile');
          },
        },
      );
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      await fc.assert(
        fc.asyncProperty(fc.anything(), fc.string(), async (value, key) => {
          daemon.clear();
          const { handler } = await run(() => {
            for (const each of [value, hostile, circular, 1n, 'x'.repeat(100_000)]) putMetadata(key, each);
            putMetadata(value as string, value);
          });
          expect(handler.id).toMatch(/^[0-9a-f]{16}$/);
        }),
        { numRuns: 10 },
      );
    });
  });

  describe('recordError()', () => {
    it('marks the step that handled it, with its chain of causes and nothing personal, and nothing else', async () => {
      const error = new RangeError('no mail to jane.doe@example.com', { cause: new TypeError('inner') });
      const { documents, handler, response } = await run(
        traced('step', async () => {
          await sleep(1);
          recordError(error);
          return 'answer';
        }),
      );

      const step = named(documents, 'step');
      expect(step.fault).toBe(true);
      expect(exceptionsOf(step).map(({ type }) => type)).toEqual(['RangeError', 'TypeError']);
      expect(handler.fault).toBeUndefined();
      expect(response).toEqual({ result: 'answer' });
      expect(JSON.stringify(documents)).not.toContain('jane');
    });

    it('counts before what is thrown later', async () => {
      const { documents } = await run(() =>
        traced('step', () => {
          recordError(new RangeError('first'));
          recordError(new TypeError('second'));
          throw new SyntaxError('third');
        })(),
      ).catch(() => ({ documents: daemon.documents }));

      expect(exceptionsOf(named(documents, 'step'))[0]?.type).toBe('RangeError');
    });

    it.each([undefined, null, 'text', 7, {}, Object.create(null) as unknown])(
      'takes whatever can be thrown: %j',
      async (thrown) => {
        const { handler } = await run(() => recordError(thrown));
        expect(handler.fault).toBe(true);
      },
    );
  });

  describe('where nothing is recorded', () => {
    it('both do nothing', async () => {
      const say = () => {
        putMetadata('key', 1);
        recordError(new Error('nobody hears'));
        return 'answer';
      };
      expect(say()).toBe('answer');
      expect(await middy().use(observability()).handler(say)({}, lambdaContext())).toBe('answer');
    });

    it('and any recorder hears them', async () => {
      const recorder = fakeRecorder();
      const error = new Error('handled');
      await middy()
        .use(observability({ tracing: { tracer: recorder, name: '## handler' } }))
        .handler(() => {
          putMetadata('count', 7);
          recordError(error);
        })({}, lambdaContext());

      expect(recorder.calls('addMetadata')).toContainEqual([
        '## handler',
        'addMetadata',
        'default',
        'count',
        '<number>',
      ]);
      expect(recorder.calls('fail')).toEqual([['## handler', 'fail', error]]);
    });
  });
});
