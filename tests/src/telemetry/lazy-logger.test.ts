import { join } from 'node:path';
import middy from '@middy/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Lantern from '../../../src/index.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { lambdaContext } from '../../helpers/lambda.ts';
import { runNode } from '../../helpers/run.ts';

let lantern: typeof Lantern;

/** A process that has not written a line yet. */
beforeEach(async () => {
  vi.resetModules();
  lantern = await import('../../../src/index.ts');
});

const event = { httpMethod: 'GET', headers: { 'x-correlation-id': 'order-1' } };

describe('lines that are written before what masks them is loaded', () => {
  it('are there when the answer is, in their order, masked, and as they were', async () => {
    const { logger, observability, runWithCorrelation } = lantern;
    const logs = captureLogs();
    const order = { id: 'o-1', email: 'jane@example.com', items: [{ sku: 'tea' }] };
    const before = Date.now();

    await middy()
      .use(observability())
      .handler(() => {
        logger.appendKeys({ step: 1 });
        logger.info('first', { order });
        order.id = 'changed';
        order.items.push({ sku: 'mug' });
        logger.appendKeys({ step: 2 });
        logger.createChild({ persistentKeys: { child: true } }).warn('second');
        logger.debug('not shown');
        logger.setLogLevel('DEBUG');
        runWithCorrelation({ correlationId: 'order-2', source: 'sqs' }, () => logger.debug('third'));
        logger.error('fourth', new Error('for jane@example.com'));
      })(event, lambdaContext());
    const lines = logs.restore();

    expect(lines.map(({ message, level, step }) => [message, level, step])).toEqual([
      ['first', 'INFO', 1],
      ['second', 'WARN', 2],
      ['third', 'DEBUG', 2],
      ['fourth', 'ERROR', 2],
    ]);
    expect(lines.map((line) => line.correlation_id)).toEqual(['order-1', 'order-1', 'order-2', 'order-1']);
    expect(lines[0]?.order).toEqual({ id: 'o-1', email: '[contact]', items: [{ sku: 'tea' }] });
    expect(lines[1]).toMatchObject({ child: true, function_name: 'shop-test-create-order' });
    expect(lines[3]).toMatchObject({ error: { message: 'for [email]' } });
    expect(Date.parse(String(lines[0]?.timestamp))).toBeGreaterThanOrEqual(before);
  });

  it('are there when a middleware replies early, and when an error is answered', async () => {
    const { logger, observability } = lantern;
    const refuse = () => {
      logger.info('refused');
      return { statusCode: 401 };
    };
    const logs = captureLogs();

    const early: unknown = await middy().use(observability()).before(refuse)(event, lambdaContext());
    const lines = logs.restore().map(({ message }) => message);

    expect(early).toEqual({ statusCode: 401, headers: { 'x-correlation-id': 'order-1' } });
    expect(lines).toEqual(['refused']);

    vi.resetModules();
    lantern = await import('../../../src/index.ts');
    const others = captureLogs();
    const answered: unknown = await middy()
      .use(lantern.observability())
      .onError(() => {
        lantern.logger.info('failed');
        return { statusCode: 500 };
      })
      .handler(() => {
        throw new Error('boom');
      })(event, lambdaContext());

    expect(answered).toMatchObject({ statusCode: 500 });
    expect(others.restore().map(({ message }) => message)).toEqual(['failed']);
  });

  it('can hold anything, also what refers to itself or cannot be read', async () => {
    const { logger } = lantern;
    const circular: Record<string, unknown> = { count: 1n, ['__proto__']: { polluted: true } };
    circular.self = circular;
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const logs = captureLogs();
    logger.info('x', { circular, proxy, at: new Date(0), list: [circular, circular] });
    await logger.ready();

    // What holds itself is dropped there, as Powertools does.
    expect(logs.restore()).toMatchObject([
      { circular: { count: '1' }, proxy: '<unreadable>', list: [{ count: '1' }, { count: '1' }] },
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each(['throws', 'exits'])('are withheld and not lost when the process %s at once', async (ending) => {
    const run = runNode(
      [join(import.meta.dirname, '../../fixtures/ends-early.ts'), ending],
      import.meta.dirname,
    );
    await run.exited;

    const lines = run
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ level }) => level).sort()).toEqual(['INFO', 'WARN']);
    for (const { message } of lines) expect(message).toMatch(/^\(withheld: /);
    expect(JSON.stringify(lines)).not.toMatch(/jane|Jane|o-1/);
  });

  it('are written at once when it is loaded', async () => {
    const { logger } = lantern;
    await logger.ready();
    const logs = captureLogs();

    logger.info('now');

    expect(logs.restore().map(({ message }) => message)).toEqual(['now']);
  });
});

describe('a service that does not use the logger', () => {
  const load = async () => {
    vi.resetModules();
    const { observability } = await import('../../../src/middlewares/observability.ts');
    return { observability };
  };
  const isLoaded = async () => {
    const { shared } = await import('../../../src/telemetry/shared-logger.ts');
    return shared.logger !== undefined;
  };

  it('does not load it', async () => {
    const { observability } = await load();

    await middy()
      .use(observability())
      .handler(() => ({ statusCode: 200 }))(event, lambdaContext());

    expect(await isLoaded()).toBe(false);
  });

  it('gets the warnings of the package nonetheless, with the context of Lambda', async () => {
    const { observability } = await load();
    const logs = captureLogs();
    const context = lambdaContext();
    const handler = middy()
      .use(observability())
      .handler(() => ({ statusCode: 200 }));
    await handler(event, lambdaContext());

    await handler({ httpMethod: 'GET', headers: { 'x-correlation-id': 'not valid' } }, context);

    expect(logs.restore()).toMatchObject([
      {
        level: 'WARN',
        message: 'The incoming correlation id was not valid and has been replaced',
        correlation_id: context.awsRequestId,
        function_request_id: context.awsRequestId,
      },
    ]);
  });

  it('has its events logged where Powertools is told to, masked', async () => {
    process.env.POWERTOOLS_LOGGER_LOG_EVENT = 'true';
    const { observability } = await load();
    const logs = captureLogs();

    await middy()
      .use(observability())
      .handler(() => ({ statusCode: 200 }))(
      { ...event, body: '{"email":"jane@example.com"}' },
      lambdaContext(),
    );
    delete process.env.POWERTOOLS_LOGGER_LOG_EVENT;

    const [line, ...others] = logs.restore();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ event: { httpMethod: 'GET' } });
    expect(JSON.stringify(line)).not.toContain('jane');
  });
});

