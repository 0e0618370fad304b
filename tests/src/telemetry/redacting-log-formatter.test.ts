import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { observability } from '../../../src/middlewares/observability.ts';
import { runWithCorrelation } from '../../../src/propagation/correlation.ts';
import type { RedactionPolicy } from '../../../src/redaction/redact.ts';
import { logger } from '../../../src/telemetry/logger.ts';
import { MAX_LOG_LINE_BYTES } from '../../../src/telemetry/log-line.ts';
import { RedactingLogFormatter } from '../../../src/telemetry/redacting-log-formatter.ts';
import { expectNoLeak } from '../../../testing/index.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { lambdaContext } from '../../helpers/lambda.ts';
import { fc, runs } from '../../helpers/fast-check.ts';

afterEach(() => {
  delete process.env.LANTERN_REDACTION;
  delete process.env.POWERTOOLS_DEV;
});

/** The lines that `write` makes a new logger write. */
function linesOf(write: (logger: Logger) => void, policy?: RedactionPolicy): Array<Record<string, unknown>> {
  const logs = captureLogs();
  try {
    write(new Logger({ logFormatter: new RedactingLogFormatter(policy) }));
  } finally {
    logs.restore();
  }
  return logs.restore();
}
function lineOf(write: (logger: Logger) => void, policy?: RedactionPolicy): Record<string, unknown> {
  const [line, ...others] = linesOf(write, policy);
  if (line === undefined || others.length > 0) throw new Error('Expected one line');
  return line;
}

