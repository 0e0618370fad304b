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
  const { default: middy } = await import('@middy/core');
  return { ...telemetry, middleware, middy };
}

describe('traced', () => {
  it('is the function itself while tracing is off', async () => {
    const { traced, annotate } = await load('false');
    const fn = () => 1;

    expect(traced('one', fn)).toBe(fn);
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
