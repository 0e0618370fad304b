import middy from '@middy/core';
import { describe, expect, it } from 'vitest';
import { invoke } from '../../contract/invoke.ts';
import { completeOf, exceptionsOf, handlerOf, isHandler, named, textOf } from '../../contract/documents.ts';
import { runWithCorrelation } from '../../../src/propagation/correlation.ts';
import { tracing } from '../../../src/middlewares/tracing.ts';
import { annotate, traced as innerFunction } from '../../../src/telemetry/traced.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { recorderOfTests, RECORDERS, tracerOf } from '../../helpers/recorders.ts';

/* What the contract in tests/contract asks of any tracing stack is proved there; here is what is ours alone. */

describe.each(RECORDERS)('with the recorder %s', async (recorder) => {
  const { daemon, tracer } = await recorderOfTests(recorder);

  function traced() {
    return middy().use(tracing({ tracer, name: '## handler' }));
  }

  function ok() {
    return { statusCode: 200 };
  }

  async function handled() {
    return handlerOf(await daemon.until((all) => completeOf(all).some(isHandler)));
  }

  describe('tracing', () => {
    it.each([
      [200, {}],
      [404, { error: true }],
      [429, { error: true, throttle: true }],
      [502, { fault: true }],
    ])('marks the status %d of the answer as %o', async (statusCode, flags) => {
      await invoke(traced().handler(() => ({ statusCode })));

      const { error, throttle, fault } = await handled();
      expect({ error, throttle, fault }).toEqual({
        error: undefined,
        throttle: undefined,
        fault: undefined,
        ...flags,
      });
    });

    it('tells by the status of an error whose mistake it was', async () => {
      const refused = Object.assign(new Error('not today'), { statusCode: 403 });
      await invoke(
        traced().handler(() => {
          throw refused;
        }),
      );

      const handler = await handled();
      // OpenTelemetry has one status for whatever failed, and here no answer has one of its own.
      const told = recorder === 'xray' ? { error: true } : { fault: true };
      expect({ error: handler.error, fault: handler.fault }).toEqual({
        error: undefined,
        fault: undefined,
        ...told,
      });
    });

    it('describes an error once, where it was thrown, and refers to it from the functions it passed', async () => {
      await invoke(
        traced().handler(() =>
          innerFunction('inner', () => {
            throw new Error('boom');
          })(),
        ),
      );

      const handler = await handled();
      const [exception, ...others] = exceptionsOf(named(daemon.documents, 'inner'));
      expect(others).toEqual([]);
      expect(exception?.stack?.[0]?.path).toContain('tracing.test.ts');
      // An event refers to none of another span: it repeats what was thrown, without the stack.
      if (recorder === 'xray') expect(handler.cause).toBe(exception?.id);
      else
        expect(exceptionsOf(handler)).toEqual([
          expect.not.objectContaining({ stack: expect.anything() as unknown }),
        ]);
    });

    it('records type and place alone of errors whose messages must not be shown', async () => {
      const careful = await tracerOf(recorder, { exceptionDetail: 'location' });
      const pipeline = middy()
        .use(tracing({ tracer: careful, name: '## handler' }))
        .handler(() => {
          throw new TypeError('jane@example.com is no number', {
            cause: new Error('nor is 4111 1111 1111 1111'),
          });
        });
      await invoke(pipeline);

      const handler = await handled();
      expect(textOf(handler)).not.toMatch(/jane|4111/);
      const [exception] = exceptionsOf(handler);
      expect(exception?.type).toBe('TypeError');
      expect(exception?.stack).toHaveLength(1);
      expect(exception?.stack?.[0]?.path).toContain('tracing.test.ts');
    });

    it('describes what is behind an AggregateError too', async () => {
      await invoke(
        traced().handler(() => {
          throw new AggregateError([new RangeError('one'), new TypeError('two')], 'both');
        }),
      );

      expect(exceptionsOf(await handled()).map(({ message }) => message)).toEqual(['both', 'one', 'two']);
    });

    it('annotates service, cold start and correlation id, and nothing else', async () => {
      process.env.POWERTOOLS_SERVICE_NAME = 'order-shop';
      await runWithCorrelation({ correlationId: 'order-1', source: 'test' }, () =>
        invoke(traced().handler(ok)),
      );
      delete process.env.POWERTOOLS_SERVICE_NAME;

      const { annotations } = await handled();
      expect(annotations).toEqual({
        Service: 'order-shop',
        CorrelationId: 'order-1',
        ColdStart: expect.any(Boolean) as boolean,
      });
    });

    it('annotates the tenant, where a function isolates its tenants', async () => {
      const ofTenant = {
        before: ({ context }: { context: object }) => void Object.assign(context, { tenantId: 'blue' }),
      };
      await invoke(
        middy()
          .use(ofTenant)
          .use(tracing({ tracer, name: '## handler' }))
          .handler(ok),
      );

      expect((await handled()).annotations).toMatchObject({ TenantId: 'blue' });
    });

    it('names key and rule of an annotation that it leaves out', async () => {
      const logs = captureLogs();
      await invoke(traced().handler(() => annotate('Price', Number.NaN)));
      await handled();

      expect(logs.restore()).toContainEqual(
        expect.objectContaining({
          level: 'WARN',
          message: 'The annotation "Price" is left out: a number must be finite',
        }),
      );
    });

    it('warns when the timeout is near', async () => {
      const warnings: string[] = [];
      const pipeline = middy()
        .use(
          tracing({
            tracer,
            name: '## handler',
            timeoutReserve: 50,
            logger: { warn: (message) => warnings.push(message) },
          }),
        )
        .handler(() => new Promise((resolve) => setTimeout(resolve, 60)));
      await invoke(pipeline, { remaining: () => 60 });

      await handled();
      expect(warnings).toEqual([expect.stringContaining('times out in 60 ms')]);
    });

    it('gives a subsegment a name that X-Ray takes', async () => {
      await invoke(traced().handler(() => innerFunction('a<b>"c"', innerFunction('', ok))()));

      await handled();
      // Of spans it is made where they become documents, as OpenTelemetry's collector makes it.
      for (const name of recorder === 'xray' ? ['a_b__c_', 'unnamed'] : ['abc', 'span']) {
        expect(named(daemon.documents, name)).toBeDefined();
      }
    });

    it.each([
      [
        { nam: 'x' },
        'tracing() has no option "nam"; it has name, timeoutReserve, flushTimeout, tracer, logger',
      ],
      [
        { timeoutReserve: -1 },
        'The option "timeoutReserve" of tracing() takes a number of milliseconds, 0 or more, but got -1',
      ],
      [{ name: 7 }, 'The option "name" of tracing() takes a string, but got 7'],
      [null, 'tracing() takes an object of options, but got null'],
    ])('refuses the options %o when the pipeline is built', (options, message) => {
      expect(() => tracing(options as never)).toThrow(new TypeError(message));
    });
  });
});
