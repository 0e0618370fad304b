import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tracing } from '../../../src/middlewares/tracing.ts';
import { traced } from '../../../src/telemetry/traced.ts';
import type { Tracer } from '../../../src/telemetry/tracer.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
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
    // The step ran once; its replay does not run it again.
    expect(sent.filter(({ name }) => name === 'price')).toHaveLength(1);
  });
});
