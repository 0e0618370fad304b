import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlationId } from '../../../src/middlewares/correlation-id.ts';
import { logContext } from '../../../src/middlewares/log-context.ts';
import { tracing } from '../../../src/middlewares/tracing.ts';
import { getCorrelationId } from '../../../src/propagation/correlation.ts';
import { processLogger } from '../../../src/telemetry/process-logger.ts';
import { logger } from '../../../src/telemetry/logger.ts';
import { traced } from '../../../src/telemetry/traced.ts';
import type { Tracer } from '../../../src/telemetry/tracer.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, tracerOf } from '../../helpers/recorders.ts';

let daemon: DocumentReceiver;
let tracer: Tracer;

beforeAll(async () => {
  daemon = await receiveFrom('xray');
  tracer = await tracerOf('xray');
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
});
afterAll(async () => {
  await LocalDurableTestRunner.teardownTestEnvironment();
  await daemon.stop();
});

describe('tracing of a durable execution', () => {
  it('records every invocation of it: those that wait as in progress, the one that ends as complete', async () => {
    const { header, traceId } = sampledTrace();
    process.env._X_AMZN_TRACE_ID = header;
    const handler = middy({ executionMode: executionModeDurableContext })
      .use(tracing({ tracer, name: '## durable' }))
      .handler(async (_event: unknown, context: unknown) => {
        const durable = context as DurableContext;
        const price = await durable.step('price', () => traced('price', () => Promise.resolve(9))());
        await durable.wait({ seconds: 1 });
        return { price };
      });
    const runner = new LocalDurableTestRunner({ handlerFunction: handler as never });

    const execution = await runner.run({ payload: {} });
    delete process.env._X_AMZN_TRACE_ID;

    expect(execution.getResult()).toEqual({ price: 9 });
    const sent = await daemon.settled();
    const documents = sent.filter(({ name }) => name === '## durable');
    const ids = new Set(documents.map(({ id }) => id));
    const complete = documents.filter(({ in_progress }) => in_progress !== true);
    expect(ids.size).toBe(2);
    expect(complete).toHaveLength(1);
    expect(complete[0]).toMatchObject({ trace_id: traceId });
    expect(new Set(documents.map(({ trace_id }) => trace_id))).toEqual(new Set([traceId]));
    // The step ran once; its replay does not run it again.
    expect(sent.filter(({ name }) => name === 'price')).toHaveLength(1);
  });
});

describe('the log and the id of a durable execution', () => {
  /** Runs an execution of three invocations. @returns the ids that they saw, and the lines of the log. */
  async function run(payload: object) {
    const ids: Array<string | undefined> = [];
    const handler = middy({ executionMode: executionModeDurableContext })
      .use(correlationId())
      .use(logContext(processLogger, { logEvent: true }))
      .handler(async (_event: unknown, context: unknown) => {
        const durable = context as DurableContext;
        ids.push(getCorrelationId());
        await durable.step('price', () => Promise.resolve(9));
        await durable.wait({ seconds: 1 });
        await durable.step('pay', () => Promise.resolve(9));
        await durable.wait({ seconds: 1 });
        return 'done';
      });
    await logger.ready();
    const logs = captureLogs();
    try {
      const runner = new LocalDurableTestRunner({ handlerFunction: handler as never });
      expect((await runner.run({ payload })).getResult()).toBe('done');
    } finally {
      logs.restore();
    }
    return { ids, lines: logs.restore() };
  }

  it('is one id in all invocations, and no other execution has it', async () => {
    const [one, other] = [await run({}), await run({})];
    expect(one.ids.length).toBeGreaterThan(1);
    expect(new Set(one.ids).size).toBe(1);
    expect(one.ids[0]).toMatch(/./);
    expect(new Set(other.ids)).not.toEqual(new Set(one.ids));
  });

  it('is the id that its event carries', async () => {
    const { ids } = await run({ 'x-correlation-id': 'order-7' });
    expect(new Set(ids)).toEqual(new Set(['order-7']));
  });

  it('has the event once, and each warning of it once, however often it is replayed', async () => {
    const { ids, lines } = await run({ 'x-correlation-id': 'no valid id' });
    expect(ids.length).toBeGreaterThan(1);
    expect(lines.filter((line) => 'event' in line)).toHaveLength(1);
    expect(lines.filter(({ message }) => String(message).includes('was not valid'))).toHaveLength(1);
  });
});