describe('a line', () => {
  const broken = {
    sku: 'tea',
    get email() {
      throw new Error('jane@example.com');
    },
  };
  const unreadable = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('jane@example.com');
      },
    },
  );
  it.each<[string, unknown[], Record<string, unknown>]>([
    ['a member that throws', ['sent', broken], { message: 'sent', sku: 'tea', email: '[contact]' }],
    [
      'a member that throws beside others',
      ['sent', { id: 1 }, broken],
      { message: 'sent', id: 1, sku: 'tea' },
    ],
    [
      'one in the place of the message',
      [Object.defineProperties({ message: 'sent' }, Object.getOwnPropertyDescriptors(broken))],
      { message: 'sent', sku: 'tea' },
    ],
    ['what no one can read', ['sent', unreadable], { message: 'sent', extra: '<unreadable>' }],
    ['what no one can read, as the message', [unreadable], { message: '<unreadable>' }],
    ['nothing', [undefined], { message: 'undefined' }],
    ['null', [null], { message: 'null' }],
  ])('is written whatever it is given, and nothing is thrown: %s', async (_what, given, expected) => {
    const { logger } = lantern;
    await logger.ready();
    const logs = captureLogs();
    (logger.info as (...all: unknown[]) => void)(...given);
    const [line, ...others] = logs.restore();
    expect(others).toEqual([]);
    expect(line).toMatchObject(expected);
    expect(JSON.stringify(line)).not.toContain('jane');
  });
});
