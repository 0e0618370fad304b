import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { correlationId } from '../../../src/middlewares/correlation-id.ts';
import type { LoggingOptions } from '../../../src/middlewares/log-context.ts';
import { observability } from '../../../src/middlewares/observability.ts';
import { getCorrelationId } from '../../../src/propagation/correlation.ts';
import { logger as shared } from '../../../src/telemetry/logger.ts';
import { RedactingLogFormatter } from '../../../src/telemetry/redacting-log-formatter.ts';
import { withRecord } from '../../../src/telemetry/with-record.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';

const event = { httpMethod: 'GET', headers: { 'x-correlation-id': 'order-1' } };
type Lines = Array<Record<string, unknown>>;

/** The lines that are written meanwhile, without those of the package. */
async function linesOf(work: () => unknown): Promise<Lines> {
  const logs = captureLogs();
  try {
    await work();
  } finally {
    logs.restore();
  }
  return logs.restore();
}

/** Lets several calls wait until they are told to go on. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { open: () => resolve(undefined), passed: promise };
}

const LOGGERS: ReadonlyArray<readonly [string, Logger]> = [
  ['the shared logger', shared],
  ['a child of the shared logger', shared.createChild({ persistentKeys: { child: true } })],
  ['a logger of your own', new Logger()],
  ['a redacting logger of your own', new Logger({ logFormatter: new RedactingLogFormatter() })],
];

beforeAll(() => shared.ready());

describe.each(LOGGERS)('keys that an invocation appends to %s', (_what, logger) => {
  const stack = () => observability(logger === shared ? {} : { logger });
  const run = (handler: (event: { customer: string }) => unknown) =>
    middy()
      .use(stack())
      .handler(handler as never) as unknown as (event: object, context: object) => Promise<unknown>;
  // A child is held through its parent; that of the test is made before any pipeline knows it.
  const call = run(({ customer }) => {
    logger.appendKeys({ customer, order: { id: customer } });
    logger.info('in');
  });

  it('stand in its lines, and not in those of the next', async () => {
    const plain = run(() => logger.info('next'));
    const lines = await linesOf(async () => {
      await call({ ...event, customer: 'anna' }, lambdaContext());
      await plain(event, lambdaContext());
      logger.info('outside');
    });

    expect(lines).toMatchObject([
      { message: 'in', customer: 'anna', order: { id: 'anna' } },
      { message: 'next' },
      {},
    ]);
    for (const line of lines.slice(1)) expect(line).not.toHaveProperty('customer');
  });

  it.each([
    ['a before hook replies early', (pipeline: middy.MiddyfiedHandler) => pipeline.before(append('early'))],
    ['an after hook replies early', (pipeline: middy.MiddyfiedHandler) => pipeline.after(append('late'))],
    [
      'the handler throws',
      (pipeline: middy.MiddyfiedHandler) =>
        pipeline.before(() => {
          append('thrown')();
          throw new Error('boom');
        }),
    ],
    [
      'an onError hook replies early',
      (pipeline: middy.MiddyfiedHandler) =>
        pipeline.onError(append('answered')).before(() => {
          throw new Error('boom');
        }),
    ],
  ])('end with it when %s', async (_ending, use) => {
    const pipeline = middy()
      .use(stack())
      .handler(() => ({}));
    const handler = use(pipeline as never) as never as typeof call;
    const plain = run(() => logger.info('next'));
    const lines = await linesOf(async () => {
      await handler(event, lambdaContext()).catch(() => undefined);
      await plain(event, lambdaContext());
    });

    expect(lines.find(({ message }) => message === 'appended')).toHaveProperty('customer');
    expect(lines.find(({ message }) => message === 'next')).not.toHaveProperty('customer');
  });

  function append(customer: string) {
    return () => {
      logger.appendKeys({ customer });
      logger.info('appended');
      return { statusCode: 401 };
    };
  }

  it('stay apart while invocations overlap, one that never ends included', async () => {
    const gates = [gate(), gate()];
    const handler = run(async ({ customer }) => {
      if (customer !== 'none') logger.appendKeys({ customer });
      if (customer === 'stuck') await new Promise(() => undefined);
      await gates[0]?.passed;
      logger.info(customer);
      if (customer === 'anna') return;
      await gates[1]?.passed;
      logger.info(`${customer} again`);
    });
    const lines = await linesOf(async () => {
      void handler({ ...event, customer: 'stuck' }, lambdaContext());
      const calls = ['anna', 'bert', 'none'].map((customer) =>
        handler({ ...event, customer }, lambdaContext()),
      );
      gates[0]?.open();
      await calls[0];
      gates[1]?.open();
      await Promise.all(calls);
    });

    expect(lines.map(({ message, customer }) => [message, customer])).toEqual([
      ['anna', 'anna'],
      ['bert', 'bert'],
      ['none', undefined],
      ['bert again', 'bert'],
      ['none again', undefined],
    ]);
  });

  it('are not appended to another invocation by work that outlives its own', async () => {
    const { open, passed } = gate();
    let late: Promise<unknown> | undefined;
    const first = run(() => {
      late = passed.then(() => logger.appendKeys({ customer: 'of-the-first' }));
    });
    const second = run(async () => {
      open();
      await late;
      logger.info('second');
    });
    const lines = await linesOf(async () => {
      await first(event, lambdaContext());
      await second(event, lambdaContext());
    });

    expect(lines[0]).toMatchObject({ message: 'second' });
    expect(lines[0]).not.toHaveProperty('customer');
  });

  it('are merged, removed and found as Powertools does it, and go on to a child', async () => {
    const work = (to: Logger) => () => {
      to.appendKeys({ a: { x: 1, deep: { y: 1 } }, b: [1, 2], c: 1, gone: true, note: undefined });
      to.appendKeys({ a: { deep: { z: 2 } }, c: 2, note: 'set' });
      to.removeKeys(['gone']);
      to.info('one', { c: 3, line: true });
      to.info({ message: 'two', c: 4, more: [{}] }, new Error('boom').message);
      to.setCorrelationId('by-hand');
      const id = to.getCorrelationId();
      to.createChild().info(`three ${String(id)}`);
      to.removeKeys(['correlation_id']);
      to.resetKeys();
      to.info('four');
    };
    const bare = (line: Record<string, unknown>) => {
      const others = ['correlation_id', 'logged_correlation_id', 'child'];
      const rest = Object.fromEntries(Object.entries(line).filter(([name]) => !others.includes(name)));
      return JSON.stringify({ ...rest, timestamp: '', function_request_id: '', cold_start: '' });
    };
    const plain = new Logger();
    const expected = await linesOf(() =>
      middy().use(injectLambdaContext(plain)).handler(work(plain))(event, lambdaContext()),
    );
    const lines = await linesOf(() => run(work(logger))(event, lambdaContext()));

    expect(lines.map(bare)).toEqual(expected.map(bare));
  });

  it('keeps a key for itself that Powertools keeps for itself, with its warning', async () => {
    const lines = await linesOf(() =>
      run(() => {
        logger.appendKeys({ level: 'mine', kept: 1 } as never);
        logger.info('x');
      })(event, lambdaContext()),
    );

    expect(lines).toMatchObject([
      { level: 'WARN', message: 'The key "level" is a reserved key and will be dropped.' },
      { level: 'INFO', message: 'x', kept: 1 },
    ]);
  });
});

describe('keys of a pipeline', () => {
  it('are shared with a pipeline that it calls', async () => {
    const inner = middy()
      .use(observability())
      .handler(() => {
        shared.appendKeys({ inner: 1 });
        shared.info('inner');
      });
    const lines = await linesOf(() =>
      middy()
        .use(observability())
        .handler(async (_event: unknown, context) => {
          shared.appendKeys({ outer: 1 });
          await inner(event, context);
          shared.info('outer');
        })(event, lambdaContext()),
    );

    expect(lines).toMatchObject([
      { message: 'inner', outer: 1, inner: 1 },
      { message: 'outer', outer: 1 },
    ]);
  });

  it('are those of its records too, and of a pipeline for another invocation that has none of its own', async () => {
    const record = { messageId: '1', body: '{"x-correlation-id":"order-2"}', eventSource: 'aws:sqs' };
    const other = middy()
      .use(correlationId())
      .handler(() => {
        shared.appendKeys({ other: 1 });
        shared.info('other');
      });
    const lines = await linesOf(async () => {
      await middy()
        .use(observability())
        .handler(async () => {
          withRecord(record, () => shared.appendKeys({ record: 1 }));
          await other({ httpMethod: 'GET', headers: {} }, lambdaContext());
          shared.info('in');
        })(event, lambdaContext());
      shared.info('next');
    });

    expect(lines).toMatchObject([
      { message: 'other', record: 1, other: 1 },
      { message: 'in', record: 1, other: 1 },
      { message: 'next' },
    ]);
    expect(lines[2]).not.toHaveProperty('record');
    expect(lines[2]).not.toHaveProperty('other');
  });

  it('end with an inner pipeline that opened them, and not with one that shares them', async () => {
    const inner = (use: middy.MiddlewareObj[]) =>
      middy()
        .use(use)
        .handler(() => shared.appendKeys({ inner: 1 }));
    const outer = (use: middy.MiddlewareObj[]) =>
      middy()
        .use(use)
        .handler(async (_event: unknown, context) => {
          await inner(observability())(event, context);
          shared.info('outer');
        })(event, lambdaContext());
    const lines = await linesOf(async () => {
      await outer([correlationId()]);
      await outer(observability());
    });

    expect(lines[0]).not.toHaveProperty('inner');
    expect(lines[1]).toHaveProperty('inner', 1);
  });

  it('stay where they are asked to, as in Powertools', async () => {
    const logger = new Logger();
    const handler = middy()
      .use(observability({ logger, logging: { resetKeys: false } }))
      .handler(() => logger.appendKeys({ customer: 'anna' }));
    const lines = await linesOf(async () => {
      await handler(event, lambdaContext());
      logger.info('next');
    });

    expect(lines[0]).toHaveProperty('customer', 'anna');
  });

  it('are those of the logger outside of invocations, and in one without observability()', async () => {
    const logger = new Logger();
    observability({ logger });
    logger.appendKeys({ init: true });
    const lines = await linesOf(async () => {
      await middy()
        .use(observability({ logger }))
        .handler(() => logger.info('in'))(event, lambdaContext());
      await middy()
        .use(correlationId())
        .handler(() => logger.info('without'))(event, lambdaContext());
    });

    expect(lines.map(({ init }) => init)).toEqual([true, true]);
  });

  it('end with a logger that cannot hold them, too', async () => {
    let keys: object = {};
    const logger = Object.freeze({
      warn: () => undefined,
      addContext: () => undefined,
      refreshSampleRateCalculation: () => undefined,
      logEventIfEnabled: () => undefined,
      resetKeys: () => (keys = {}),
    });
    await middy()
      .use(observability({ logger }))
      .handler(() => (keys = { customer: 'anna' }))(event, lambdaContext());

    expect(keys).toEqual({});
  });
});

describe('lines that wait in a buffer', () => {
  beforeEach(() => {
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;
  });
  afterEach(() => {
    delete process.env._X_AMZN_TRACE_ID;
  });
  const buffering = { logLevel: 'INFO', logBufferOptions: { enabled: true } } as const;
  const boom = Object.assign(new Error('boom for jane@example.com'), { statusCode: 422, expose: true });

  const invoke = (
    logging: LoggingOptions | undefined,
    use: (pipeline: middy.MiddyfiedHandler) => unknown,
    fails = true,
  ) => {
    const logger = new Logger({ ...buffering, logFormatter: new RedactingLogFormatter() });
    const pipeline = middy()
      .use(observability({ logger, ...(logging !== undefined && { logging }) }))
      .handler(() => {
        logger.debug('detail');
        if (fails) throw boom;
      });
    use(pipeline as never);
    return linesOf(() => pipeline(event, lambdaContext()).catch(() => undefined));
  };
  const untouched = (pipeline: middy.MiddyfiedHandler) => pipeline;

  it.each([
    ['throws', untouched],
    [
      'throws, and an error handler answers',
      (pipeline: middy.MiddyfiedHandler) => pipeline.use(httpErrorHandler({ logger: false })),
    ],
    [
      'throws, and an onError hook replies early',
      (pipeline: middy.MiddyfiedHandler) => pipeline.onError(() => ({ statusCode: 500 })),
    ],
    [
      'throws, and so does an onError hook',
      (pipeline: middy.MiddyfiedHandler) =>
        pipeline.onError(() => {
          throw new Error('again');
        }),
    ],
  ])('are written when the handler %s', async (_how, use) => {
    expect((await invoke(undefined, use)).map(({ message }) => message)).toEqual(['detail']);
  });

  it('are thrown away when all went well, and where that is asked for', async () => {
    expect(await invoke(undefined, untouched, false)).toEqual([]);
    expect(await invoke({ flushBufferOnUncaughtError: false }, untouched)).toEqual([]);
  });

  it('are followed by the error, masked, as Powertools does it, where that is asked for', async () => {
    expect(await invoke({ flushBufferOnUncaughtError: true }, untouched)).toMatchObject([
      { message: 'detail' },
      {
        level: 'ERROR',
        message: 'Uncaught error detected, flushing log buffer before exit',
        error: { message: 'boom for [email]' },
      },
    ]);
  });

  it('of a child of the shared logger are written too', async () => {
    const child = shared.createChild(buffering);
    const lines = await linesOf(() =>
      middy()
        .use(observability({ logger: child }))
        .handler(() => {
          child.debug('detail');
          throw boom;
        })(event, lambdaContext())
        .catch(() => undefined),
    );

    expect(lines.map(({ message }) => message)).toEqual(['detail']);
  });
});

describe('the event of an invocation', () => {
  const personal = { ...event, body: JSON.stringify({ email: 'jane@example.com', sku: 'tea' }) };
  afterEach(() => {
    delete process.env.POWERTOOLS_LOGGER_LOG_EVENT;
  });

  it.each([
    ['the shared logger', undefined],
    ['a plain logger of your own', new Logger()],
    ['a redacting logger of your own', new Logger({ logFormatter: new RedactingLogFormatter() })],
  ])('is logged masked by %s where that is asked for', async (_what, logger) => {
    const handler = (logging: LoggingOptions) =>
      middy()
        .use(observability({ logging, ...(logger !== undefined && { logger }) }))
        .handler(() => getCorrelationId());
    const lines = await linesOf(async () => {
      expect(await handler({ logEvent: true })(personal, lambdaContext())).toBe('order-1');
      process.env.POWERTOOLS_LOGGER_LOG_EVENT = 'true';
      await handler({ logEvent: false })(personal, lambdaContext());
    });

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      message: 'Lambda invocation event',
      event: { httpMethod: 'GET', body: { email: '[contact]', sku: 'tea' } },
    });
  });
});

describe('correlationIdPath', () => {
  const logger = new Logger({
    correlationIdSearchFn: (path, data) =>
      path
        .split('.')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], data),
  });
  const idBy = async (given: object) => {
    const handler = middy()
      .use(observability({ logger, logging: { correlationIdPath: 'detail.reference' } }))
      .handler(() => getCorrelationId());
    return (await handler({ ...event, ...given }, lambdaContext())) as unknown;
  };

  it('finds the id of the invocation, before it is looked for elsewhere', async () => {
    expect(await idBy({ detail: { reference: 'r-1' } })).toBe('r-1');
    expect(await idBy({})).toBe('order-1');
    expect(await idBy({ detail: { reference: 'not valid' } })).toBe('order-1');
    expect(await idBy({ detail: { reference: 'r-2' } })).toBe('r-2');
  });

  it('needs a logger that can search', () => {
    expect(() => observability({ logging: { correlationIdPath: 'id' } })).toThrow(
      /"correlationIdPath" of observability\(\{ logging \}\) needs a "logger" of your own/,
    );
    expect(() => observability({ logger: shared, logging: { correlationIdPath: 'id' } })).toThrow(TypeError);
  });
});