const order = {
  id: 'o-1',
  total: 1198,
  customer: { firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com', phone: '+44 20 7946 0018' },
  card: '4111 1111 1111 1111',
  items: [{ sku: 'tea', quantity: 2 }],
};
const shownOrder = {
  id: 'o-1',
  total: 1198,
  customer: { firstName: '[identity]', lastName: '[identity]', email: '[contact]', phone: '[contact]' },
  card: '[financial]',
  items: [{ sku: 'tea', quantity: 2 }],
};

describe('the shared logger', () => {
  beforeAll(() => logger.ready());

  it('writes the correlation id of the scope in which a line is written', () => {
    const logs = captureLogs();
    runWithCorrelation({ correlationId: 'order-1', source: 'sqs' }, () => {
      runWithCorrelation({ correlationId: 'order-2', source: 'sqs' }, () => logger.info('inner'));
      logger.info('outer', { orderId: 'o-1' });
    });
    logger.info('outside');

    const lines = logs.restore();
    expect(lines).toMatchObject([
      { message: 'inner', correlation_id: 'order-2' },
      { message: 'outer', correlation_id: 'order-1', orderId: 'o-1' },
      { message: 'outside' },
    ]);
    expect(lines[2]).not.toHaveProperty('correlation_id');
  });

  it('protects what it is given', () => {
    const logs = captureLogs();
    logger.info('order', { order });

    expect(logs.restore()).toMatchObject([{ message: 'order', order: shownOrder }]);
  });
});

describe('a line of the redacting formatter', () => {
  it.each([
    ['a key', (to: Logger) => to.info('order', { order })],
    ['a key of a message object', (to: Logger) => to.info({ message: 'order', order })],
    [
      'an appended key',
      (to: Logger) => {
        to.appendKeys({ order });
        to.info('order');
      },
    ],
    [
      'a persistent key',
      (to: Logger) => {
        to.appendPersistentKeys({ order });
        to.info('order');
      },
    ],
    ['a key of a child', (to: Logger) => to.createChild({ persistentKeys: { order } }).info('order')],
  ])('protects %s', (_what, write) => {
    expect(lineOf(write)).toMatchObject({ message: 'order', order: shownOrder });
  });

  it('protects the message, and JSON in it', () => {
    const line = lineOf((to) => to.info(`order of jane@example.com: ${JSON.stringify(order)}`));

    expect(line.message).toBe(`order of [email]: ${JSON.stringify(shownOrder)}`);
    expect(lineOf((to) => to.info({ message: { lastName: 'Doe' } } as never)).message).toEqual({
      lastName: '[identity]',
    });
    expect(lineOf((to) => to.info('plain', 'for jane@example.com')).extra).toBe('for [email]');
  });

  it('protects a correlation id that is an address, and leaves others as they are', () => {
    const ids = ['jane@example.com', '3f2a9c14-7b1e-4c0d-9a55-000000000001', 'order-tea-1732454400000'];
    const lines = linesOf((to) => {
      for (const correlationId of ids) {
        runWithCorrelation({ correlationId, source: 'sqs' }, () => to.info('x'));
      }
    });

    expect(lines.map((line) => line.correlation_id)).toEqual(['[email]', ids[1], ids[2]]);
  });

  it('protects errors: their messages, stacks, causes and own fields', () => {
    class ConditionalCheckFailed extends Error {
      override readonly name = 'ConditionalCheckFailedException';
      readonly $metadata = { httpStatusCode: 400, requestId: 'R-1' };
      readonly Item = { lastName: { S: 'Doe' }, note: { S: 'mail jane@example.com' } };
    }
    const cause = new AggregateError([new Error('one of +44 20 7946 0018')], 'several');
    const error = new ConditionalCheckFailed('refused: {"lastName":"Doe","sku":"tea"} for jane@example.com', {
      cause,
    });

    const line = lineOf((to) => to.error('failed', error));

    expect(line.error).toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'refused: {"lastName":"[identity]","sku":"tea"} for [email]',
      $metadata: { httpStatusCode: 400, requestId: 'R-1' },
      Item: { lastName: '[identity]' },
      cause: { name: 'AggregateError', errors: [{ message: 'one of [phone]' }] },
    });
    expect(JSON.stringify(line)).not.toMatch(/Doe|jane|7946/);
    const { stack, location } = line.error as { stack: string; location: string };
    expect(stack).toMatch(/^ConditionalCheckFailedException: refused: .* for \[email\]\n {4}at /);
    expect(stack).toContain('redacting-log-formatter.test.ts');
    expect(location).toMatch(/:\d+$/);
    expect(lineOf((to) => to.error('x', { reason: error })).reason).toEqual(line.error);
  });

  it('shows a stack as a list of lines in the development mode of Powertools', () => {
    process.env.POWERTOOLS_DEV = 'true';
    const logged = new RedactingLogFormatter().formatAttributes(
      {
        logLevel: 'INFO',
        message: 'x',
        timestamp: new Date(),
        serviceName: 's',
        sampleRateValue: 0,
      } as never,
      { error: new Error('for jane@example.com') },
    );

    const { stack } = logged.getAttributes().error as { stack: string[] };
    expect(stack[0]).toBe('Error: for [email]');
    expect(stack.length).toBeGreaterThan(2);
  });

  it('protects the event that Powertools logs on demand', async () => {
    const event = {
      httpMethod: 'POST',
      headers: {
        'content-type': 'multipart/form-data; boundary=xx',
        cookie: 'sid=s3cr3t-value-1',
        authorization: 'Bearer abcdefghijk',
      },
      requestContext: { identity: { sourceIp: '192.0.2.146' } },
      body: '--xx\r\nContent-Disposition: form-data; name="who"\r\n\r\nJane Doe\r\n--xx--',
    };
    const logs = captureLogs();
    const own = new Logger({ logFormatter: new RedactingLogFormatter() });
    await middy()
      .use(injectLambdaContext(own, { logEvent: true }))
      .handler(() => undefined)(event, lambdaContext());

    const [line] = logs.restore();
    expect(line).toMatchObject({
      event: {
        httpMethod: 'POST',
        headers: { cookie: { sid: '<cookie, below 16 characters>' }, authorization: '[credentials]' },
        requestContext: { identity: { sourceIp: '[network]' } },
        body: { who: '<part, 8 characters>' },
      },
    });
    expect(JSON.stringify(line)).not.toMatch(/Jane|s3cr3t|192\.0/);
  });

  it('leaves the fields of Powertools as they are', () => {
    process.env._X_AMZN_TRACE_ID =
      'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const context = lambdaContext({ functionName: 'jane@example.com', awsRequestId: '4111111111111111' });
    const line = lineOf((to) => {
      to.addContext(context);
      to.info('x');
    });
    delete process.env._X_AMZN_TRACE_ID;

    expect(line).toMatchObject({
      level: 'INFO',
      function_name: 'jane@example.com',
      function_request_id: '4111111111111111',
      function_arn: context.invokedFunctionArn,
      function_memory_size: '512',
      xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    });
  });

  it('follows a policy of its own', () => {
    const line = lineOf((to) => to.info('order', { order, loyaltyNumber: 'L-77' }), {
      deny: { without: ['contact'], extend: { identity: ['loyalty number'] } },
      replace: { financial: 'partial' },
    });

    expect(line).toMatchObject({
      loyaltyNumber: '[identity]',
      order: { customer: { lastName: '[identity]', email: '[email]' }, card: '[financial …1111]' },
    });
    expect(() => new RedactingLogFormatter({ mod: 'values' } as never)).toThrow('no option "mod"');
  });

  it('becomes stricter by the environment: shapes, or none of the keys, but never without its message', () => {
    process.env.LANTERN_REDACTION = 'shape';
    const shapes = lineOf((to) =>
      to.error('order of jane@example.com', { order, error: new Error('no tea') }),
    );
    expect(shapes).toMatchObject({ message: 'order of [email]', error: { message: 'no tea' } });
    expectNoLeak(order, shapes.order);

    process.env.LANTERN_REDACTION = 'off';
    const none = lineOf((to) => to.info('order', { order, id: 1 }));
    expect(none).toMatchObject({ level: 'INFO', message: 'order', '…': '2 keys' });
    expect(none).not.toHaveProperty('order');
  });

  it('is at most as long as CloudWatch takes it, and says what was cut', () => {
    const rows = Array.from({ length: 5000 }, (_, at) => ({ at, text: 'some words '.repeat(300) }));
    const values = { list: rows.slice(0, 90), more: rows.slice(90, 180), rows };
    const text = `${'\u0001'.repeat(100_000)} ${'word '.repeat(100_000)}`;
    const logs = captureLogs();
    logger.error(text, { ...values, error: new Error(text, { cause: new Error(text) }) });
    const [line] = logs.restore();

    expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThan(MAX_LOG_LINE_BYTES);
    expect(JSON.stringify(line)).toMatch(/[\d,]+ more (?:items|keys)/);
    expect(line?.message).toMatch(/more characters\)$/);
  });

  it('is JSON whatever it is given, and never throws', () => {
    const circular: Record<string, unknown> = { count: 1n };
    circular.self = circular;
    const loop = new Error('loop');
    loop.cause = loop;
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const throwing = Object.defineProperty({}, 'name', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const hostile = Object.assign(new Error('x'), { stack: 7, message: { lastName: 'Doe' }, errors: 'none' });

    expect(lineOf((to) => to.info('x', { circular, proxy, throwing }))).toMatchObject({
      circular: { count: '1' },
      proxy: '<unreadable>',
      throwing: { name: '<threw Error>' },
    });
    expect(lineOf((to) => to.error('x', loop)).error).toMatchObject({ cause: '<circular>' });
    expect(lineOf((to) => to.error('x', hostile)).error).toMatchObject({
      message: { lastName: '[identity]' },
    });

    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }), (value) => {
        const lines = linesOf((to) => to.info('x', { value }));
        expect(lines).toHaveLength(1);
      }),
      runs(50),
    );
  });
});

describe('observability with a logger of its own', () => {
  it('gives it the context of Lambda, and tells it what goes wrong', async () => {
    const own = new Logger({ serviceName: 'own', logFormatter: new RedactingLogFormatter() });
    const logs = captureLogs();
    await middy()
      .use(observability({ logger: own }))
      .handler(() => own.info('done'))(
      { headers: { 'x-correlation-id': 'not valid' }, httpMethod: 'GET' },
      lambdaContext(),
    );

    const lines = logs.restore();
    expect(lines.map(({ message }) => message)).toEqual([
      'The incoming correlation id was not valid and has been replaced',
      'done',
    ]);
    expect(lines[1]).toMatchObject({ service: 'own', function_name: 'shop-test-create-order' });
  });
});
