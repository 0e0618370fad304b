import middy from '@middy/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { responseCapture } from '../../../src/middlewares/response-capture.ts';
import { tracing } from '../../../src/middlewares/tracing.ts';
import type { Tracer } from '../../../src/telemetry/tracer.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { only, startTracer } from '../../helpers/xray.ts';

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

const pipeline = () =>
  middy()
    .use(tracing({ tracer, name: '## handler' }))
    .use(responseCapture({ tracer, allow: ['status'] }));
const response = { statusCode: 201, body: JSON.stringify({ status: 'placed', email: 'jane@example.com' }) };
const shape = { statusCode: 201, body: { status: 'placed', email: '<string, below 256 characters>' } };

describe('responseCapture', () => {
  it.each([
    ['the handler returned', () => pipeline().handler(() => response)],
    [
      'a middleware replied early with',
      () =>
        pipeline()
          .before(() => response)
          .handler(() => undefined),
    ],
    [
      'an error was answered with',
      () =>
        pipeline()
          .onError(() => response)
          .handler(() => {
            throw new Error('boom');
          }),
    ],
  ])('puts the shape of what %s on the handler subsegment', async (_what, build) => {
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;

    const returned: unknown = await build()({}, lambdaContext());

    expect(returned).toBe(response);
    const { metadata } = only(await daemon.until((all) => all.length > 0), '## handler');
    expect(metadata?.lantern).toEqual({
      response: expect.objectContaining({
        ...shape,
        body: { ...shape.body, email: expect.any(String) as string },
      }) as object,
    });
    expect(JSON.stringify(metadata)).not.toContain('jane');
  });

  it('reads nothing of the response while the invocation is not recorded', async () => {
    let reads = 0;
    const watched = {
      get body() {
        reads += 1;
        return '{}';
      },
    };
    process.env._X_AMZN_TRACE_ID =
      'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';

    await pipeline().handler(() => watched)({}, lambdaContext());

    expect(reads).toBe(0);
  });
});
